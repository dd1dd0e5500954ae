from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings

from relatome.data import Document
from relatome.errors import UsageError
from relatome.scoring import Counts, Result, score
from relatome.scoring.intervals import TAILS, f1_intervals

from .build import corpora, document, judged_rows


def result_of(tallies: list[Counts]) -> Result:
    return Result(
        rule="biored-8",
        about="",
        primary="all",
        documents=tuple(str(index) for index in range(len(tallies))),
        tallies={"all": tuple(tallies)},
        groups={},
        gold_relations=0,
        predicted_documents=0,
        predicted_relations=0,
    )


def varied(documents: int) -> list[Counts]:
    random = np.random.default_rng(7)
    return [Counts(*map(int, random.integers(0, 12, size=3))) for _ in range(documents)]


def test_against_a_plain_loop() -> None:
    tallies = varied(30)
    found = f1_intervals(result_of(tallies), resamples=4000, seed=1)["all"]
    random = np.random.default_rng(99)
    drawn = []
    for _ in range(4000):
        sample = [tallies[i] for i in random.integers(0, 30, size=30)]
        drawn.append(sum(sample, Counts()).f1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)


def test_same_seed_same_interval() -> None:
    result = result_of(varied(20))
    assert f1_intervals(result, seed=3) == f1_intervals(result, seed=3)
    assert f1_intervals(result, seed=3) != f1_intervals(result, seed=4)


def test_ninety_five_per_cent_of_a_thousand_resamples_unless_told() -> None:
    result = result_of(varied(20))
    assert pytest.approx((2.5, 97.5)) == TAILS
    assert f1_intervals(result) == f1_intervals(result, resamples=1000, seed=0)
    assert f1_intervals(result) != f1_intervals(result, resamples=1001, seed=0)
    assert f1_intervals(result)["all"].level == 0.95


def test_documents_that_agree_leave_no_doubt() -> None:
    interval = f1_intervals(result_of([Counts(2, 1, 1)] * 5))["all"]
    assert interval.low == interval.high == Counts(2, 1, 1).f1


def test_more_documents_narrow_the_interval() -> None:
    few, many = (f1_intervals(result_of(varied(40) * times))["all"] for times in (1, 25))
    assert many.high - many.low < (few.high - few.low) / 3


def test_nothing_to_find_is_zero() -> None:
    interval = f1_intervals(result_of([Counts()] * 3))["all"]
    assert (interval.low, interval.high) == (0.0, 0.0)


@settings(max_examples=30)
@given(corpora(judged_rows), corpora(judged_rows))
def test_bounds(gold: list[Document], predicted: list[Document]) -> None:
    result = score(gold, predicted, "biored-8", extra="ignore")
    intervals = f1_intervals(result, resamples=50)
    assert tuple(intervals) == result.scores
    for interval in intervals.values():
        assert 0.0 <= interval.low <= interval.high <= 1.0


def test_a_perfect_prediction_cannot_be_drawn_worse() -> None:
    gold = [document(str(index), [("G1", "D1", "Bind", True)]) for index in range(4)]
    assert f1_intervals(score(gold, gold, "biored-8"))["all"].low == 1.0


@pytest.mark.parametrize(("resamples", "seed"), [(0, 0), (10, -1)])
def test_impossible_requests_are_refused(resamples: int, seed: int) -> None:
    with pytest.raises(UsageError, match="at least 1 resample"):
        f1_intervals(result_of([Counts(1, 1, 1)]), resamples=resamples, seed=seed)


def test_one_resample_is_possible() -> None:
    interval = f1_intervals(result_of(varied(5)), resamples=1)["all"]
    assert interval.low == interval.high


def test_a_thousand_resamples_of_a_hundred_documents_take_well_under_a_second() -> None:
    result = result_of(varied(100))
    start = time.perf_counter()
    f1_intervals(result, resamples=1000)
    assert time.perf_counter() - start < 0.5
