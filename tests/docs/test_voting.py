"""The page on voting: its commands and its code are run, its table of cases is what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome import formats
from relatome.cli import app
from relatome.data import Relation, vote
from relatome.data.schemas import DRUGPROT
from tests.scoring.build import document

PAGE = (Path(__file__).parents[2] / "docs" / "voting.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ relatome (vote [^\n]*)$", PAGE, re.MULTILINE)
CASES = [
    [cell.strip() for cell in row.strip("| ").split(" | ")]
    for row in PAGE.split("| three or four files say | elected | by |\n|---|---|---|\n")[1]
    .split("\n\n")[0]
    .splitlines()
]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in (1, 2, 3):
        documents = [document("1", [("G1", "G2", "Bind", True)])]
        formats.write(documents, f"seed-{seed}.jsonl", "jsonl")
    result = CliRunner().invoke(app, shlex.split(COMMANDS[0]), catch_exceptions=False)
    assert result.exit_code == 0
    (voted,) = formats.read("voted.jsonl")
    assert [relation.type for relation in voted.relations] == ["Bind"]


def test_the_ensemble_of_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpora_dir: Path
) -> None:
    from relatome.corpora import load

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELATOME_CORPORA", str(corpora_dir))
    annotated = load("drugprot", "dev").documents
    for number in range(1, 6):
        # Each answer lacks another fifth of the annotation, so that four of five have every line.
        kept = [
            d.with_relations(tuple(r for i, r in enumerate(d.relations) if i % 5 != number - 1))
            for d in annotated
        ]
        formats.write(kept, f"answer-{number}.tsv", "drugprot-submission")
    result = CliRunner().invoke(app, shlex.split(COMMANDS[1]), catch_exceptions=False)
    assert result.exit_code == 0
    formats.write(annotated, "gold.tsv", "drugprot-submission")
    lines = [Path(name).read_text("utf-8").splitlines() for name in ("voted.tsv", "gold.tsv")]
    assert sorted(lines[0]) == sorted(lines[1])
    assert {line.split("\t")[1] for line in lines[0]} <= set(DRUGPROT.labels)


@pytest.mark.parametrize(("answers", "elected", "rule"), CASES, ids=[c[0] for c in CASES])
def test_the_cases(answers: str, elected: str, rule: str) -> None:
    base = document("1")
    members, votes = [], Counter[str]()
    for answer in answers.split(", "):
        relations = []
        for said in answer.split(" + "):
            label, _, score = said.partition(" ")
            votes[label] += 1
            if label != "none":
                relations.append(Relation("C1", "C2", label, float(score) if score else None))
        members.append([base.with_relations(tuple(relations))])
    (voted,) = vote(members)
    assert (" + ".join(relation.type for relation in voted.relations) or "none") == elected
    most = [label for label in votes if votes[label] == max(votes.values())]
    if 2 * votes[most[0]] > len(members):
        assert rule == "1"
    elif len(most) == 1:
        assert rule == "2"
    else:
        assert rule == ("3" if "none" in most else "4")


def test_the_lines_of_python() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == code.rpartition("# ")[2].strip()
