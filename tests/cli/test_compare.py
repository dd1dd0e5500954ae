"""``relatome compare``: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.errors import RelatomeError

EXAMPLES = Path(__file__).parents[2] / "examples" / "scoring"
GOLD, PREDICTED = EXAMPLES / "gold.pubtator", EXAMPLES / "predicted.pubtator"


def compared(
    *arguments: str | Path,
    first: Path = GOLD,
    second: Path = PREDICTED,
    gold: str | Path = GOLD,
    rule: str = "biored-8",
) -> str:
    line = ["compare", first, second, "--gold", gold, "--rule", rule, *arguments]
    done = CliRunner().invoke(app, [str(part) for part in line], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_every_score_of_the_rule_is_compared() -> None:
    rows = [line.split() for line in compared().splitlines() if line.startswith(" biored-8")]
    assert [row[:5] for row in rows] == [
        ["biored-8", "pair", "100.00", "85.71", "+14.29"],
        ["biored-8", "pair+type", "100.00", "71.43", "+28.57"],
        ["biored-8", "pair+novelty", "100.00", "71.43", "+28.57"],
        ["biored-8", "all", "100.00", "57.14", "+42.86"],
    ]
    assert {row[-2] for row in rows} == {"1.0000"}


def test_json_has_both_sides_of_one_score_and_is_the_same_every_time() -> None:
    arguments = ("--score", "all", "--format", "json", "--seed", "4", "--resamples", "50")
    printed = compared(*arguments)
    assert compared(*arguments) == printed
    written = json.loads(printed)
    assert list(written["scores"]) == ["all"]
    figures = written["scores"]["all"]
    assert figures["first"]["f1"] == 1.0
    assert figures["second"]["true_positive"] == 4
    assert figures["difference"] == 1.0 - figures["second"]["f1"]
    assert figures["low"] <= figures["difference"] <= figures["high"]
    assert (figures["p"], figures["exact"], figures["differing_documents"]) == (1.0, True, 1)
    assert written["test"] == {"over": "documents", "resamples": 50, "seed": 4, "level": 0.95}
    assert (written["first"]["file"], written["second"]["file"]) == (str(GOLD), str(PREDICTED))


def test_a_system_against_itself() -> None:
    figures = json.loads(compared("--format", "json", second=GOLD))["scores"]
    assert {(f["difference"], f["p"], f["low"], f["high"]) for f in figures.values()} == {
        (0.0, 1.0, 0.0, 0.0)
    }


def test_answers_to_shared_tasks_are_compared_too(tmp_path: Path) -> None:
    gold, answer = EXAMPLES / "chemicals.jsonl", EXAMPLES / "chemicals-answer.tsv"
    target = tmp_path / "comparison"
    printed = compared(first=answer, second=gold, gold=gold, rule="drugprot")
    assert compared("--output", target, first=answer, second=gold, gold=gold, rule="drugprot") == ""
    assert target.read_text("utf-8") == printed
    assert " drugprot  pair+type  72.73  100.00  -27.27" in printed
    assert "note on A: predicted relations with the gene before the chemical" in printed


def test_a_star_marks_what_is_sampled() -> None:
    printed = compared("--resamples", "1", "--score", "all")
    assert "1.0000*" in printed
    assert "*: of 1 random exchanges" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--score", "type"), r"no score 'type'\. Scores of this rule: pair, "),
        (("--gold", "absent"), "neither a file nor a corpus 'absent'"),
        (("--rule", "biored"), "no scoring rule 'biored'"),
    ],
)
def test_misuse_is_named(arguments: tuple[str, str], message: str) -> None:
    with pytest.raises(RelatomeError, match=message) as caught:
        compared(*arguments)
    assert caught.value.exit_code == 2
