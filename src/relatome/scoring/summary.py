"""A result with everything needed to read or repeat it, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from relatome import __version__
from relatome.scoring.compare import Difference
from relatome.scoring.counts import Counts
from relatome.scoring.folds import FoldScores
from relatome.scoring.intervals import LEVEL, RESAMPLES, SEED, f1_intervals
from relatome.scoring.result import Macro, Result


def summarise(
    result: Result,
    *,
    script: Result | None = None,
    folds: Mapping[str, FoldScores] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Any]:
    """The JSON document that ``relatome evaluate --format json`` writes.

    Args:
        result: what `relatome.scoring.score` returned.
        script: the same documents under the rule that counts as the organisers' program does.
        folds: of each score, the counts of the folds of a cross-validation.
        resamples: how many bootstrap resamples the intervals rest on.
        seed: of the bootstrap.

    Returns:
        a dictionary of JSON values. Fractions are of 1 and unrounded; the order of keys is fixed.

    Raises:
        UsageError: as `f1_intervals`.
    """
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
        "scores": _scores(result, resamples, seed),
        "script": script
        and {
            "rule": script.rule,
            "about": script.about,
            "scores": _scores(script, resamples, seed),
        },
        "folds": folds and {score: _folds(each) for score, each in folds.items()},
        "breakdowns": {
            breakdown: {
                score: {
                    **_macro(result.macro(breakdown, score)),
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


def _scores(result: Result, resamples: int, seed: int) -> dict[str, dict[str, float]]:
    intervals = f1_intervals(result, resamples=resamples, seed=seed)
    return {
        score: _figures(result.counts(score))
        | {"f1_low": intervals[score].low, "f1_high": intervals[score].high}
        for score in result.scores
    }


def _folds(folds: FoldScores) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (mean, deviation) in (
        ("precision", folds.precision),
        ("recall", folds.recall),
        ("f1", folds.f1),
    ):
        found |= {f"{name}_mean": mean, f"{name}_sd": deviation}
    return found | {"folds": [_figures(counts) for counts in folds.folds]}


def _macro(macro: Macro) -> dict[str, float]:
    return {
        "macro_precision": macro.precision,
        "macro_recall": macro.recall,
        "macro_f1": macro.f1,
        "macro_f1_of_means": macro.f1_of_means,
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


def summarise_comparison(
    first: Result,
    second: Result,
    differences: Sequence[Difference],
    *,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """The JSON document that ``relatome compare --format json`` writes.

    Args:
        first: what `relatome.scoring.score` returned for one system.
        second: for the other.
        differences: what `relatome.scoring.compare.compare` returned for each score.
        resamples: how many it was given.
        seed: which it was given.

    Returns:
        a dictionary of JSON values. Fractions are of 1 and unrounded; the order of keys is fixed.
    """
    return {
        "rule": first.rule,
        "about": first.about,
        "gold": {"documents": len(first.documents), "relations": first.gold_relations},
        "first": _answer(first),
        "second": _answer(second),
        "scores": {
            each.score: {
                "first": _figures(first.counts(each.score)),
                "second": _figures(second.counts(each.score)),
                "difference": each.difference,
                "low": each.low,
                "high": each.high,
                "p": each.p,
                "exact": each.exact,
                "differing_documents": each.differing,
            }
            for each in differences
        },
        "test": {"over": "documents", "resamples": resamples, "seed": seed, "level": LEVEL},
        "relatome": __version__,
    }


def _answer(result: Result) -> dict[str, Any]:
    return {
        "documents": result.predicted_documents,
        "relations": result.predicted_relations,
        "notes": result.notes,
    }
