"""Bootstrap intervals: how far a score may move on other documents of the same kind."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.errors import BAD_RESAMPLES, UsageError
from relatome.scoring.counts import Counts
from relatome.scoring.result import Result

LEVEL = 0.95
TAILS = (100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2)
RESAMPLES = 1000
SEED = 0


class Interval(msgspec.Struct, frozen=True):
    """The middle `level` of a score over resampled documents."""

    low: float
    high: float
    level: float = LEVEL


def f1_intervals(
    result: Result, *, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Interval]:
    """Percentile bootstrap intervals of every score's micro F1.

    Documents are drawn with replacement, as many as there are: relations of one document are
    not independent, so they are drawn together. All scores see the same draws.

    Args:
        result: what `relatome.scoring.score` returned.
        resamples: how many times to draw.
        seed: of the random draws; the same seed gives the same intervals.

    Returns:
        for each score of the result, its 95 % interval. It says how much the choice of documents
        matters, not how much another training run would differ.

    Raises:
        UsageError: if `resamples` is below 1, or `seed` below 0.

    Source:
        Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    if resamples < 1 or seed < 0:
        raise UsageError(BAD_RESAMPLES, resamples=resamples, seed=seed)
    documents = len(result.documents)
    weights = draws(np.random.default_rng(seed), documents, resamples)
    intervals = {}
    for score in result.scores:
        low, high = np.percentile(f1_of_rows(weights @ as_array(result.per_document(score))), TAILS)
        intervals[score] = Interval(float(low), float(high))
    return intervals


Integers = npt.NDArray[np.int64]
Sums = Integers | npt.NDArray[np.float64]


def draws(random: np.random.Generator, documents: int, resamples: int) -> Integers:
    """(resamples, documents): how often each document is drawn, with replacement.

    A draw's counts are then one matrix product with those of the documents.
    """
    return random.multinomial(documents, np.full(documents, 1 / documents), size=resamples)


def as_array(counts: Sequence[Counts]) -> Integers:
    """(documents, 3): true positives, false positives, false negatives."""
    return np.array(
        [(c.true_positive, c.false_positive, c.false_negative) for c in counts], dtype=np.int64
    )


def f1_of_rows(sums: Sums) -> npt.NDArray[np.float64]:
    """F1 of each row of (resamples, 3) counts; 0.0 where undefined, as in `Counts.f1`."""
    whole = 2 * sums[:, 0] + sums[:, 1] + sums[:, 2]
    f1 = np.zeros(len(sums))
    np.divide(2 * sums[:, 0], whole, out=f1, where=whole > 0)
    return f1
