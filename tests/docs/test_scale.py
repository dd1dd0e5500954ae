"""The page on scans: its figures are those of benchmarks/results, its options and codes exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

import typer

from relatome.cli import app
from relatome.graph.tables import SCHEMAS, SHARDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "scale.md").read_text("utf-8")


def test_the_figures_are_those_of_the_results() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "scan.py"), "--tables", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_option_exists() -> None:
    command = typer.main.get_command(app).commands["scan"]  # type: ignore[attr-defined]
    known = {name for parameter in command.params for name in parameter.opts}
    table = re.findall(r"^\| `(--[a-z-]+)", TEXT, re.MULTILINE)
    used = [
        o for line in re.findall(r"relatome scan.*", TEXT) for o in re.findall(r"--[a-z-]+", line)
    ]
    assert len(table) > 5
    assert {*table, *used} <= known


def test_every_table_is_described() -> None:
    told = re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE)
    assert told == [*SCHEMAS, SHARDS]


def test_every_link_within_leads_somewhere() -> None:
    heads = {
        re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= heads
