"""The page that leads from the papers to the code: every place it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
PLACES = re.findall(r"`(src/[\w/.]+)`(?:: `(\w+)`)?", TEXT)


@pytest.mark.parametrize(("path", "name"), sorted(set(PLACES)))
def test_every_place_is_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    defined = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign):
            defined |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined.add(node.target.id)
    assert not name or name in defined


def section(paper: str) -> str:
    return re.split(r"^## ", TEXT, flags=re.MULTILINE)[{"A": 1, "B": 2, "C": 3, "D": 4}[paper]]


@pytest.mark.parametrize(("paper", "equations"), [("A", 8), ("B", 4), ("C", 7)])
def test_every_equation_has_a_row(paper: str, equations: int) -> None:
    named = set()
    for row in re.findall(r"^\| eq\. ([\d, ]+):", section(paper), flags=re.MULTILINE):
        named |= {int(number) for number in row.split(",")}
    assert named == set(range(1, equations + 1))


@pytest.mark.parametrize("kind", ["MARKERS", "PROMPTS", "LOSSES"])
def test_styles_and_losses_go_by_the_names_the_code_has(kind: str) -> None:
    if kind == "LOSSES":
        pytest.importorskip("torch")
    from importlib import import_module

    module = {"MARKERS": "encode.markers", "PROMPTS": "encode.prompts", "LOSSES": "losses"}[kind]
    known = getattr(import_module(f"relatome.{module}"), kind)
    word = {"MARKERS": "[Mm]arker style", "PROMPTS": "prompt", "LOSSES": "loss"}[kind]
    named = re.findall(rf"{word} `([\w-]+)`", TEXT)
    assert named
    assert set(named) <= set(known)
