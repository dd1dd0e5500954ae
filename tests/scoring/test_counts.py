from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.scoring import Counts

counts = st.builds(Counts, *[st.integers(0, 50)] * 3)


def test_golden() -> None:
    found = Counts(true_positive=3, false_positive=1, false_negative=2)
    assert found.precision == 3 / 4
    assert found.recall == 3 / 5
    assert found.f1 == pytest.approx(2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5))
    assert (found.gold, found.predicted) == (5, 4)


@pytest.mark.parametrize(
    "found", [Counts(), Counts(false_positive=2), Counts(false_negative=2), Counts(0, 1, 1)]
)
def test_undefined_is_zero(found: Counts) -> None:
    assert (found.precision, found.recall, found.f1) == (0.0, 0.0, 0.0)


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_comparing_sets(gold: set[int], predicted: set[int]) -> None:
    found = Counts.of(gold, predicted)
    assert found.true_positive == sum(item in predicted for item in gold)
    assert found.false_positive == sum(item not in gold for item in predicted)
    assert found.false_negative == sum(item not in predicted for item in gold)


@given(counts, counts)
def test_addition(left: Counts, right: Counts) -> None:
    both = left + right
    assert both.gold == left.gold + right.gold
    assert both.predicted == left.predicted + right.predicted
    assert both.true_positive == left.true_positive + right.true_positive
    assert left + Counts() == left


@given(counts)
def test_f1_lies_between_precision_and_recall(found: Counts) -> None:
    low, high = sorted((found.precision, found.recall))
    assert low - 1e-12 <= found.f1 <= high + 1e-12
