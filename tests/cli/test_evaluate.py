"""``relatome evaluate``: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app

EXAMPLES = Path(__file__).parents[2] / "examples" / "scoring"
GOLD, PREDICTED = EXAMPLES / "gold.pubtator", EXAMPLES / "predicted.pubtator"


def relatome(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from relatome.cli import main; main()", "evaluate"]
        + [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def scored(*arguments: str | Path, gold: Path = GOLD, pred: Path = PREDICTED) -> str:
    line = ["evaluate", "--gold", gold, "--pred", pred, *arguments]
    done = CliRunner().invoke(app, [str(part) for part in line], catch_exceptions=False)
    assert done.stderr == ""
    assert done.exit_code == 0
    return done.stdout


def test_tables_show_the_protocol_beside_every_score() -> None:
    printed = scored("--rule", "biored-8")
    rows = [line.split() for line in printed.splitlines() if line.startswith(" biored-8")]
    assert [row[:5] for row in rows] == [
        ["biored-8", "pair", "85.71", "85.71", "85.71"],
        ["biored-8", "pair+type", "71.43", "71.43", "71.43"],
        ["biored-8", "pair+novelty", "71.43", "71.43", "71.43"],
        ["biored-8", "all", "57.14", "57.14", "57.14"],
    ]
    assert [row[-3:] for row in rows] == [
        ["6", "1", "1"],
        ["5", "2", "2"],
        ["5", "2", "2"],
        ["4", "3", "3"],
    ]
    assert "gold: 3 documents, 7 relations; predicted: 3 documents, 7 relations" in printed
    assert "1000 bootstrap resamples over documents, seed 0" in printed
    assert "biored-8, pair+type per label" in printed
    assert "biored-8, F1 per type pair" in printed
    assert max(map(len, printed.splitlines())) <= 90


def test_json_holds_everything_and_is_the_same_every_time() -> None:
    printed = scored("--rule", "biored-5", "--format", "json", "--seed", "4", "--resamples", "50")
    assert scored("--rule", "biored-5", "--format", "json", "--seed", "4", "--resamples", "50") == (
        printed
    )
    written = json.loads(printed)
    assert written["rule"] == "biored-5"
    assert written["gold"] == {
        "documents": 3,
        "relations": 7,
        "file": str(GOLD),
        "sha256": hashlib.sha256(GOLD.read_bytes()).hexdigest(),
    }
    assert written["bootstrap"] == {"over": "documents", "resamples": 50, "seed": 4, "level": 0.95}
    found = written["scores"]["all"]
    assert (found["true_positive"], found["false_positive"], found["false_negative"]) == (4, 3, 2)
    assert found["f1"] == 8 / 13
    assert found["f1_low"] <= found["f1"] <= found["f1_high"]
    assert written["breakdowns"]["label"]["pair+type"]["macro_f1"] == pytest.approx(0.95)
    assert written["documents"]["90000002"]["all"] == {
        "true_positive": 3,
        "false_positive": 0,
        "false_negative": 0,
    }
    assert written["notes"] == {
        "gold relations of other type pairs, not judged by this protocol": 1
    }


@pytest.mark.parametrize("format", ["table", "json"])
def test_output_file_holds_what_would_be_printed(tmp_path: Path, format: str) -> None:
    target = tmp_path / "scores"
    assert scored("--rule", "bc8", "--format", format, "--output", target) == ""
    assert target.read_text("utf-8") == scored("--rule", "bc8", "--format", format)


def test_compressed_files_score_the_same(tmp_path: Path) -> None:
    packed = tmp_path / "predicted.gz"
    packed.write_bytes(gzip.compress(PREDICTED.read_bytes()))
    assert scored("--rule", "biored-8", pred=packed) == scored("--rule", "biored-8")


def refused(code: int, *arguments: str | Path) -> str:
    done = relatome(*arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: [R")
    return done.stderr


def test_an_unknown_rule_is_misuse_and_names_the_known_ones() -> None:
    message = refused(2, "--gold", "absent", "--pred", "absent", "--rule", "biored")
    assert "'biored'. Known rules: biored-8, biored-5, bc8" in message


def test_a_missing_file_is_named() -> None:
    message = refused(2, "--gold", "absent.txt", "--pred", PREDICTED, "--rule", "biored-8")
    assert "absent.txt" in message


def test_a_prediction_for_other_documents_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.pubtator"
    other.write_text(PREDICTED.read_text("utf-8").replace("90000001", "90000009"), "utf-8")
    arguments = ("--gold", GOLD, "--pred", other, "--rule", "biored-8")
    assert "1 predicted documents are not in the gold, for example 90000009" in refused(
        1, *arguments
    )
    printed = scored("--rule", "biored-8", "--extra", "ignore", pred=other)
    assert "note: predicted documents that the gold does not have, ignored: 1" in printed
    assert "note: gold documents without a prediction, counted as missed: 1" in printed


def test_a_prediction_for_none_of_the_documents_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.pubtator"
    other.write_text(PREDICTED.read_text("utf-8").replace("9000000", "7000000"), "utf-8")
    said = refused(1, "--gold", GOLD, "--pred", other, "--rule", "biored-8", "--extra", "ignore")
    assert "[R411] none of the 3 predicted documents is in the gold" in said


def test_gold_the_rule_cannot_judge_names_file_and_document(tmp_path: Path) -> None:
    odd = tmp_path / "odd.pubtator"
    odd.write_text(GOLD.read_text("utf-8").replace("\tBind\t", "\tINHIBITOR\t"), "utf-8")
    message = refused(1, "--gold", odd, "--pred", PREDICTED, "--rule", "biored-8")
    assert f"{odd}, document 90000001: unknown relation type 'INHIBITOR'" in message


def test_a_broken_prediction_names_file_line_and_document(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pubtator"
    broken.write_text(PREDICTED.read_text("utf-8").replace("\t13\t17\t", "\t14\t18\t"), "utf-8")
    message = refused(1, "--gold", GOLD, "--pred", broken, "--rule", "biored-8")
    assert f"{broken}:4, document 90000001" in message


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    target = tmp_path / "absent" / "scores.json"
    message = refused(
        1, "--gold", GOLD, "--pred", PREDICTED, "--rule", "biored-8", "--output", target
    )
    assert f"{target} cannot be written: No such file or directory" in message


@pytest.mark.parametrize("option", [("--resamples", "0"), ("--seed", "-1"), ("--format", "xml")])
def test_impossible_options_are_misuse(option: tuple[str, str]) -> None:
    done = relatome("--gold", GOLD, "--pred", PREDICTED, "--rule", "biored-8", *option)
    assert done.returncode == 2
    assert option[0] in done.stderr
    assert "Traceback" not in done.stderr


CHEMICALS, ANSWER = EXAMPLES / "chemicals.jsonl", EXAMPLES / "chemicals-answer.tsv"


def test_the_figures_of_the_organisers_program_stand_beside_the_rule() -> None:
    printed = scored("--rule", "drugprot", gold=CHEMICALS, pred=ANSWER)
    rows = [line.split() for line in printed.splitlines() if line.startswith(" drugprot")]
    assert [row[:5] for row in rows] == [
        ["drugprot", "pair+type", "80.00", "66.67", "72.73"],
        ["drugprot-script", "pair+type", "80.00", "80.00", "80.00"],
    ]
    assert "drugprot-script: DrugProt as the organisers' program counts: the last pair" in printed
    written = json.loads(
        scored("--rule", "drugprot", "--format", "json", gold=CHEMICALS, pred=ANSWER)
    )
    assert written["script"]["rule"] == "drugprot-script"
    assert written["script"]["scores"]["pair+type"]["f1"] == 0.8
    alone = scored("--rule", "drugprot-script", gold=CHEMICALS, pred=ANSWER)
    assert "drugprot-script  pair+type  80.00" in alone
    assert "drugprot " not in alone


def test_an_answer_to_a_shared_task_scores_as_the_documents_it_was_made_of(tmp_path: Path) -> None:
    answer = tmp_path / "answer.tsv.gz"
    answer.write_bytes(gzip.compress(ANSWER.read_bytes()))
    assert scored("--rule", "drugprot", gold=CHEMICALS, pred=answer) == (
        scored("--rule", "drugprot", gold=CHEMICALS, pred=ANSWER)
    )


def test_a_broken_answer_names_file_and_line(tmp_path: Path) -> None:
    answer = tmp_path / "answer.tsv"
    answer.write_text(ANSWER.read_text("utf-8").replace("Arg2:T6", "T6"), "utf-8")
    message = refused(1, "--gold", CHEMICALS, "--pred", answer, "--rule", "drugprot")
    assert f"{answer}:3: the line" in message


def test_folds_are_those_of_the_data_room() -> None:
    printed = scored("--rule", "biored-8", "--folds", "3", "--seed", "2")
    assert "mean ± standard deviation over 3 folds by document, seed 2" in printed
    written = json.loads(scored("--rule", "biored-8", "--folds", "3", "--format", "json"))
    folds = written["folds"]["all"]
    assert len(folds["folds"]) == 3
    assert folds["f1_mean"] == pytest.approx(sum(fold["f1"] for fold in folds["folds"]) / 3)
    assert sum(fold["true_positive"] for fold in folds["folds"]) == 4
    refused(2, "--gold", GOLD, "--pred", PREDICTED, "--rule", "biored-8", "--folds", "4")


def test_gold_may_be_a_split_of_a_corpus(corpora_dir: Path) -> None:
    gold = corpora_dir / "biored" / "Test.PubTator.gz"
    done = relatome(
        *("--gold", "biored:test", "--pred", gold, "--rule", "biored-8", "--corpora", corpora_dir),
        *("--resamples", "10", "--format", "json"),
    )
    written = json.loads(done.stdout)
    assert written["scores"]["all"]["true_positive"] == 1163
    assert written["gold"]["corpus"] == "biored:test"
    assert len(written["gold"]["sha256"]) == 64


def test_gold_is_one_split() -> None:
    own = EXAMPLES.parent / "own-corpus" / "corpus.toml"
    said = refused(2, "--gold", own, "--pred", PREDICTED, "--rule", "relations-ordered")
    assert "[R410]" in said
    assert f"{own}:train, {own}:dev" in said


def test_a_corpus_of_ones_own_is_gold() -> None:
    own = EXAMPLES.parent / "own-corpus"
    written = json.loads(
        scored(
            *("--rule", "relations-ordered", "--format", "json"),
            gold=f"{own / 'corpus.toml'}:dev",  # type: ignore[arg-type]
            pred=own / "dev.pubtator",
        )
    )
    assert written["gold"]["corpus"] == f"{own / 'corpus.toml'}:dev"
    assert written["gold"]["relations"] == 2
    assert all(figures["f1"] == 1 for figures in written["scores"].values())
