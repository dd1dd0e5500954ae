"""The confusion matrix, counted by hand."""

from __future__ import annotations

from relatome.report.confusion import confusion
from relatome.report.judged import judge
from relatome.report.outcomes import outcomes
from relatome.scoring import find_rule
from tests.scoring.build import document, marked


def test_types_and_none() -> None:
    gold = document(
        "1",
        [
            ("C1", "D1", "Association", True),
            ("C1", "G1", "Bind", True),
            ("G1", "G2", "Bind", False),
        ],
    )
    predicted = document(
        "1",
        [
            ("C1", "D1", "Association", False),
            ("C1", "G1", "Association", True),
            ("C1", "G2", "Comparison", True),
        ],
    )
    documents = judge([gold], [predicted], find_rule("biored-8"))
    found = confusion(outcomes(documents, "pair+type"))
    assert found.types == ("Bind", "Association", "Comparison", "None")
    assert dict(found.counts) == {
        ("Association", "Association"): 1,
        ("Bind", "Association"): 1,
        ("Bind", "None"): 1,
        ("None", "Comparison"): 1,
    }


def test_a_turned_relation_is_invented_and_missed() -> None:
    types = {"T1": "GENE", "T2": "CHEMICAL"}
    gold = marked("1", types, [("T1", "T2", "binds")])
    predicted = marked("1", types, [("T2", "T1", "binds")])
    documents = judge([gold], [predicted], find_rule("relations-ordered"))
    assert dict(confusion(outcomes(documents, "pair+type")).counts) == {
        ("binds", "None"): 1,
        ("None", "binds"): 1,
    }
