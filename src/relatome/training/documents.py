"""The documents a recipe learns from and is judged on."""

from __future__ import annotations

from pathlib import Path

import msgspec

from relatome.corpora import load
from relatome.data import Document, Split, folds, require_disjoint, require_not_test
from relatome.errors import CORPUS_SPLIT_NAME, UsageError
from relatome.recipes import Recipe
from relatome.recipes.recipe import Fold

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


def learning_splits(recipe: Recipe, directory: Path | None) -> tuple[Split, Split | None]:
    """The training documents of a recipe, and those to select on, if it selects.

    Raises:
        UsageError: if a split is unknown, or a fold is asked for of fewer documents than folds.
    """
    data = recipe.data
    train = Split.joined([split(name, directory) for name in data.train])
    dev: Split | None = None
    if isinstance(data.dev, str):
        dev = split(data.dev, directory)
    elif isinstance(data.dev, Fold):
        train, dev = fold(train, data.dev)
    elif data.dev:
        train, dev = held_out(train, data.dev)
    train = train.subset(data.fraction, recipe.training.seed)
    if data.source:
        train = Split.joined([*(split(name, directory) for name in data.source), train])
    return train, dev


def require_learnable(train: Split, dev: Split | None) -> None:
    """Refuse to learn from or select on a test split, or on documents that are learnt from.

    Raises:
        UsageError: if a split is marked test.
        InputError: if the two share a document.
    """
    require_not_test(train, "train")
    if dev is not None:
        require_not_test(dev, "select a model")
        require_disjoint(train, dev)


def held_out(train: Split, share: float) -> tuple[Split, Split]:
    """`train` without a share of its documents, and that share as a split to select on."""
    dev = train.subset(share, _HELD_OUT_SEED)
    taken = {document.id for document in dev.documents}
    rest = tuple(document for document in train.documents if document.id not in taken)
    return _parted(train, rest, dev.documents, "held out")


def fold(train: Split, which: Fold) -> tuple[Split, Split]:
    """`train` without a fold of its documents, and that fold as a split to select on.

    Raises:
        UsageError: if there are fewer documents than folds.
    """
    rest, held = folds(train.documents, which.of, _HELD_OUT_SEED)[which.fold - 1]
    return _parted(train, rest, held, f"fold {which.fold} of {which.of}")


def _parted(
    train: Split, rest: tuple[Document, ...], held: tuple[Document, ...], what: str
) -> tuple[Split, Split]:
    return (
        msgspec.structs.replace(train, documents=rest),
        msgspec.structs.replace(train, name=f"{train.name} ({what})", documents=held),
    )
