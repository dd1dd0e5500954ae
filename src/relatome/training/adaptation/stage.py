"""Adaptations as stages of a recipe: the encoder a recipe names, made if need be."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from relatome.corpora import load, present
from relatome.data import Document, Split
from relatome.errors import ADAPTATION_CYCLE, ADAPTATION_FIRST, UsageError
from relatome.recipes import Adaptation, MaskedEntities, load_adaptation, shipped
from relatome.training.adaptation.encoder import ENCODER_FOLDER
from relatome.training.adaptation.entities import mask_entities
from relatome.training.adaptation.text import Evaluation
from relatome.training.documents import split


def adaptation_named(name: str) -> Adaptation | None:
    """The adaptation that a recipe calls its encoder; None where it names an encoder itself.

    Raises:
        UsageError: if it is the path of a TOML file that is no adaptation.
    """
    if name in shipped("adaptations") or name.endswith(".toml"):
        return load_adaptation(name)
    return None


def published_encoder(name: str) -> str:
    """The encoder that a recipe's encoder, adapted or not, begins with.

    Raises:
        UsageError: if an adaptation begins, in the end, with itself.
    """
    seen = [name]
    while (adaptation := adaptation_named(seen[-1])) is not None:
        if adaptation.encoder.name in seen:
            raise UsageError(ADAPTATION_CYCLE, name=name)
        seen.append(adaptation.encoder.name)
    return seen[-1]


def prepared_encoder(name: str, beside: Path, directory: Path | None = None) -> str:
    """The folder of an adapted encoder, adapted now if it is not there and needs corpora only.

    Args:
        name: of the encoder, as in a recipe.
        beside: the folder in which adaptations have folders of their names.
        directory: where corpora lie; the usual places if None.

    Returns:
        the folder, or "" where `name` is no adaptation.

    Raises:
        UsageError: if an adaptation to plain text has not been made, with the command for it.
        InputError, ModelError: as `mask_entities`.
    """
    published_encoder(name)
    adaptation = adaptation_named(name)
    if adaptation is None:
        return ""
    folder = beside / adaptation.name
    if (folder / ENCODER_FOLDER).is_dir():  # moved there when it was finished
        return str(folder / ENCODER_FOLDER)
    if not isinstance(adaptation, MaskedEntities) or not adaptation.train:
        raise UsageError(ADAPTATION_FIRST, name=name, folder=folder)
    return str(adapt_to_entities(adaptation, (), folder, directory, resume=folder.exists()))


def adapt_to_entities(
    recipe: MaskedEntities,
    documents: Iterable[Document],
    folder: Path,
    directory: Path | None,
    *,
    resume: bool,
) -> Path:
    """Entity-aware masking over the recipe's corpora and further documents.

    Arguments, result and errors as for `mask_entities`; `directory` is where corpora lie.
    """
    learnt = [split(name, directory).documents for name in recipe.train]
    encoder = prepared_encoder(recipe.encoder.name, folder.parent, directory)
    evaluation = Evaluation(
        document for judged in evaluation_splits(directory) for document in judged.documents
    )
    every = chain(*learnt, documents)
    return mask_entities(recipe, every, evaluation, folder, resume=resume, encoder=encoder)


def evaluation_splits(directory: Path | None) -> list[Split]:
    """The dev and test splits of all corpora at hand, which no adaptation reads."""
    return [
        load(entry.name, split.name, directory)
        for entry, split in present(directory)
        if split.role != "train"
    ]
