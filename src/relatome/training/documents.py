"""The documents a recipe learns from and is judged on."""

from __future__ import annotations

from pathlib import Path

import msgspec

from relatome.corpora import load
from relatome.data import Document, Split, require_disjoint, require_not_test
from relatome.errors import CORPUS_SPLIT_NAME, UsageError
from relatome.recipes import Recipe

# Dev documents held out of a training split are the same ones whatever the seed of training.
_HELD_OUT_SEED = 13


def split(name: str, directory: Path | None) -> Split:
    """The split that a recipe calls ``corpus:split``.

    Args:
        name: as in the recipe.
        directory: where corpora lie; the usual places if None.

    Raises:
        UsageError: if the name is none, or nothing is known or found under it.
    """
    corpus, _, part = name.rpartition(":")  # the last: a path may begin with a drive
    if not corpus:
        raise UsageError(CORPUS_SPLIT_NAME, name=name)
    return load(corpus, part, directory)


def learning_splits(recipe: Recipe, directory: Path | None) -> tuple[Split, Split]:
    """The training documents of a recipe, and those to select on."""
    data = recipe.data
    train = Split.joined([split(name, directory) for name in data.train])
    if isinstance(data.dev, str):
        dev = split(data.dev, directory)
    else:
        train, dev = held_out(train, data.dev)
    train = train.subset(data.fraction, recipe.training.seed)
    if data.source:
        train = Split.joined([*(split(name, directory) for name in data.source), train])
    return train, dev


def require_learnable(train: Split, dev: Split) -> None:
    """Refuse to learn from or select on a test split, or on documents that are learnt from.

    Raises:
        UsageError: if a split is marked test.
        InputError: if the two share a document.
    """
    require_not_test(train, "train")
    require_not_test(dev, "select a model")
    require_disjoint(train, dev)


def held_out(train: Split, share: float) -> tuple[Split, Split]:
    """`train` without a share of its documents, and that share as a split to select on."""
    dev = train.subset(share, _HELD_OUT_SEED)
    taken = {document.id for document in dev.documents}

    def part(name: str, documents: tuple[Document, ...]) -> Split:
        return msgspec.structs.replace(train, name=name, documents=documents)

    rest = tuple(document for document in train.documents if document.id not in taken)
    return part(train.name, rest), part(f"{train.name} (held out)", dev.documents)
