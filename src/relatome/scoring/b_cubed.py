"""B³: how well mentions are grouped into entities.

Bagga & Baldwin, "Algorithms for scoring coreference chains", LREC Workshop on Linguistic
Coreference 1998. For every mention, precision is the share of its predicted group that belongs
with it in the annotation, recall the share of its annotated entity that is in its predicted group;
both are averaged over mentions. The names of groups mean nothing.

A composite mention belongs to several entities. It counts as in Amigó et al., "A comparison of
extrinsic clustering evaluation metrics based on formal constraints", Information Retrieval 12,
2009, section 5: two mentions that share `g` annotated entities and `p` predicted ones agree to
min(g, p) / p in precision and min(g, p) / g in recall. Where every mention has one identifier this
is B³ of 1998.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from relatome.data import Document
from relatome.errors import MENTIONS_DIFFER, InputError, Place

_Groups = frozenset[str]
_Sides = tuple[_Groups, _Groups]  # of a mention: annotated, predicted


class BCubed(msgspec.Struct, frozen=True):
    """Means over mentions.

    Attributes:
        precision: 0 to 1.
        recall: 0 to 1.
        mentions: how many mentions were judged.
        left_out: mentions that the annotation gives no identifier, which were not.
    """

    precision: float
    recall: float
    mentions: int
    left_out: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        whole = self.precision + self.recall
        return 2 * self.precision * self.recall / whole if whole else 0.0


def b_cubed(
    gold: Iterable[Document], predicted: Iterable[Document], type: str | None = None
) -> BCubed:
    """Score predicted groups of mentions against annotated entities.

    Mentions are grouped within a document, by their `entity_ids`. A mention that the annotation
    gives no identifier is left out, because what belongs with it is not known; a mention without a
    predicted one is a group of its own. All mentions weigh the same, whatever document they are in.

    Args:
        gold: the annotated documents.
        predicted: the same documents, in the same order, with the same mentions (by span and type,
            in any order) and other identifiers.
        type: judge mentions of this type alone.

    Raises:
        InputError: if documents or mentions differ.
    """
    precision = recall = 0.0
    judged = left_out = 0
    wanted, found = tuple(gold), tuple(predicted)
    if [document.id for document in wanted] != [document.id for document in found]:
        raise InputError(MENTIONS_DIFFER, what="documents", count=len(wanted), other=len(found))
    for one, other in zip(wanted, found, strict=True):
        pairs = [pair for kind, pair in _aligned(one, other) if type is None or kind == type]
        alike = Counter(pair for pair in pairs if pair[0])
        left_out += len(pairs) - alike.total()
        judged += alike.total()
        precision += _agreement(alike, 1, 0)
        recall += _agreement(alike, 0, 1)
    return BCubed(
        precision / judged if judged else 0.0, recall / judged if judged else 0.0, judged, left_out
    )


def _aligned(gold: Document, predicted: Document) -> list[tuple[str, _Sides]]:
    """Type of every mention, its annotated entities and its predicted groups."""
    sides = [
        sorted(((m.start, m.end, m.type, m.fragments), i) for i, m in enumerate(each.mentions))
        for each in (gold, predicted)
    ]
    if [key for key, _ in sides[0]] != [key for key, _ in sides[1]]:
        raise InputError(
            MENTIONS_DIFFER,
            at=Place(document=gold.id),
            what="mentions",
            count=len(gold.mentions),
            other=len(predicted.mentions),
        )
    aligned = []
    for (key, one), (_, other) in zip(*sides, strict=True):
        groups = predicted.mentions[other].entity_ids or (f"\0{other}",)
        aligned.append((key[2], (frozenset(gold.mentions[one].entity_ids), frozenset(groups))))
    return aligned


def _agreement(alike: Mapping[_Sides, int], of: int, on: int) -> float:
    """Sum over mentions of the share of its groups on one side that the other side agrees to.

    Mentions with the same groups on both sides are alike, and are counted together: thousands of
    mentions of one entity would else be compared pair by pair.

    Args:
        alike: how many mentions have which groups, annotated and predicted.
        of: the side the share is of.
        on: the side that agrees or does not.
    """
    members: dict[str, list[_Sides]] = defaultdict(list)
    for groups in alike:
        for name in groups[of]:
            members[name].append(groups)
    total = 0.0
    for groups, count in alike.items():
        agreed = together = 0.0
        near = dict.fromkeys(other for name in groups[of] for other in members[name])
        for other in near:
            shared, same = len(groups[of] & other[of]), len(groups[on] & other[on])
            agreed += alike[other] * min(shared, same) / shared
            together += alike[other]
        total += count * agreed / together
    return total
