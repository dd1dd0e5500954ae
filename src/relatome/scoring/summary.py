"""A result with everything needed to read or repeat it, as plain JSON values."""

from __future__ import annotations

from typing import Any

from relatome import __version__
from relatome.scoring.counts import Counts
from relatome.scoring.intervals import LEVEL, RESAMPLES, SEED, f1_intervals
from relatome.scoring.result import Result


def summarise(result: Result, *, resamples: int = RESAMPLES, seed: int = SEED) -> dict[str, Any]:
    """The JSON document that ``relatome evaluate --format json`` writes.

    Args:
        result: what `relatome.scoring.score` returned.
        resamples: how many bootstrap resamples the intervals rest on.
        seed: of the bootstrap.

    Returns:
        a dictionary of JSON values. Fractions are of 1 and unrounded; the order of keys is fixed.

    Raises:
        UsageError: as `f1_intervals`.
    """
    intervals = f1_intervals(result, resamples=resamples, seed=seed)
    return {
        "rule": result.rule,
        "about": result.about,
        "primary": result.primary,
        "gold": {"documents": len(result.documents), "relations": result.gold_relations},
        "predicted": {
            "documents": result.predicted_documents,
            "relations": result.predicted_relations,
        },
        "notes": result.notes,
        "scores": {
            score: _figures(result.counts(score))
            | {"f1_low": intervals[score].low, "f1_high": intervals[score].high}
            for score in result.scores
        },
        "breakdowns": {
            breakdown: {
                score: {
                    "macro_f1": result.macro_f1(breakdown, score),
                    "groups": {group: _figures(counts) for group, counts in groups.items()},
                }
                for score, groups in by_score.items()
            }
            for breakdown, by_score in result.groups.items()
        },
        "documents": {
            document: {
                score: {
                    "true_positive": tallies[index].true_positive,
                    "false_positive": tallies[index].false_positive,
                    "false_negative": tallies[index].false_negative,
                }
                for score, tallies in result.tallies.items()
            }
            for index, document in enumerate(result.documents)
        },
        "bootstrap": {
            "over": "documents",
            "resamples": resamples,
            "seed": seed,
            "level": LEVEL,
        },
        "relatome": __version__,
    }


def _figures(counts: Counts) -> dict[str, float]:
    return {
        "true_positive": counts.true_positive,
        "false_positive": counts.false_positive,
        "false_negative": counts.false_negative,
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }
