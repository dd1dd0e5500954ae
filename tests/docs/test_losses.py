"""The page on losses: what it names exists, its table is that of the code, its Python is run."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.losses import LOSSES, build_loss

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "losses.md"
TEXT = PAGE.read_text("utf-8")
ROWS = re.findall(
    r"^\| \[`(\w+)`\]\(#([\w-]+)\) \| `(.+?)`: `(\w+)` \| (.*?) \| (.*?) \|$", TEXT, re.MULTILINE
)
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def test_the_table_has_every_loss() -> None:
    assert [name for name, *_ in ROWS] == list(LOSSES)


@pytest.mark.parametrize(("path", "name"), re.findall(r"`(src/[\w/.]+)`: `(\w+)`", TEXT))
def test_every_class_is_in_the_file_named(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize(("name", "anchor", "path", "kind", "options", "when"), ROWS)
def test_a_row_is_what_the_code_says(
    name: str, anchor: str, path: str, kind: str, options: str, when: str
) -> None:
    assert LOSSES[name].__name__ == kind
    assert Path(inspect.getfile(LOSSES[name])) == ROOT / path
    told = re.findall(r"`(\w+)` ([\d.]+) to ([\d,.]+)", options)
    ranges = {option: (float(low), float(high.replace(",", ""))) for option, low, high in told}
    assert ranges == dict(LOSSES[name].options)
    assert when
    (section,) = (
        body for title, body in SECTIONS.items() if title.lower().replace(" ", "-") == anchor
    )
    assert "```text" in section, "the equation"
    assert "*Source:*" in section
    assert f"`{kind}.per_pair`" in section
    assert "per_pair" in vars(LOSSES[name])


@pytest.mark.parametrize(
    ("name", "equation"),
    [
        ("Cross-entropy", "the loss of every softmax classifier"),
        ("Focal", "Paper B, equation 4"),
        ("Abstention ranking", "Paper A, equations 7 and 8"),
        ("Adaptive threshold", "Zhou et al. 2021"),
    ],
)
def test_the_equations_are_those_of_the_docstrings(name: str, equation: str) -> None:
    assert equation in SECTIONS[name]
    text = inspect.getdoc(LOSSES[name.lower().replace("-", "_").replace(" ", "_")]) or ""
    blocks = re.findall(r"::\n\n((?:    .*\n|\n)+)", text.partition("Example:")[0])
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    assert lines
    assert [line for line in lines if line not in SECTIONS[name]] == []


def test_links_lead_to_pages() -> None:
    for target in re.findall(r"\]\((\w[^)#]*)\)", TEXT):
        assert (PAGE.parent / target).is_file()


def test_the_recipe_shown_can_be_built() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    for name, table in tomllib.loads(block)["losses"].items():
        assert table.pop("weight") > 0
        build_loss(name, table, name)


def test_python() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0
