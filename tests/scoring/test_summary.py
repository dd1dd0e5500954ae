"""Results as JSON values: golden, to the last key."""

from __future__ import annotations

import pytest

from relatome import __version__
from relatome.scoring import Counts, score
from relatome.scoring.compare import Difference, compare
from relatome.scoring.folds import across_folds
from relatome.scoring.intervals import f1_intervals
from relatome.scoring.summary import summarise, summarise_comparison

from .build import marked

TYPES = {"T1": "CHEMICAL", "T2": "GENE", "T3": "GENE"}
GOLD = [
    marked("1", TYPES, [("T1", "T2", "INHIBITOR"), ("T1", "T3", "AGONIST")]),
    marked("2", TYPES, [("T1", "T2", "INHIBITOR")]),
    marked("3", TYPES),
]
FOUND = [
    marked("1", TYPES, [("T1", "T2", "INHIBITOR"), ("T1", "T2", "INHIBITOR")]),
    marked("2", TYPES, [("T1", "T2", "AGONIST"), ("T1", "T3", "INHIBITOR")]),
]
RESULT = score(GOLD, FOUND, "drugprot")


def figures(tp: int, fp: int, fn: int) -> dict[str, float]:
    counts = Counts(tp, fp, fn)
    return {
        "true_positive": tp,
        "false_positive": fp,
        "false_negative": fn,
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }


def tallies(tp: int, fp: int, fn: int) -> dict[str, dict[str, int]]:
    found = {"true_positive": tp, "false_positive": fp, "false_negative": fn}
    return {"pair+type": found}


def test_golden() -> None:
    interval = f1_intervals(RESULT, resamples=50, seed=3)["pair+type"]
    assert interval.low < interval.high
    assert summarise(RESULT, resamples=50, seed=3) == {
        "rule": "drugprot",
        "about": RESULT.about,
        "primary": "pair+type",
        "gold": {"documents": 3, "relations": 3},
        "predicted": {"documents": 2, "relations": 4},
        "notes": {
            "predicted relations given more than once, counted once": 1,
            "gold documents without a prediction, counted as missed": 1,
        },
        "scores": {
            "pair+type": {**figures(1, 2, 2), "f1_low": interval.low, "f1_high": interval.high}
        },
        "script": None,
        "folds": None,
        "breakdowns": {
            "label": {
                "pair+type": {
                    "macro_precision": pytest.approx(1 / 4),
                    "macro_recall": pytest.approx(1 / 4),
                    "macro_f1": pytest.approx(1 / 4),
                    "macro_f1_of_means": pytest.approx(1 / 4),
                    "groups": {"INHIBITOR": figures(1, 1, 1), "AGONIST": figures(0, 1, 1)},
                }
            }
        },
        "documents": {"1": tallies(1, 0, 1), "2": tallies(0, 2, 1), "3": tallies(0, 0, 0)},
        "bootstrap": {"over": "documents", "resamples": 50, "seed": 3, "level": 0.95},
        "relatome": __version__,
    }


def test_the_macro_figures_are_told_apart() -> None:
    gold = marked("1", TYPES, [("T1", "T2", "INHIBITOR"), ("T1", "T3", "AGONIST")])
    found = marked(
        "1", TYPES, [("T1", "T2", "INHIBITOR"), ("T1", "T3", "INHIBITOR"), ("T1", "T3", "AGONIST")]
    )
    result = score([gold], [found], "drugprot")
    told = summarise(result, resamples=2)["breakdowns"]["label"]["pair+type"]
    assert told["macro_precision"] == pytest.approx((1 / 2 + 1) / 2)
    assert told["macro_recall"] == 1
    assert told["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert told["macro_f1_of_means"] == pytest.approx(2 * 0.75 / 1.75)


def test_the_organisers_program_and_folds_stand_beside() -> None:
    script = score(GOLD, FOUND, "drugprot-script")
    folds = {"pair+type": across_folds(RESULT, [("1",), ("2", "3")])}
    told = summarise(RESULT, script=script, folds=folds, resamples=20)
    assert told["script"] == {
        "rule": "drugprot-script",
        "about": script.about,
        "scores": summarise(script, resamples=20)["scores"],
    }
    spread = folds["pair+type"]
    assert told["folds"] == {
        "pair+type": {
            "precision_mean": spread.precision[0],
            "precision_sd": spread.precision[1],
            "recall_mean": spread.recall[0],
            "recall_sd": spread.recall[1],
            "f1_mean": spread.f1[0],
            "f1_sd": spread.f1[1],
            "folds": [figures(1, 0, 1), figures(0, 2, 1)],
        }
    }
    assert len({*spread.precision, *spread.recall, *spread.f1}) >= 5  # each under its own name


def test_a_comparison() -> None:
    other = score(GOLD, GOLD, "drugprot")
    found = compare(RESULT, other, resamples=100)
    told = summarise_comparison(RESULT, other, [found], resamples=100, seed=0)
    assert told == {
        "rule": "drugprot",
        "about": RESULT.about,
        "gold": {"documents": 3, "relations": 3},
        "first": {"documents": 2, "relations": 4, "notes": RESULT.notes},
        "second": {"documents": 3, "relations": 3, "notes": {}},
        "scores": {
            "pair+type": {
                "first": figures(1, 2, 2),
                "second": figures(3, 0, 0),
                "difference": RESULT.f1() - 1,
                "low": found.low,
                "high": found.high,
                "p": 0.5,
                "exact": True,
                "differing_documents": 2,
            }
        },
        "test": {"over": "documents", "resamples": 100, "seed": 0, "level": 0.95},
        "relatome": __version__,
    }
    assert isinstance(found, Difference)
    assert found.low < found.high < 0
