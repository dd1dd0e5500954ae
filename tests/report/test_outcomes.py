"""Kinds of errors, on small documents; their totals against the official counts, on any."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, Relation
from relatome.report.confusion import confusion
from relatome.report.judged import judge
from relatome.report.outcomes import (
    FALSE_POSITIVE,
    MISSED,
    RIGHT,
    WRONG_DIRECTION,
    WRONG_NOVELTY,
    WRONG_TYPE,
    Outcome,
    outcomes,
)
from relatome.report.slices import slices
from relatome.scoring import Counts, find_rule, score
from tests.scoring.build import corpora, document, marked, rows


def found(
    gold: list[Document], predicted: list[Document], rule: str, name: str | None = None
) -> list[Outcome]:
    known = find_rule(rule)
    return outcomes(judge(gold, predicted, known), name or known.primary)


def brief(each: Outcome) -> tuple[str, str | None, str | None]:
    """Kind and types."""
    gold, predicted = each.gold, each.predicted
    return each.kind, gold and gold.relation.type, predicted and predicted.relation.type


def test_every_kind_of_error() -> None:
    gold = document(
        "1",
        [
            ("C1", "D1", "Association", True),
            ("C1", "D2", "Association", True),
            ("C1", "G1", "Bind", True),
            ("G1", "G2", "Bind", False),
        ],
    )
    predicted = document(
        "1",
        [
            ("D1", "C1", "Association", True),
            ("D2", "C1", "Association", False),
            ("C1", "G1", "Association", True),
            ("C1", "G2", "Bind", True),
        ],
    )
    assert Counter(map(brief, found([gold], [predicted], "biored-8"))) == {
        (RIGHT, "Association", "Association"): 1,
        (WRONG_NOVELTY, "Association", "Association"): 1,
        (WRONG_TYPE, "Bind", "Association"): 1,
        (FALSE_POSITIVE, None, "Bind"): 1,
        (MISSED, "Bind", None): 1,
    }
    assert Counter(each.kind for each in found([gold], [predicted], "biored-8", "pair+type")) == {
        RIGHT: 2,
        WRONG_TYPE: 1,
        FALSE_POSITIVE: 1,
        MISSED: 1,
    }


def test_the_same_type_is_paired_first() -> None:
    gold = document("1", [("G1", "G2", "Bind", True), ("G1", "G2", "Association", True)])
    predicted = document("1", [("G1", "G2", "Association", False), ("G1", "G2", "Bind", True)])
    assert Counter(map(brief, found([gold], [predicted], "biored-8"))) == {
        (RIGHT, "Bind", "Bind"): 1,
        (WRONG_NOVELTY, "Association", "Association"): 1,
    }


def test_a_type_too_many_is_a_false_positive() -> None:
    gold = document("1", [("G1", "G2", "Bind", True)])
    predicted = document("1", [("G1", "G2", "Association", True), ("G1", "G2", "Bind", True)])
    assert Counter(map(brief, found([gold], [predicted], "biored-8"))) == {
        (RIGHT, "Bind", "Bind"): 1,
        (FALSE_POSITIVE, None, "Association"): 1,
    }


def test_the_wrong_order_where_order_matters() -> None:
    types = {"T1": "GENE", "T2": "CHEMICAL"}
    gold, predicted = (
        marked("1", types, [(head, tail, "binds")]) for head, tail in (("T1", "T2"), ("T2", "T1"))
    )
    (error,) = found([gold], [predicted], "relations-ordered")
    assert error.kind == WRONG_DIRECTION
    assert found([gold], [predicted], "relations")[0].kind == RIGHT


def test_a_document_without_prediction_is_missed() -> None:
    gold = document("1", [("G1", "G2", "Bind", True)])
    assert [brief(each) for each in found([gold], [], "biored-8")] == [(MISSED, "Bind", None)]


def test_of_several_that_are_one_the_highest_score_stands() -> None:
    base = document("1")
    gold = base.with_relations((Relation("G1", "G2", "Bind", novel=True),))
    predicted = base.with_relations(
        tuple(Relation("G1", "G2", "Bind", score, True) for score in (0.2, 0.9, 0.4))
    )
    (right,) = found([gold], [predicted], "biored-8")
    assert right.predicted is not None
    assert right.predicted.relation.score == 0.9


_MENTIONS = {"T1": "CHEMICAL", "T2": "CHEMICAL", "T3": "GENE", "T4": "GENE"}
_LABELS = ("INHIBITOR", "ACTIVATOR", "CPR:3", "CPR:1", "mechanism", "int", "CID")


def mention_level(labels: tuple[str, ...]) -> st.SearchStrategy[list[Document]]:
    names = st.sampled_from(sorted(_MENTIONS))
    relations = st.lists(st.tuples(names, names, st.sampled_from(labels)), max_size=6)
    return st.lists(relations, min_size=1, max_size=3).map(
        lambda each: [marked(str(index), _MENTIONS, rows) for index, rows in enumerate(each)]
    )


def assert_official(gold: list[Document], predicted: list[Document], rule: str) -> None:
    """The totals of kinds, slices and confusion matrix are the counts of the official scorer."""
    known = find_rule(rule)
    result = score(gold, predicted, known, extra="ignore")
    documents = judge(gold, predicted, known)
    for name in known.scores:
        every = outcomes(documents, name)
        kinds = Counter(each.kind for each in every)
        both = kinds[WRONG_TYPE] + kinds[WRONG_NOVELTY] + kinds[WRONG_DIRECTION]
        counts = result.counts(name)
        assert Counts(kinds[RIGHT], kinds[FALSE_POSITIVE] + both, kinds[MISSED] + both) == counts, (
            name
        )
        sliced = slices(documents, every)
        for groups in sliced.values():
            assert sum(groups.values(), start=Counts()) == counts
        for breakdown, by_score in result.groups.items():
            if breakdown in sliced and name in by_score:
                assert sliced[breakdown] == by_score[name]
        if name == "pair+type":
            matrix = confusion(every).counts
            right = sum(n for (one, other), n in matrix.items() if one == other)
            assert right == counts.true_positive
            assert sum(n for (one, _), n in matrix.items() if one != "None") == counts.gold
            assert sum(n for (_, one), n in matrix.items() if one != "None") == counts.predicted


@settings(deadline=None, max_examples=60)
@given(corpora(rows), corpora(rows), st.sampled_from(("biored-8", "biored-5", "biored-direction")))
def test_totals_are_official_on_biored(
    gold: list[Document], predicted: list[Document], rule: str
) -> None:
    assert_official(gold, predicted, rule)


@pytest.mark.parametrize(
    ("rule", "gold_labels"),
    [
        ("drugprot", _LABELS[:2]),
        ("chemprot", _LABELS),
        ("ddi", _LABELS),
        ("bc5cdr-cid", _LABELS),
        ("bc5cdr-cid-script", _LABELS),
        ("ppi", _LABELS),
        ("relations", _LABELS),
        ("relations-ordered", _LABELS),
    ],
)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_totals_are_official_between_mentions(
    rule: str, gold_labels: tuple[str, ...], data: st.DataObject
) -> None:
    gold = data.draw(mention_level(gold_labels))
    assert_official(gold, data.draw(mention_level(_LABELS)), rule)
