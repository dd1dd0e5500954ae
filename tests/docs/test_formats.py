"""The page on formats: its commands, Python, examples and figures are those of the code."""

from __future__ import annotations

import doctest
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.formats import READABLE, WRITABLE, format_of_name
from relatome.formats.tsv import COLUMNS
from tests.formats.examples import read_bytes

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "formats.md"
TEXT = PAGE.read_text("utf-8")


@pytest.mark.parametrize("command", re.findall(r"^\$ relatome (.*)$", TEXT, re.MULTILINE))
def test_command(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 3


def test_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0


def test_table_of_formats() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.*?) \| (yes|–) \| (yes|–) \|", TEXT, re.MULTILINE)
    assert [name for name, _, _, written in rows if written == "yes"] == list(WRITABLE)
    assert [name for name, _, read, _ in rows if read == "yes"] == list(READABLE)
    for name, endings, _, _ in rows:
        for ending in re.findall(r"`([.\w]+)`", endings):
            assert format_of_name("x" + ending) == name


def test_examples_are_read() -> None:
    blocks = re.findall(r"^```(?:json)?\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    pubtator = next(block for block in blocks if "|t|" in block)
    (document,) = read_bytes(pubtator.encode(), format="pubtator")
    assert document.relations[0].subject == "3175"
    as_json = next(block for block in blocks if block.startswith('{"id"'))
    (document,) = read_bytes(json.dumps(json.loads(as_json)).encode())
    assert document.relations[0].novel_score == 0.81


def test_columns_of_the_table() -> None:
    section = TEXT.split("## Table")[1].split("Names are")[0]
    assert tuple(re.findall(r"`(\w+)`", section)) == COLUMNS


def test_speeds_are_those_measured() -> None:
    measured = json.loads((ROOT / "benchmarks" / "results" / "reading.json").read_text("utf-8"))
    rows = re.findall(r"^\| ([\w.-]+) \| ([\d.]+) \| ([\d,]+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (name, f"{result['seconds']:.2f}", f"{result['documents_per_second']:,}")
        for name, result in measured["results"].items()
    ]
