"""Two systems on the same documents: the difference of their scores, and whether it is chance."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.errors import BAD_RESAMPLES, NOT_COMPARABLE, UsageError
from relatome.scoring.intervals import LEVEL, TAILS, Integers, Sums, as_array, draws, f1_of_rows
from relatome.scoring.result import Result

RESAMPLES = 10_000

_AT_ONCE = 1000  # rows of documents held in memory together
_ROUNDING = 1e-12


class Difference(msgspec.Struct, frozen=True):
    """How two systems differ in one score.

    Attributes:
        score: its name.
        first: F1 of the first system, 0 to 1.
        second: F1 of the second system.
        low: lower bound of `difference` over resampled documents.
        high: upper bound.
        p: how often a difference this large, in either direction, would come about if the two
            systems were alike.
        exact: whether `p` rests on every exchange there is, not on a sample of them.
        differing: documents in which the counts of the two systems are not the same.
        level: that of the interval.
    """

    score: str
    first: float
    second: float
    low: float
    high: float
    p: float
    exact: bool
    differing: int
    level: float = LEVEL

    @property
    def difference(self) -> float:
        """F1 of the first system minus F1 of the second."""
        return self.first - self.second


def compare(
    first: Result,
    second: Result,
    score: str | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Compare two systems in micro F1, document by document.

    If the systems were alike, their answers to a document could be exchanged without consequence.
    The test exchanges them, for each document by the toss of a coin, and counts how often the
    difference becomes at least as large as it was (approximate randomisation, two-sided). Where
    the systems differ in so few documents that there are no more exchanges than `resamples`, all
    are made and `p` is exact. The interval draws documents with replacement, the same for both
    (paired bootstrap).

    Args:
        first: of one system, from `relatome.scoring.score`.
        second: of the other, by the same rule on the same documents.
        score: a name from `Result.scores`; the primary score if None.
        resamples: of the test, and of the bootstrap.
        seed: of both; the same seed gives the same figures.

    Raises:
        UsageError: if the rule has no such score, the results are not of one rule and the same
            documents, `resamples` is below 1 or `seed` below 0.

    Source:
        Yeh, "More accurate tests for the statistical significance of result differences", COLING
        2000; Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
    """
    if resamples < 1 or seed < 0:
        raise UsageError(BAD_RESAMPLES, resamples=resamples, seed=seed)
    if (first.rule, first.documents) != (second.rule, second.documents):
        raise UsageError(NOT_COMPARABLE, first=first.rule, second=second.rule)
    counts = as_array(first.per_document(score)), as_array(second.per_document(score))
    differing = int((counts[0] != counts[1]).any(axis=1).sum())
    p, exact = _randomisation(*counts, resamples, np.random.default_rng((seed, 0)))
    low, high = np.percentile(
        _bootstrap(*counts, resamples, np.random.default_rng((seed, 1))), TAILS
    )
    return Difference(
        score=first.primary if score is None else score,
        first=first.f1(score),
        second=second.f1(score),
        low=float(low),
        high=float(high),
        p=p,
        exact=exact,
        differing=differing,
    )


def _randomisation(
    first: Integers, second: Integers, resamples: int, random: np.random.Generator
) -> tuple[float, bool]:
    """The two-sided p-value, and whether it is exact. Counts are (documents, 3)."""
    change = second - first
    change = change[change.any(axis=1)]  # exchanging equal counts changes nothing
    totals = first.sum(axis=0), second.sum(axis=0)
    observed = abs(_difference(totals[0][None], totals[1][None])[0]) - _ROUNDING
    exact = len(change) < 63 and 2 ** len(change) <= resamples
    assignments = 2 ** len(change) if exact else resamples
    as_large = 0
    for start in range(0, assignments, _AT_ONCE):
        rows = min(_AT_ONCE, assignments - start)
        if exact:
            numbers = np.arange(start, start + rows)[:, None]
            swapped = (numbers >> np.arange(len(change))) & 1
        else:
            swapped = random.integers(0, 2, size=(rows, len(change)), dtype=np.int8)
        moved = _product(swapped, change)
        differences = _difference(totals[0] + moved, totals[1] - moved)
        as_large += int((np.abs(differences) >= observed).sum())
    if exact:
        return as_large / assignments, True
    return (as_large + 1) / (assignments + 1), False  # the observed assignment is one of them


def _bootstrap(
    first: Integers, second: Integers, resamples: int, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """The difference in each draw of documents."""
    found = []
    for start in range(0, resamples, _AT_ONCE):
        weights = draws(random, len(first), min(_AT_ONCE, resamples - start))
        found.append(_difference(_product(weights, first), _product(weights, second)))
    return np.concatenate(found)


def _product(
    weights: npt.NDArray[np.int64] | npt.NDArray[np.int8], counts: Integers
) -> npt.NDArray[np.float64]:
    """(rows, documents) times (documents, 3). Whole numbers are exact in floats, and faster."""
    return weights.astype(np.float64) @ counts.astype(np.float64)


def _difference(first: Sums, second: Sums) -> npt.NDArray[np.float64]:
    """F1 of each row of `first` minus F1 of each row of `second`."""
    return f1_of_rows(first) - f1_of_rows(second)
