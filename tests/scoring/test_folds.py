from __future__ import annotations

import doctest
from statistics import mean, stdev

import pytest

from relatome.data import folds
from relatome.errors import InputError
from relatome.scoring import Counts, score
from relatome.scoring import folds as module
from relatome.scoring.folds import across_folds

from .build import marked

PROTEINS = {f"e{number}": "protein" for number in range(3)}
GOLD = [marked(str(n), PROTEINS, [("e0", "e1", "PPI")]) for n in range(6)]
FOUND = [
    marked(str(n), PROTEINS, [("e0", "e1", "PPI"), ("e0", "e2", "PPI")][: n % 3]) for n in range(6)
]
RESULT = score(GOLD, FOUND, "ppi")


def test_mean_and_spread_over_folds() -> None:
    scores = across_folds(RESULT, [("0", "1", "2"), ("3", "4"), ("5",)])
    assert scores.folds == (Counts(2, 1, 1), Counts(1, 0, 1), Counts(1, 1, 0))
    assert sum(scores.folds, Counts()) == RESULT.counts()
    values = [counts.f1 for counts in scores.folds]
    assert scores.f1 == (mean(values), stdev(values))
    assert scores.precision[0] == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    assert scores.recall[0] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)


def test_one_fold_has_no_spread_and_two_have() -> None:
    whole = across_folds(RESULT, ["012345"])
    assert whole.f1 == (RESULT.f1(), 0.0)
    two = across_folds(RESULT, ["012", "345"])
    assert two.f1[1] == pytest.approx(abs(two.folds[0].f1 - two.folds[1].f1) / 2**0.5)


def test_the_folds_of_the_data_room() -> None:
    held_out = [{d.id for d in held} for _, held in folds(GOLD, 3, seed=1)]
    scores = across_folds(RESULT, held_out)
    assert len(scores.folds) == 3
    assert sum(scores.folds, Counts()) == RESULT.counts()


@pytest.mark.parametrize(
    ("parts", "found"), [([("0", "1", "2"), ("3", "4")], 0), ([("0",), "012345"], 2)]
)
def test_folds_that_are_no_division_are_refused(parts: list[tuple[str]], found: int) -> None:
    with pytest.raises(InputError, match=f"is in {found} folds"):
        across_folds(RESULT, parts)


def test_the_example_in_the_docstring() -> None:
    assert doctest.testmod(module) == (0, 5)
