"""What README.md says is run, and its figures are those of benchmarks/results."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTS = Path(sys.executable).parent


def run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_prints_relations_of_raw_text() -> None:
    commands = re.findall(r"^    (relatome .*)$", README, re.MULTILINE)
    assert commands == ["relatome extract examples/abstract.txt"]
    printed = run([str(SCRIPTS / "relatome"), *shlex.split(commands[0])[1:]])
    assert "simvastatin" in printed.lower()
    assert "Correlation" in printed


def test_the_other_ways_are_commands() -> None:
    """What they name is not at hand, but the options are."""
    options = set(re.findall(r"^relatome extract .*?(--[a-z0-9-]+)", README, re.MULTILINE))
    usage = run([str(SCRIPTS / "relatome"), "extract", "--help"])
    assert options
    assert all(option in usage for option in options)


def test_the_five_lines_print_relations() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    lines = run([sys.executable, "-c", code]).splitlines()
    assert lines
    for line in lines:
        head, *_, score, novel = line.split()
        assert head.startswith("local:")
        assert 0 <= float(score) <= 1
        assert novel in ("True", "False")


def test_every_command_of_the_table_exists() -> None:
    named = set(re.findall(r"`relatome (\w+)", README))
    assert named
    for name in named:
        assert "Usage" in run([str(SCRIPTS / "relatome"), name, "--help"])


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.parametrize("results", ["gold_entities", "speed", "serve", "graph"])
def test_the_figures_are_those_of_the_results(results: str) -> None:
    assert (ROOT / "benchmarks" / "results" / f"{results}.json").is_file()
    run([sys.executable, str(ROOT / "benchmarks" / "tables.py"), "--check"])
