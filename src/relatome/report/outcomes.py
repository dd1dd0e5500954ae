"""What became of every relation under one score: right, or which kind of error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from relatome.report.judged import Judged, Stated, pair_of

RIGHT = "right"
FALSE_POSITIVE = "false positive"
MISSED = "missed"
WRONG_TYPE = "wrong type"
WRONG_NOVELTY = "wrong novelty"
WRONG_DIRECTION = "wrong direction"
KINDS = (FALSE_POSITIVE, MISSED, WRONG_TYPE, WRONG_NOVELTY, WRONG_DIRECTION)

_NOVELTY_SCORE = "pair+novelty"


class Outcome(NamedTuple):
    """One item of the annotation, of the prediction, or one of each.

    What is right has both sides, and so have errors of type, novelty and direction, which count as
    one false positive and one false negative. A false positive has no `gold`, a missed relation no
    `predicted`.

    Attributes:
        document: the index of its document.
        kind: `RIGHT`, or one of `KINDS`.
        gold: the annotated relation.
        predicted: the predicted relation.
    """

    document: int
    kind: str
    gold: Stated | None
    predicted: Stated | None

    @property
    def stated(self) -> Stated:
        """The predicted relation, or where there is none the annotated one."""
        found = self.predicted or self.gold
        assert found is not None
        return found

    def key(self, score: str) -> tuple[int, str, Hashable, Hashable]:
        """What two systems' errors have in common where they are the same error."""
        gold, predicted = self.gold, self.predicted
        return (
            self.document,
            self.kind,
            gold and gold.items[score],
            predicted and predicted.items[score],
        )


def outcomes(documents: Sequence[Judged], score: str) -> list[Outcome]:
    """Compare the two sides of every document under a score of the rule that judged them.

    What is wrong on both sides of the same two entities is one error: first with the same type,
    which leaves novelty or direction to be wrong, then with another.
    """
    found: list[Outcome] = []
    for index, document in enumerate(documents):
        found += _of_document(index, document, score)
    return found


def _of_document(index: int, document: Judged, score: str) -> Iterator[Outcome]:
    wanted, answered = _by_item(document.wanted, score), _by_item(document.found, score)
    for item, each in wanted.items():
        if item in answered:
            yield Outcome(index, RIGHT, each, answered[item])
    missed: dict[frozenset[str], list[Stated]] = defaultdict(list)
    for item, each in wanted.items():
        if item not in answered:
            missed[pair_of(each.relation)].append(each)
    invented = [each for item, each in answered.items() if item not in wanted]
    invented.sort(key=lambda each: -(each.relation.score or 0.0))
    left = []
    for each in invented:
        same = [
            gold
            for gold in missed[pair_of(each.relation)]
            if gold.relation.type == each.relation.type
        ]
        if same:
            missed[pair_of(each.relation)].remove(same[0])
            yield Outcome(index, _same_type(same[0], each), same[0], each)
        else:
            left.append(each)
    for each in left:
        others = missed[pair_of(each.relation)]
        if others:
            yield Outcome(index, WRONG_TYPE, others.pop(0), each)
        else:
            yield Outcome(index, FALSE_POSITIVE, None, each)
    for rest in missed.values():
        for gold in rest:
            yield Outcome(index, MISSED, gold, None)


def _same_type(gold: Stated, predicted: Stated) -> str:
    """What is wrong where entities and type are right."""
    if gold.items.get(_NOVELTY_SCORE) != predicted.items.get(_NOVELTY_SCORE):
        return WRONG_NOVELTY
    return WRONG_DIRECTION


def _by_item(stated: Iterable[Stated], score: str) -> dict[Hashable, Stated]:
    """The first, and of those scored the highest, relation of each item, in document order."""
    kept: dict[Hashable, Stated] = {}
    for each in stated:
        if score not in each.items:
            continue
        there = kept.get(each.items[score])
        if there is None or (each.relation.score or 0.0) > (there.relation.score or 0.0):
            kept[each.items[score]] = each
    return kept
