"""Which errors to read first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relatome.report.judged import Judged
from relatome.report.outcomes import WRONG_NOVELTY, Outcome
from relatome.report.slices import Places


def most_confident(found: Iterable[Outcome], documents: Sequence[Judged]) -> list[Outcome]:
    """Errors of one kind in the order to read them.

    The most confident first: by the probability of the novelty told where that is wrong, else by
    the relation's score. What was missed has neither; the easiest to see come first, those with the
    fewest sentences between their entities and, of these, with the most mentions.
    """
    places: dict[int, Places] = {}

    def rank(each: Outcome) -> tuple[float, ...]:
        if each.predicted is not None:
            return (-_confidence(each),)
        if each.document not in places:
            places[each.document] = Places(documents[each.document])
        relation = each.stated.relation
        distance = places[each.document].distance(relation)
        mentions = places[each.document].mentions(relation)
        return (float("inf") if distance is None else distance, -(mentions or 0))

    return sorted(found, key=rank)


def _confidence(error: Outcome) -> float:
    relation = error.stated.relation
    if error.kind == WRONG_NOVELTY and relation.novel_score is not None:
        return max(relation.novel_score, 1 - relation.novel_score)
    return relation.score or 0.0
