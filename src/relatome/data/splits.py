"""Splits by document: folds, subsets, overlap, and the refusal to learn from a test split."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from relatome.data.document import Document
from relatome.data.schema import DOCUMENT_INFON
from relatome.errors import SPLIT_OVERLAP, TEST_SPLIT, TOO_MANY_FOLDS, InputError, UsageError


class Split(msgspec.Struct, frozen=True):
    """A named part of a corpus and what it may be used for."""

    name: str
    role: Literal["train", "dev", "test"]
    documents: tuple[Document, ...]

    @classmethod
    def joined(cls, parts: Sequence[Split]) -> Split:
        """One split of all documents of `parts`, marked test if any part is.

        Raises:
            InputError: if two parts share a document.
        """
        for index, part in enumerate(parts):
            for other in parts[index + 1 :]:
                require_disjoint(part, other)
        roles = {part.role for part in parts}
        return cls(
            name="+".join(part.name for part in parts),
            role="test" if "test" in roles else "train" if "train" in roles else "dev",
            documents=tuple(document for part in parts for document in part.documents),
        )

    def subset(self, fraction: float, seed: int) -> Split:
        """A part of the documents, in their order, for experiments with few of them.

        Subsets of the same seed are nested: a smaller one is part of every larger one. They are
        stratified, as `in_strata` explains. Documents that are sentences of the same one are taken
        together, so there may be a few more than the share.

        Args:
            fraction: the share of the documents, above 0; at least one is taken, and 1 takes all.
            seed: of the draw.
        """
        if fraction >= 1 or not self.documents:
            return self
        wanted = max(1, round(fraction * len(self.documents)))
        taken: set[int] = set()
        for whole in in_strata(self.documents, seed):
            if len(taken) < wanted:
                taken.update(whole)
        return Split(
            f"{self.name} ({100 * fraction:g} %)",
            self.role,
            tuple(d for index, d in enumerate(self.documents) if index in taken),
        )

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the documents."""
        return frozenset(document.id for document in self.documents)


def require_not_test(split: Split, purpose: str) -> None:
    """Refuse a split marked test.

    Args:
        split: the split about to be used.
        purpose: what for, to complete "cannot be used to …".

    Raises:
        UsageError: if the split's role is test.
    """
    if split.role == "test":
        raise UsageError(TEST_SPLIT, split=split.name, purpose=purpose)


def overlap(left: Iterable[str], right: Iterable[str]) -> list[str]:
    """Document ids on both sides, sorted. The order of the sides does not matter."""
    return sorted(set(left) & set(right))


def require_disjoint(left: Split, right: Split) -> None:
    """Refuse two splits that share a document.

    Raises:
        InputError: with the number of shared ids and the first few.
    """
    shared = overlap(left.ids, right.ids)
    if shared:
        raise InputError(
            SPLIT_OVERLAP,
            count=len(shared),
            left=left.name,
            right=right.name,
            examples=", ".join(shared[:3]),
        )


def folds(
    documents: Sequence[Document], count: int, seed: int
) -> list[tuple[tuple[Document, ...], tuple[Document, ...]]]:
    """Shuffle documents by `seed` and deal them into folds: `count` pairs of (rest, held out).

    Fold sizes differ by at most one, and a document is never divided: sentences that name the
    document they are from (infon ``document``) stay together.

    Raises:
        UsageError: if there are fewer documents than folds, or fewer than two folds.
    """
    order = _whole(documents)
    if not 2 <= count <= len(order):
        raise UsageError(TOO_MANY_FOLDS, folds=count, documents=len(order))
    random.Random(seed).shuffle(order)
    result = []
    for fold in range(count):
        held = {index for whole in order[fold::count] for index in whole}
        result.append(
            (
                tuple(d for i, d in enumerate(documents) if i not in held),
                tuple(d for i, d in enumerate(documents) if i in held),
            )
        )
    return result


def in_strata(documents: Sequence[Document], seed: int) -> list[list[int]]:
    """An order of the documents in which every beginning resembles the whole.

    The stratum of a document is its rarest relation type (that of the fewest relations in all
    documents), or that it has none. Each stratum is shuffled and spread evenly over the order, so
    that its share in any beginning is its share in the whole, give or take a document. Sentences
    that name the document they are from (infon ``document``) are one document here.

    Returns:
        for each document its place in `documents`; several places for one in sentences.
    """
    seen = Counter(relation.type for document in documents for relation in document.relations)
    whole = _whole(documents)
    strata: dict[str, list[int]] = {}
    for number, indices in enumerate(whole):
        types = sorted({r.type for index in indices for r in documents[index].relations})
        strata.setdefault(min(types, key=lambda type: seen[type], default=""), []).append(number)
    draw = random.Random(seed)
    placed: list[tuple[float, int]] = []
    for stratum in sorted(strata):
        members = strata[stratum]
        draw.shuffle(members)
        start = draw.random()
        placed += [((start + i) / len(members), number) for i, number in enumerate(members)]
    return [whole[number] for _, number in sorted(placed)]


def _whole(documents: Sequence[Document]) -> list[list[int]]:
    """The places of each document in `documents`; several for one in sentences."""
    places: dict[str, list[int]] = {}
    for index, document in enumerate(documents):
        places.setdefault(document.infons.get(DOCUMENT_INFON, document.id), []).append(index)
    return list(places.values())
