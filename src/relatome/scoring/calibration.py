"""Calibration: whether of the relations scored 0.8 four in five are right, and making it so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from relatome.data.calibration import Bin, Reliability, Thresholds

Floats = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]

BINS = 15
# Precisions of which thresholds are kept: 0.50, 0.55 to 0.95.
LEVELS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
# A precision counts as reached where at least so many relations reach it together: of fewer, a
# single one would decide.
FEWEST_KEPT = 10

_GRID = 10_000  # thresholds are multiples of 1 / _GRID
_COLDEST, _HOTTEST = 0.25, 10.0
_HALVINGS = 60


def reliability(scores: Floats, right: Flags, bins: int = BINS) -> Reliability:
    """Mean score and share of right ones, by intervals of the score, and how far they are apart.

    The expected calibration error is the mean of the distance between the two over the intervals,
    weighted by how many scores lie in each::

        ECE = Σ_b n_b / n · | right_b - score_b |

    An interval holds its lower end, the last one also its upper end. Scores are of what is
    asserted, so this is the error of top-label calibration.

    Args:
        scores: ``(n,)``, probabilities.
        right: ``(n,)``, whether what was scored is right.
        bins: number of intervals of equal width.

    Returns:
        the error, 0 where there are no scores, and the intervals.

    Source:
        Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599, equations
        2 and 3; 15 intervals as there.
    """
    index = np.minimum((np.asarray(scores) * bins).astype(np.int64), bins - 1)
    counts = np.bincount(index, minlength=bins)
    some = np.maximum(counts, 1)
    mean = np.bincount(index, np.asarray(scores, dtype=np.float64), minlength=bins) / some
    share = np.bincount(index, np.asarray(right, dtype=np.float64), minlength=bins) / some
    error = float((counts * np.abs(share - mean)).sum() / max(1, len(index)))
    return Reliability(
        round(error, 4),
        tuple(
            Bin(int(count), round(float(score), 4), round(float(part), 4))
            for count, score, part in zip(counts, mean, share, strict=True)
        ),
    )


def fit_temperature(logits: Floats, gold: Flags) -> float:
    """The temperature that makes the gold classes most probable: softmax(logits / T).

    The mean negative log-likelihood is convex in 1/T, and its derivative is the mean over rows of
    the expected logit less the gold one; the root is found by bisection.

    Args:
        logits: ``(n, classes)``; classes that are not possible far below all others.
        gold: ``(n, classes)``, at least one true in each row; of several each counts its part.

    Returns:
        T from 0.25 to 10, to four decimals; above 1 where the model is too sure of itself. 1 where
        there are no rows.

    Source:
        Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599, section 4.2.
    """
    if not len(logits):
        return 1.0
    # Relative to the highest, so that no product overflows.
    relative = np.asarray(logits, dtype=np.float64)
    relative = relative - relative.max(axis=1, keepdims=True)
    wanted = gold / gold.sum(axis=1, keepdims=True)

    def slope(inverse: float) -> float:
        weight = np.exp(relative * inverse)
        probability = weight / weight.sum(axis=1, keepdims=True)
        return float(((probability - wanted) * relative).sum(axis=1).mean())

    low, high = 1 / _HOTTEST, 1 / _COLDEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if slope(middle) < 0:  # a higher inverse still gains
            low = middle
        else:
            high = middle
    return round(2 / (low + high), 4)


def precision_thresholds(
    scores: Floats, right: Flags, levels: Sequence[float] = LEVELS
) -> Thresholds:
    """For each precision, the lowest score at which all relations scored so or higher reach it.

    Scores are rounded down to four decimals first, so that thresholds are short, and what reaches
    one here reaches it in use. A precision that fewer than `FEWEST_KEPT` relations reach together
    is not reached.

    Args:
        scores: ``(n,)``.
        right: ``(n,)``, whether the relation is right.
        levels: precisions.
    """
    steps = np.floor(np.asarray(scores, dtype=np.float64) * _GRID).astype(np.int64)
    values, index = np.unique(steps, return_inverse=True)
    # How many there are from each value upwards, and how many of these are right.
    count = np.bincount(index, minlength=len(values))[::-1].cumsum()[::-1]
    hits = np.bincount(index, np.asarray(right, dtype=np.float64), len(values))[::-1].cumsum()[::-1]
    found: list[float | None] = []
    kept: list[int] = []
    for level in levels:
        # Counts times a level such as 0.55 are not exact; a part in a million is no relation.
        reached = np.flatnonzero((hits >= level * count - 1e-6) & (count >= FEWEST_KEPT))
        found.append(float(values[reached[0]] / _GRID) if len(reached) else None)
        kept.append(int(count[reached[0]]) if len(reached) else 0)
    return Thresholds(len(steps), int(np.sum(right)), tuple(found), tuple(kept))
