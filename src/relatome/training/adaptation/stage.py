"""Adaptations as stages of a recipe: the encoder a recipe names, made if need be."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from relatome.corpora import corpus, load, present
from relatome.data import Document, Split, require_not_test
from relatome.errors import ADAPTATION_CYCLE, ADAPTATION_FIRST, UsageError
from relatome.recipes import Adaptation, MaskedEntities, MaskedWords, load_adaptation, shipped
from relatome.training.adaptation.encoder import ENCODER_FOLDER
from relatome.training.adaptation.entities import mask_entities
from relatome.training.adaptation.text import Evaluation
from relatome.training.documents import split
from relatome.training.folder import require_folder


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
    require_preparable(name, beside)
    adaptation = adaptation_named(name)
    if adaptation is None:
        return ""
    folder = beside / adaptation.name
    if (folder / ENCODER_FOLDER).is_dir():  # moved there when it was finished
        return str(folder / ENCODER_FOLDER)
    assert isinstance(adaptation, MaskedEntities)
    return str(adapt_to_entities(adaptation, (), folder, directory, resume=folder.exists()))


def require_preparable(name: str, beside: Path) -> None:
    """Refuse an encoder that is neither there nor can be made from corpora alone.

    Arguments as for `prepared_encoder`.

    Raises:
        UsageError: with the command that makes it; if a folder of its name holds something else;
            or if an adaptation begins, in the end, with itself.
    """
    published_encoder(name)
    while (adaptation := adaptation_named(name)) is not None:
        folder = beside / adaptation.name
        if folder.exists():
            require_folder(adaptation, folder, resume=True)
        if (folder / ENCODER_FOLDER).is_dir():
            return
        if not _of_corpora_alone(adaptation):
            raise UsageError(ADAPTATION_FIRST, name=name, folder=folder)
        name = adaptation.encoder.name


def _of_corpora_alone(adaptation: Adaptation) -> bool:
    """Whether an adaptation needs nothing but corpora."""
    if isinstance(adaptation, MaskedWords):
        return False
    return bool(adaptation.train) and not adaptation.files


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
    learnt = [split(name, directory) for name in recipe.train]
    for each in learnt:
        require_not_test(each, "adapt an encoder")
    encoder = prepared_encoder(recipe.encoder.name, folder.parent, directory)
    judged = evaluation_splits(directory, recipe.train)
    evaluation = Evaluation(document for each in judged for document in each.documents)
    every = chain(*(each.documents for each in learnt), documents)
    return mask_entities(recipe, every, evaluation, folder, resume=resume, encoder=encoder)


def evaluation_splits(directory: Path | None, learnt: Iterable[str] = ()) -> list[Split]:
    """The dev and test splits that no adaptation reads.

    They are those of all published corpora at hand, and of the corpora of one's own and pools among
    those that are learnt from.

    Args:
        directory: where corpora lie; the usual places if None.
        learnt: the splits that are learnt from, as ``corpus:split``.
    """
    named = dict.fromkeys(name.rpartition(":")[0] for name in learnt)
    own = [entry for entry in (corpus(name, directory) for name in named) if entry.base]
    every = (*present(directory), *((entry, split) for entry in own for split in entry.splits))
    return [
        load(entry.name, split.name, directory) for entry, split in every if split.role != "train"
    ]
