"""``relatome recipes``."""

from __future__ import annotations

from pathlib import Path

import pytest

from relatome.recipes import load_recipe, shipped, source
from tests.cli.conftest import Relatome


def test_the_list_names_every_recipe_with_its_published_figures(relatome: Relatome) -> None:
    ran = relatome("recipes")
    assert (ran.code, ran.err) == (0, "")
    for name in shipped():
        assert name in ran.out
        for published in load_recipe(name).published:
            assert published.protocol in ran.out
            for value in published.scores.values():
                assert f"{value:g}" in ran.out


@pytest.mark.parametrize("name", shipped())
def test_a_recipe_shown_loads_again(name: str, relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("recipes", "show", name)
    assert ran.code == 0
    path = tmp_path / "mine.toml"
    path.write_text(ran.out, encoding="utf-8")
    assert load_recipe(str(path)) == load_recipe(name)
    assert ran.out.encode() == source(name).read_bytes()


def test_a_recipe_of_ones_own_is_shown_by_its_path(relatome: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(source("small").read_bytes())
    assert relatome("recipes", "show", path).code == 0


def test_what_cannot_be_shown(relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("recipes", "show", "no-such-recipe")
    assert (ran.code, ran.out) == (2, "")
    assert "[R601]" in ran.err
    path = tmp_path / "bad.toml"
    path.write_text("name = 1")
    ran = relatome("recipes", "show", path)
    assert (ran.code, ran.out) == (2, "")
    assert "[R603]" in ran.err
    assert len(ran.err.splitlines()) == 1
