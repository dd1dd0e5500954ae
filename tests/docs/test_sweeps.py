"""The page on sweeps: its commands can be parsed and planned, what it names exists."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
import typer

pytest.importorskip("torch")

from relatome.cli import app
from relatome.training import ensemble
from relatome.training.sweep import Plan, plan, read_axis, read_seeds

PAGE = Path(__file__).parents[2] / "docs" / "sweeps.md"
TEXT = PAGE.read_text("utf-8")
LINES = re.findall(r"^    (?:timeout 590 )?relatome (.*)$", TEXT, re.MULTILINE)
SWEEPS = [line for line in LINES if line.startswith("sweep ")]
POOLED = [line for line in SWEEPS if "a-ddi-staged" in line]


def arguments(line: str) -> dict[str, object]:
    """What the command line reads a command as, without carrying it out."""
    name, *words = shlex.split(line)
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return dict(command.make_context(name, words).params)


@pytest.mark.parametrize("line", LINES)
def test_a_command_can_be_parsed(line: str) -> None:
    assert arguments(line)


def planned_by(line: str, corpora: Path | None = None) -> Plan:
    """The plan of a command that sweeps, which has to have a unit for each point and seed."""
    asked = arguments(line)
    axes = [read_axis(text) for text in asked["grid"] or ()]  # type: ignore[attr-defined]
    seeds = read_seeds(str(asked["seeds"]))
    recipes = asked["recipes"]
    assert isinstance(recipes, list)
    planned = plan(recipes, [], axes, seeds, corpora)
    points = {unit.point for unit in planned.units}
    assert len(planned.units) == len(points) * len(seeds)
    return planned


@pytest.mark.parametrize("line", [line for line in SWEEPS if line not in POOLED])
def test_a_sweep_can_be_planned(line: str) -> None:
    planned_by(line)


def test_the_sweep_of_several_recipes(corpora_dir: Path) -> None:
    """It needs the pool that its recipes name, which is built of published corpora."""
    (line,) = POOLED
    assert "27 runs" in TEXT
    planned = planned_by(line, corpora_dir)
    assert len(planned.units) == 27
    assert [first.name for first in planned.starts] == ["a-ddi-source-document-minilm"]
    assert "recipe=a-ddi-target-document-minilm,fraction=0.01,seed=13" in {
        unit.name for unit in planned.units
    }
    assert set(re.findall(r"`(recipe=[^`/]*)", TEXT)) <= {unit.name for unit in planned.units}


def test_the_first_sweep_is_as_large_as_it_says() -> None:
    assert "four points of three seeds, twelve runs" in TEXT
    planned = planned_by(SWEEPS[0])
    (axis,) = planned.axes
    assert len(axis.values) == 4
    assert len(planned.units) == 12
    assert "gamma=2,seed=13" in {unit.name for unit in planned.units}


def test_the_options_in_the_table() -> None:
    command = typer.main.get_command(app).commands["sweep"]  # type: ignore[attr-defined]
    known = {name for parameter in command.params for name in parameter.opts}
    told = set(re.findall(r"^\| `(--[a-z]+)", TEXT, re.MULTILINE))
    assert {"--grid", "--seeds", "--set", "--resume"} == told <= known
    (default,) = (p.default for p in command.params if p.name == "seeds")
    assert f"Default: {default}" in TEXT


def test_links_lead_to_pages() -> None:
    for target in re.findall(r"\]\((\.?\.?[\w/][^)#]*)", TEXT):
        assert (PAGE.parent / target).exists(), target


def test_the_python_names_what_there_is() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names = [
        alias.name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and node.module == "relatome.training.ensemble"
        for alias in node.names
    ]
    assert names
    assert all(hasattr(ensemble, name) for name in names)
