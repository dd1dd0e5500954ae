"""The page of results and the figures `relatome recipes` shows are what the result files say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from relatome.recipes import Combination, load_any, load_recipe, measured, shipped

ROOT = Path(__file__).parents[2]
RESULTS = sorted((ROOT / "benchmarks" / "results" / "recipes").glob("*.json"))


def test_page_and_figures_are_up_to_date() -> None:
    command = [sys.executable, "benchmarks/book.py", "--check"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_every_result_is_of_a_shipped_recipe_and_says_how_it_was_made() -> None:
    assert RESULTS
    for path in RESULTS:
        result = json.loads(path.read_text(encoding="utf-8"))
        assert path.stem == result["recipe"]
        recipe = load_any(result["recipe"])
        if isinstance(recipe, Combination):
            test, rule = recipe.test, recipe.rule
            recipe = load_recipe(recipe.relation[0].recipe)
        else:
            test, rule = recipe.data.test, recipe.selection.rule
        assert (result["test"]["split"], result["protocol"]) == (test, rule)
        assert result["encoder"] == recipe.encoder.name
        assert len(result["test"]["sha256"]) == 64
        assert result["command"].startswith("python benchmarks/recipes.py ")
        for seed in result["seeds"]:
            assert seed["trained_by"]
            learnt = [each["data"] for each in seed.get("members", {"": seed}).values()]
            assert not any(test in data for data in learnt)


def test_only_shipped_recipes_have_figures() -> None:
    figures = measured()
    names = {*shipped(), *shipped("combinations")}
    assert set(figures) == {path.stem for path in RESULTS} <= names
    for name, found in figures.items():
        recipe = load_any(name)
        rule = recipe.rule if isinstance(recipe, Combination) else recipe.selection.rule
        assert found.protocol == rule
