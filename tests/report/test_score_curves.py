"""Precision, recall and reliability over scores."""

from __future__ import annotations

from relatome.data import Relation
from relatome.report.judged import judge
from relatome.report.score_curves import (
    all_scored,
    at_least,
    precision_recall,
    score_reliability,
)
from relatome.scoring import Counts, find_rule
from tests.scoring.build import document

RULE = find_rule("biored-8")
GOLD = document(
    "1",
    [("G1", "G2", "Bind", True), ("C1", "D1", "Association", True), ("C1", "D2", "Bind", True)],
)
PREDICTED = GOLD.with_relations(
    (
        Relation("G1", "G2", "Bind", 0.9, True),
        Relation("C1", "D1", "Bind", 0.9, True),
        Relation("C1", "D1", "Association", 0.5, True),
        Relation("C1", "G2", "Bind", 0.3, True),
    )
)
DOCUMENTS = judge([GOLD], [PREDICTED], RULE)


def test_a_point_for_every_score() -> None:
    assert precision_recall(DOCUMENTS, "all") == [
        (0.9, Counts(1, 1, 2)),
        (0.5, Counts(2, 1, 1)),
        (0.3, Counts(2, 2, 1)),
    ]


def test_a_pair_counts_once_with_its_highest_score() -> None:
    assert precision_recall(DOCUMENTS, "pair") == [(0.9, Counts(2, 0, 1)), (0.3, Counts(2, 1, 1))]


def test_what_is_left_at_a_threshold() -> None:
    points = precision_recall(DOCUMENTS, "all")
    assert at_least(points, 0.4) == points[1]
    assert at_least(points, 0.9) == points[0]
    assert at_least(points, 0.95) is None


def test_reliability() -> None:
    found = score_reliability(DOCUMENTS, "pair+type")
    some = {bin.score: (bin.count, bin.right) for bin in found.bins if bin.count}
    assert some == {0.9: (2, 0.5), 0.5: (1, 1.0), 0.3: (1, 0.0)}
    assert found.error == 0.4


def test_curves_need_all_scores() -> None:
    assert all_scored(DOCUMENTS)
    assert not all_scored(judge([GOLD], [GOLD], RULE))
    assert not all_scored(judge([GOLD], [], RULE))
