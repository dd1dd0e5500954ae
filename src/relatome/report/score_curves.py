"""What scores are worth: precision over recall, and the share that is right over the score."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from relatome.data.calibration import Reliability
from relatome.report.judged import Judged
from relatome.scoring import Counts
from relatome.scoring.calibration import reliability


class Point(NamedTuple):
    """The relations scored `score` or higher."""

    score: float
    counts: Counts


def all_scored(documents: Sequence[Judged]) -> bool:
    """Whether every predicted relation has a score, and there are any."""
    scores = [each.relation.score for document in documents for each in document.found]
    return bool(scores) and None not in scores


def precision_recall(documents: Sequence[Judged], score: str) -> list[Point]:
    """A point for every score that occurs, the highest first.

    The last one holds all that was predicted: what a model left out, below its threshold, is not
    in its prediction.

    Args:
        documents: what `relatome.report.judged.judge` returned, all with scores.
        score: a score of the rule.
    """
    rows, gold = _rows(documents, score)
    points: list[Point] = []
    hits = 0
    for number, (value, right) in enumerate(rows, start=1):
        hits += right
        point = Point(value, Counts(hits, number - hits, gold - hits))
        if points and points[-1].score == value:
            points[-1] = point
        else:
            points.append(point)
    return points


def at_least(points: Sequence[Point], score: float) -> Point | None:
    """What is left at a threshold; None if nothing is."""
    return next((point for point in reversed(points) if point.score >= score), None)


def score_reliability(documents: Sequence[Judged], score: str) -> Reliability:
    """How often relations are right under a score, by the probability they were given."""
    rows, _ = _rows(documents, score)
    values = np.array([value for value, _ in rows], dtype=np.float64)
    return reliability(np.clip(values, 0.0, 1.0), np.array([right for _, right in rows], bool))


def _rows(documents: Sequence[Judged], score: str) -> tuple[list[tuple[float, bool]], int]:
    """Score and rightness of every predicted item, the highest first; and how many are gold."""
    rows: list[tuple[float, bool]] = []
    gold = 0
    for document in documents:
        wanted = {each.items[score] for each in document.wanted if score in each.items}
        gold += len(wanted)
        best: dict[Hashable, float] = {}
        for each in document.found:
            if score in each.items:
                item = each.items[score]
                best[item] = max(best.get(item, 0.0), each.relation.score or 0.0)
        rows += [(value, item in wanted) for item, value in best.items()]
    return sorted(rows, key=lambda row: -row[0]), gold
