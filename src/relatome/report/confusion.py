"""Which type was predicted where which was annotated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from relatome.data.schema import NO_RELATION
from relatome.report.outcomes import RIGHT, WRONG_TYPE, Outcome


class Confusion(NamedTuple):
    """Counts of pairs of types.

    Attributes:
        types: those of either side, the most annotated first, and last "no relation".
        counts: by (annotated, predicted) type. Pairs without a relation on either side are not
            counted.
    """

    types: tuple[str, ...]
    counts: Counter[tuple[str, str]]


def confusion(found: Iterable[Outcome]) -> Confusion:
    """The matrix of a score that asks for the type.

    A relation between the right entities in the wrong order is one that is not annotated, and
    another that is missed.

    Args:
        found: the outcomes under that score.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for each in found:
        gold = each.gold.relation.type if each.gold else NO_RELATION
        predicted = each.predicted.relation.type if each.predicted else NO_RELATION
        if each.kind == RIGHT:
            counts[gold, gold] += 1
        elif each.kind == WRONG_TYPE or NO_RELATION in (gold, predicted):
            counts[gold, predicted] += 1
        else:
            counts[gold, NO_RELATION] += 1
            counts[NO_RELATION, predicted] += 1
    annotated: Counter[str] = Counter()
    for (gold, predicted), count in counts.items():
        annotated[gold] += count
        annotated[predicted] += 0
    types = sorted(annotated.keys() - {NO_RELATION}, key=lambda type: (-annotated[type], type))
    return Confusion((*types, NO_RELATION), counts)
