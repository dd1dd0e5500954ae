"""Results as text: golden, line by line."""

from __future__ import annotations

from typing import Any

from relatome.scoring.tables import as_text, comparison_as_text


def figures(tp: int, fp: int, fn: int, p: float, r: float, f1: float) -> dict[str, float]:
    return {
        "true_positive": tp,
        "false_positive": fp,
        "false_negative": fn,
        "precision": p,
        "recall": r,
        "f1": f1,
        "f1_low": f1 - 0.1,
        "f1_high": f1 + 0.05,
    }


def macro(groups: dict[str, Any], f1: float) -> dict[str, Any]:
    return {
        "macro_precision": 0.111,
        "macro_recall": 0.222,
        "macro_f1": f1,
        "macro_f1_of_means": 0.148,
        "groups": groups,
    }


SUMMARY: dict[str, Any] = {
    "rule": "a-rule",
    "about": "what it compares",
    "gold": {"documents": 3, "relations": 14},
    "predicted": {"documents": 2, "relations": 11},
    "bootstrap": {"over": "documents", "resamples": 50, "seed": 7, "level": 0.95},
    "scores": {
        "pair": figures(5, 6, 7, 0.45454, 0.41667, 0.43478),
        "all": figures(1, 10, 11, 0.0909, 0.08333, 0.125),
    },
    "script": None,
    "folds": None,
    "notes": {"something, counted": 4},
    "breakdowns": {
        "label": {"all": macro({"Bind": figures(1, 2, 3, 0.33333, 0.25, 0.28571)}, 0.28571)},
        "type pair": {
            "pair": macro({"g-g": figures(5, 1, 2, 0.8, 0.7, 0.75)}, 0.6),
            "all": macro({"g-g": figures(4, 2, 3, 0.5, 0.4, 0.45)}, 0.35),
        },
        "empty": {"pair": macro({}, 0.0)},
    },
}

HEAD = """\
a-rule: what it compares
gold: 3 documents, 14 relations; predicted: 2 documents, 11 relations
scores in percent; interval: 95% of 50 bootstrap resamples over documents, seed 7
"""


SCORES = """
 protocol  score      P      R     F1  interval of F1  TP  FP  FN
 ────────────────────────────────────────────────────────────────
 a-rule    pair   45.45  41.67  43.48   33.48 – 48.48   5   6   7
 a-rule    all     9.09   8.33  12.50    2.50 – 17.50   1  10  11
"""
BREAKDOWNS = """
a-rule, all per label

 label                P      R     F1  TP  FP  FN
 ────────────────────────────────────────────────
 Bind             33.33  25.00  28.57   1   2   3

 macro F1         11.10  22.20  28.57
 F1 of mean P, R                14.80

a-rule, F1 per type pair

 type pair  gold   pair    all
 ─────────────────────────────
 g-g           7  75.00  45.00

 macro F1         60.00  35.00
"""


def test_scores_breakdowns_and_notes() -> None:
    assert as_text(SUMMARY) == HEAD + SCORES + BREAKDOWNS + "\nnote: something, counted: 4\n"


def test_names_are_no_markup() -> None:
    groups = {"[bold]x[/bold]": figures(1, 0, 0, 1, 1, 1)}
    for by_score in (
        {"pair": macro(groups, 1)},
        {"pair": macro(groups, 1), "all": macro(groups, 1)},
    ):
        text = as_text({**SUMMARY, "breakdowns": {"label": by_score}})
        assert "[bold]x[/bold]" in text


def test_the_organisers_program_and_folds() -> None:
    script = {"rule": "script", "about": "other", "scores": {"pair": SUMMARY["scores"]["pair"]}}
    fold = {f"{name}_mean": 0.5 for name in ("precision", "recall", "f1")}
    fold |= {"precision_sd": 0.011, "recall_sd": 0.022, "f1_sd": 0.033, "f1_mean": 0.75}
    folds = {"pair": {**fold, "folds": [{}, {}, {}]}}
    text = as_text({**SUMMARY, "script": script, "folds": folds, "breakdowns": {}})
    assert (
        text.removeprefix(HEAD)
        == """
 protocol  score      P      R     F1  interval of F1  TP  FP  FN
 ────────────────────────────────────────────────────────────────
 a-rule    pair   45.45  41.67  43.48   33.48 – 48.48   5   6   7
 a-rule    all     9.09   8.33  12.50    2.50 – 17.50   1  10  11
 script    pair   45.45  41.67  43.48   33.48 – 48.48   5   6   7

script: other

a-rule, mean ± standard deviation over 3 folds by document, seed 7

 score             P             R            F1
 ───────────────────────────────────────────────
 pair   50.00 ± 1.10  50.00 ± 2.20  75.00 ± 3.30

note: something, counted: 4
"""
    )


COMPARISON: dict[str, Any] = {
    "rule": "a-rule",
    "about": "what it compares",
    "gold": {"documents": 3, "relations": 14},
    "first": {"file": "one.tsv", "notes": {"something, counted": 4}},
    "second": {"notes": {"other": 1}},
    "scores": {
        "pair": {
            "first": {"f1": 0.75},
            "second": {"f1": 0.5},
            "difference": 0.25,
            "low": -0.01,
            "high": 0.4,
            "p": 0.03125,
            "exact": True,
            "differing_documents": 5,
        }
    },
    "test": {"over": "documents", "resamples": 100, "seed": 2, "level": 0.95},
}

COMPARED = """\
a-rule: what it compares
A: one.tsv
B: second
gold: 3 documents, 14 relations
F1 in percent; interval: 95% of 100 paired bootstrap resamples over documents
p: two-sided, by exchanging the answers to documents; seed 2; differing: documents
"""


def test_a_comparison() -> None:
    assert (
        comparison_as_text(COMPARISON).removeprefix(COMPARED)
        == """
 protocol  score      A      B   A - B  interval of A - B       p  differing
 ───────────────────────────────────────────────────────────────────────────
 a-rule    pair   75.00  50.00  +25.00    -1.00 to +40.00  0.0312          5

note on A: something, counted: 4
note on B: other: 1
"""
    )


def test_long_names_make_long_lines_up_to_a_hundred() -> None:
    rule = "r" * 60
    text = as_text({**SUMMARY, "rule": rule, "breakdowns": {}})
    assert max(map(len, text.splitlines()[4:])) <= 100
    assert f" {'r' * 34}" in text


def test_a_sampled_p_is_marked_and_explained() -> None:
    sampled = {**COMPARISON["scores"]["pair"], "exact": False}
    text = comparison_as_text({**COMPARISON, "scores": {"pair": sampled}})
    assert "0.0312*" in text
    assert text.splitlines()[-3:] == [
        "*: of 100 random exchanges; the others are exact",
        "note on A: something, counted: 4",
        "note on B: other: 1",
    ]
