"""The page on reports: its first example is run, what it says of the page is there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner

from relatome.cli import app
from relatome.report import outcomes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reports.md").read_text("utf-8")
FIRST = re.findall(r"^\$ relatome ([^\n]*)$", PAGE.split("```")[1], re.MULTILINE)


def column(heading: str) -> list[str]:
    """The first cells of the table under a heading."""
    table = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1].strip() for row in table]


def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for command in FIRST:
        done = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
        assert done.exit_code == 0, done.output
    root = etree.fromstring((tmp_path / "report.html").read_bytes())
    there = [heading.text for heading in root.iter("h2")]
    assert there == [each for each in column("section") if each != "Learning curves"]


def test_all_kinds_of_errors_are_explained() -> None:
    assert tuple(column("kind")) == outcomes.KINDS


def test_the_picture_is_there_and_small() -> None:
    (picture,) = re.findall(r"\]\((images/[^)]+)\)", PAGE)
    assert 10_000 < (ROOT / "docs" / picture).stat().st_size < 300_000
