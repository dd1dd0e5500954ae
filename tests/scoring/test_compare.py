"""The paired test and interval, against every exchange and against plain loops."""

from __future__ import annotations

import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.errors import UsageError
from relatome.scoring import Counts, Result
from relatome.scoring.compare import _bootstrap, compare
from relatome.scoring.intervals import as_array

Tallies = list[Counts]


def result_of(tallies: Tallies, rule: str = "drugprot") -> Result:
    return Result(
        rule=rule,
        about="",
        primary="pair+type",
        documents=tuple(str(index) for index in range(len(tallies))),
        tallies={"pair+type": tuple(tallies)},
        groups={},
        gold_relations=0,
        predicted_documents=0,
        predicted_relations=0,
    )


def f1(tallies: Tallies) -> float:
    return sum(tallies, Counts()).f1


def drawn(documents: int, seed: int, skill: int = 6) -> Tallies:
    random = np.random.default_rng(seed)
    return [
        Counts(int(random.integers(0, skill)), *map(int, random.integers(0, 6, size=2)))
        for _ in range(documents)
    ]


counts = st.builds(Counts, *[st.integers(0, 3)] * 3)
pairs = st.lists(st.tuples(counts, counts), min_size=1, max_size=7)


@given(pairs)
@settings(deadline=None)
def test_p_against_every_exchange(sides: list[tuple[Counts, Counts]]) -> None:
    observed = abs(f1([a for a, _ in sides]) - f1([b for _, b in sides]))
    as_large = [
        abs(
            f1([b if swap else a for swap, (a, b) in zip(swaps, sides, strict=True)])
            - f1([a if swap else b for swap, (a, b) in zip(swaps, sides, strict=True)])
        )
        >= observed - 1e-12
        for swaps in product((False, True), repeat=len(sides))
    ]
    first, second = ([pair[side] for pair in sides] for side in (0, 1))
    found = compare(result_of(first), result_of(second), resamples=128)
    assert found.exact
    assert found.p == pytest.approx(sum(as_large) / len(as_large))


@given(pairs, st.integers(1, 200))
@settings(deadline=None)
def test_exchanging_the_systems_turns_the_difference_round(
    sides: list[tuple[Counts, Counts]], resamples: int
) -> None:
    first, second = (result_of([pair[side] for pair in sides]) for side in (0, 1))
    one = compare(first, second, resamples=resamples)
    other = compare(second, first, resamples=resamples)
    assert one.difference == -other.difference
    assert (one.p, one.exact, one.differing) == (other.p, other.exact, other.differing)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert 0 < one.p <= 1
    assert one.low <= one.high


@given(st.lists(counts, min_size=1, max_size=40))
@settings(deadline=None)
def test_a_system_does_not_differ_from_itself(tallies: Tallies) -> None:
    found = compare(result_of(tallies), result_of(tallies), resamples=50)
    assert (found.difference, found.p, found.low, found.high) == (0.0, 1.0, 0.0, 0.0)
    assert found.differing == 0


def test_sampled_p_is_near_the_exact_one() -> None:
    first, second = result_of(drawn(13, 1)), result_of(drawn(13, 2))
    exact = compare(first, second, resamples=2**13)
    sampled = compare(first, second, resamples=2**13 - 1)
    assert exact.exact
    assert not sampled.exact
    assert sampled.p == pytest.approx(exact.p, abs=0.02)


def test_interval_against_a_plain_loop() -> None:
    first, second = drawn(25, 3), drawn(25, 4)
    found = compare(result_of(first), result_of(second), resamples=4000)
    random = np.random.default_rng(99)
    differences = []
    for _ in range(4000):
        sample = random.integers(0, 25, size=25)
        differences.append(f1([first[i] for i in sample]) - f1([second[i] for i in sample]))
    low, high = np.percentile(differences, [2.5, 97.5])
    assert found.low == pytest.approx(low, abs=0.015)
    assert found.high == pytest.approx(high, abs=0.015)


def test_a_clear_difference_and_none() -> None:
    good, bad = drawn(200, 5, skill=12), drawn(200, 6, skill=4)
    clear = compare(result_of(good), result_of(bad), resamples=2000)
    assert clear.p == 1 / 2001  # never reached: only the observed assignment counts
    assert 0 < clear.low < clear.difference < clear.high
    alike = compare(result_of(drawn(200, 7)), result_of(drawn(200, 8)), resamples=2000)
    assert alike.p > 0.05
    assert alike.low < 0 < alike.high


def test_p_is_uniform_where_the_systems_are_alike() -> None:
    small = sum(
        compare(result_of(drawn(30, 2 * n)), result_of(drawn(30, 2 * n + 1)), resamples=200).p < 0.1
        for n in range(200)
    )
    assert 5 <= small <= 40  # a tenth of 200, give or take


def test_the_seed_decides() -> None:
    first, second = result_of(drawn(40, 1)), result_of(drawn(40, 2))
    assert compare(first, second, seed=3) == compare(first, second, seed=3)
    assert compare(first, second, seed=3) != compare(first, second, seed=4)


def test_ten_thousand_resamples_and_seed_0_unless_told() -> None:
    first, second = result_of(drawn(20, 1)), result_of(drawn(20, 2))
    found = compare(first, second)
    assert found == compare(first, second, "pair+type", resamples=10_000, seed=0)
    assert found.p * 10_001 == pytest.approx(round(found.p * 10_001))
    assert (found.score, found.level) == ("pair+type", 0.95)


def test_documents_on_which_both_agree_leave_the_test_exact() -> None:
    same = drawn(80, 1)
    found = compare(
        result_of([Counts(3, 0, 0)] * 3 + same), result_of([Counts(0, 3, 3)] * 3 + same)
    )
    assert found.exact
    assert found.differing == 3
    assert found.p == 2 / 8  # as it is, and turned round


def test_more_exchanges_than_are_held_at_once() -> None:
    found = compare(result_of([Counts(3, 0, 0)] * 11), result_of([Counts(0, 3, 3)] * 11))
    assert found.exact
    assert found.p == 2 / 2**11
    one, other = Counts(3, 0, 0), Counts(1, 1, 2)
    alike = compare(result_of([one, other] * 20), result_of([other, one] * 20), resamples=1500)
    assert (alike.difference, alike.p, alike.exact) == (0.0, 1.0, False)
    counts = as_array([one, other])
    assert len(_bootstrap(counts, counts, 1500, np.random.default_rng(0))) == 1500


def test_one_resample_is_possible() -> None:
    found = compare(result_of(drawn(20, 1)), result_of(drawn(20, 2)), resamples=1)
    assert found.low == found.high
    assert found.p in (0.5, 1)


def test_what_cannot_be_compared_is_refused() -> None:
    result = result_of([Counts(1, 1, 1)])
    for other in (result_of([Counts(1, 1, 1)] * 2), result_of([Counts(1, 1, 1)], "chemprot")):
        with pytest.raises(UsageError, match="by the same rule, against the same documents"):
            compare(result, other)
    with pytest.raises(UsageError, match="no score 'pair'"):
        compare(result, result, "pair")
    for resamples, seed in ((0, 0), (1, -1)):
        with pytest.raises(UsageError, match="not possible"):
            compare(result, result, resamples=resamples, seed=seed)


def test_a_thousand_resamples_of_a_thousand_documents_take_under_a_second() -> None:
    first, second = result_of(drawn(1000, 1)), result_of(drawn(1000, 2))
    start = time.perf_counter()
    compare(first, second, resamples=1000)
    assert time.perf_counter() - start < 1.5
