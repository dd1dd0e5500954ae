"""Calibration: exact errors, temperatures and thresholds of small cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from relatome.data.calibration import Bin
from relatome.scoring.calibration import (
    FEWEST_KEPT,
    LEVELS,
    fit_temperature,
    precision_thresholds,
    reliability,
)


def flags(marks: str) -> np.ndarray:
    """Right (+) or wrong (-), one character each."""
    return np.array([mark == "+" for mark in marks])


def test_the_error_is_the_weighted_distance() -> None:
    # Two intervals: 0.2 and 0.4 with one of two right, 0.6, 0.8 and 1.0 with two of three right.
    found = reliability(np.array([0.2, 0.4, 0.6, 0.8, 1.0]), flags("+-++-"), bins=2)
    assert found.bins == (Bin(2, 0.3, 0.5), Bin(3, 0.8, 0.6667))
    assert found.error == pytest.approx(2 / 5 * 0.2 + 3 / 5 * (0.8 - 2 / 3), abs=5e-5)


def test_an_interval_holds_its_lower_end_and_the_last_one_both() -> None:
    found = reliability(np.array([0.0, 0.5, 1.0]), flags("---"), bins=2)
    assert [each.count for each in found.bins] == [1, 2]


def test_scores_that_come_true_have_no_error() -> None:
    assert reliability(np.full(4, 0.75), flags("+++-")).error == 0
    assert reliability(np.array([0.0, 1.0]), flags("-+")).error == 0


def test_a_single_score_is_an_interval_of_its_own_and_figures_have_four_decimals() -> None:
    found = reliability(np.array([0.12345678]), flags("-"), bins=2)
    assert (found.error, found.bins) == (0.1235, (Bin(1, 0.1235, 0.0), Bin(0, 0.0, 0.0)))
    found = reliability(np.array([0.25, 0.75]), flags("++"), bins=2)
    assert found.bins == (Bin(1, 0.25, 1.0), Bin(1, 0.75, 1.0))


def test_sure_and_wrong_is_the_largest_error() -> None:
    assert reliability(np.ones(3), flags("---")).error == 1


def test_without_scores_there_is_no_error() -> None:
    found = reliability(np.zeros(0), flags(""))
    assert (found.error, len(found.bins)) == (0, 15)
    assert set(found.bins) == {Bin(0, 0.0, 0.0)}


def rows(right: int, wrong: int, logit: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of two classes that all prefer the first by `logit`, which so many of them are."""
    count = right + wrong
    gold = np.zeros((count, 2), dtype=bool)
    gold[:right, 0] = True
    gold[right:, 1] = True
    return np.tile(np.array([logit, 0.0], dtype=np.float32), (count, 1)), gold


@pytest.mark.parametrize(("right", "wrong"), [(3, 1), (9, 1), (60, 40)])
@pytest.mark.parametrize("logit", [1.0, 4.0])
def test_the_temperature_turns_scores_into_shares(right: int, wrong: int, logit: float) -> None:
    # All rows alike: the best probability is the share that is right, so T = logit / ln(odds).
    expected = logit / math.log(right / wrong)
    if 0.25 <= expected <= 10:
        assert fit_temperature(*rows(right, wrong, logit)) == pytest.approx(expected, abs=1e-3)


def test_the_temperature_stays_within_bounds() -> None:
    assert fit_temperature(*rows(4, 0, 1.0)) == 0.25  # nothing is wrong: no bound of its own
    assert fit_temperature(*rows(0, 4, 1.0)) == 10  # nothing is right
    assert fit_temperature(np.zeros((0, 3)), np.zeros((0, 3), dtype=bool)) == 1


def test_temperatures_have_four_decimals() -> None:
    assert fit_temperature(*rows(3, 1, 1.0)) == 0.9102  # 1 / ln 3 = 0.910239


def test_of_several_right_classes_each_counts_its_part() -> None:
    logits, gold = rows(4, 0, 4.0)
    gold[3] = True
    assert fit_temperature(logits, gold) == pytest.approx(4 / math.log(3.5 / 0.5), abs=1e-3)


def test_only_differences_of_logits_count_however_large_they_are() -> None:
    logits, gold = rows(9, 1, 3.0)
    assert fit_temperature(logits + 1024, gold) == fit_temperature(logits, gold)


def test_impossible_classes_have_no_part() -> None:
    logits, gold = rows(9, 1, 3.0)
    wide = np.concatenate([logits, np.full((10, 1), -1e4, dtype=np.float32)], axis=1)
    more = np.concatenate([gold, np.zeros((10, 1), dtype=bool)], axis=1)
    assert fit_temperature(wide, more) == fit_temperature(logits, gold)


any_logits = arrays.arrays(np.float32, (12, 4), elements=st.floats(-8, 8, width=32))


@given(any_logits, st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_no_other_temperature_is_more_probable(logits: np.ndarray, classes: list[int]) -> None:
    gold = np.eye(4, dtype=bool)[classes]

    def cost(temperature: float) -> float:
        scaled = logits.astype(np.float64) / temperature
        best = scaled.max(axis=1, keepdims=True)
        log = scaled - best - np.log(np.exp(scaled - best).sum(axis=1, keepdims=True))
        return float(-log[gold].mean())

    fitted = cost(fit_temperature(logits, gold))
    for other in (0.25, 0.5, 0.9, 1.0, 1.1, 2.0, 5.0, 10.0):
        assert fitted <= cost(other) + 1e-4


SCORES = np.array([0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.90, 0.8, 0.7, 0.6, 0.5])
RIGHT = flags("+++++++++" + "-" + "+" + "---")


def test_golden_thresholds() -> None:
    # 9 of the first 10 right, 10 of 11, 10 of 12, of 13, of 14.
    found = precision_thresholds(SCORES, RIGHT, (0.5, 0.75, 0.8, 0.9, 0.95))
    assert (found.relations, found.right) == (14, 10)
    assert found.scores == (0.5, 0.6, 0.7, 0.8, None)
    assert found.kept == (14, 13, 12, 11, 0)


def test_fewer_than_ten_reach_nothing() -> None:
    few = 9
    assert few == FEWEST_KEPT - 1
    assert precision_thresholds(SCORES[:few], RIGHT[:few]).scores == (None,) * len(LEVELS)


def test_ten_that_are_right_reach_it_above_one_that_is_wrong() -> None:
    found = precision_thresholds(np.array([0.9] * 10 + [0.5]), flags("+" * 10 + "-"), (0.95,))
    assert (found.scores, found.kept) == ((0.9,), (10,))


def test_equal_scores_stand_or_fall_together() -> None:
    found = precision_thresholds(np.full(20, 0.61239), flags("+" * 10 + "-" * 10), (0.5, 0.55))
    assert found.scores == (0.6123, None)
    assert found.kept == (20, 0)


def test_levels_are_from_one_half_by_twentieths() -> None:
    assert LEVELS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), max_size=60))
def test_a_threshold_gives_the_precision_it_stands_for(pairs: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in pairs], dtype=np.float32)
    right = np.array([is_right for _, is_right in pairs], dtype=bool)
    found = precision_thresholds(scores, right)
    for level, least, kept in zip(LEVELS, found.scores, found.kept, strict=True):
        if least is None:
            assert kept == 0
            continue
        # As in use: the score of a relation is a Python float.
        mask = np.array([float(score) >= least for score in scores])
        assert mask.sum() == kept >= FEWEST_KEPT
        assert right[mask].mean() >= level - 1e-6
