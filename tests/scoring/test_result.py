"""What a result says of its counts, and the means over groups."""

from __future__ import annotations

import pytest

from relatome.errors import UsageError
from relatome.scoring import Counts, Result
from relatome.scoring.result import Macro

RESULT = Result(
    rule="a-rule",
    about="",
    primary="pair+type",
    documents=("1", "2"),
    tallies={
        "pair": (Counts(3, 1, 0), Counts(1, 0, 1)),
        "pair+type": (Counts(2, 2, 1), Counts(0, 1, 2)),
    },
    groups={
        "label": {
            "pair+type": {"A": Counts(2, 0, 2), "B": Counts(0, 0, 1), "C": Counts(0, 3, 0)},
            "nothing": {"C": Counts(0, 3, 0)},
        }
    },
    gold_relations=5,
    predicted_documents=2,
    predicted_relations=5,
)


def test_figures_are_of_the_primary_score_unless_another_is_named() -> None:
    assert RESULT.scores == ("pair", "pair+type")
    assert RESULT.counts() == Counts(2, 3, 3)
    assert RESULT.counts("pair") == Counts(4, 1, 1)
    assert (RESULT.precision(), RESULT.recall(), RESULT.f1()) == (2 / 5, 2 / 5, 2 / 5)
    assert RESULT.precision("pair") == RESULT.recall("pair") == RESULT.f1("pair") == 4 / 5
    assert RESULT.per_document() == (Counts(2, 2, 1), Counts(0, 1, 2))
    assert RESULT.notes == {}


def test_means_are_over_the_groups_of_the_annotation() -> None:
    macro = RESULT.macro("label", "pair+type")
    assert macro == Macro(precision=1 / 2, recall=1 / 4, f1=pytest.approx(1 / 3))
    assert macro.f1_of_means == pytest.approx(2 * 0.5 * 0.25 / 0.75)
    assert RESULT.macro_f1("label", "pair+type") == macro.f1


def test_means_of_nothing_are_zero() -> None:
    macro = RESULT.macro("label", "nothing")
    assert macro == Macro(0.0, 0.0, 0.0)
    assert macro.f1_of_means == 0.0


def test_a_score_the_rule_lacks_is_named_beside_those_it_has() -> None:
    with pytest.raises(UsageError) as raised:
        RESULT.counts("all")
    assert raised.value.code == "R402"
    assert "'all'" in str(raised.value)
    assert "a-rule" in str(raised.value)
    assert "pair, pair+type" in str(raised.value)
