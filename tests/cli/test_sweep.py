"""``relatome sweep``: the issue's own command, its table, page and figure, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean, stdev
from xml.etree import ElementTree

import pytest

pytest.importorskip("torch")

from relatome.training.sweep import units as units_module
from tests.cli.conftest import Relatome
from tests.own_corpus import write_focal_recipe


@pytest.fixture
def recipe(tiny_encoder: Path, tmp_path: Path) -> Path:
    return write_focal_recipe(tmp_path, tiny_encoder)


def test_the_sweep_over_gamma(
    recipe: Path, relatome: Relatome, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    folder = tmp_path / "gamma"
    command = ("sweep", recipe, "--grid", "losses.focal.gamma=0,2", "--seeds", "2", "-o", folder)
    ran = relatome(*command)
    assert ran.code == 0, ran.err
    assert "Unit 1 of 4: gamma=0,seed=13" in caplog.messages
    assert "Unit 4 of 4: gamma=2,seed=14, about a minute left" in caplog.messages

    page = (folder / "sweep.md").read_text("utf-8")
    means = {}
    for gamma in ("0", "2"):
        units = [folder / f"gamma={gamma},seed={seed}" for seed in (13, 14)]
        assert all((unit / "curves.png").is_file() for unit in units)
        f1 = [100 * json.loads((u / "results.json").read_text())["f1"]["all"] for u in units]
        means[gamma] = fmean(f1)
        cell = f"{fmean(f1):.1f} ± {stdev(f1):.1f} ({min(f1):.1f}–{max(f1):.1f})"
        assert cell in page
        assert cell in ran.out
    best = max(means, key=lambda gamma: means[gamma])
    assert [gamma for gamma in means if f"\n| **{gamma}** |" in page] == [best]
    assert f"relatome predict {folder}/gamma={best},seed=13 {folder}/gamma={best}" in ran.out
    root = ElementTree.parse(folder / "sweep.svg").getroot()
    assert root.tag.endswith("svg")

    ran = relatome(*command)
    assert ran.code == 2
    assert "[R609]" in ran.err
    before = (folder / "sweep.json").read_bytes()
    ran = relatome(*command, "--resume")
    assert ran.code == 0
    assert "4 of 4 units are finished already" in caplog.messages
    assert (folder / "sweep.json").read_bytes() == before


def test_the_sweep_of_two_recipes(recipe: Path, relatome: Relatome, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    text = recipe.read_text("utf-8").replace('name = "small"', 'name = "other"')
    other.write_text(text.replace(":test", ":dev"), "utf-8")
    folder = tmp_path / "both"
    grid = ("--grid", "data.fraction=0.5,1.0", "--seeds", "1")
    ran = relatome("sweep", recipe, other, *grid, "-o", folder)
    assert ran.code == 0, ran.err
    page = (folder / "sweep.md").read_text("utf-8")
    assert page.startswith("# Sweep of small, other\n")
    assert "| recipe | data.fraction | pair |" in page
    rows = [line.replace("*", "") for line in page.splitlines() if line.startswith("|")][2:]
    assert [row.split(" | ")[:2] for row in rows] == [
        [f"| {name}", fraction] for name in ("small", "other") for fraction in ("0.5", "1.0")
    ]
    assert f"relatome sweep {recipe} {other} --grid data.fraction=0.5,1.0 --seeds 13, " in page
    found = json.loads((folder / "sweep.json").read_text("utf-8"))
    (best,) = (point for point in found["points"] if point["best"])
    split = {"small": "test", "other": "dev"}[best["values"]["recipe"]]
    assert f"{best['units'][0]['folder']} {tmp_path / 'ours.toml'}:{split}" in ran.out
    drawn = (folder / "sweep.svg").read_text("utf-8")
    assert "<!-- recipe = small -->" in drawn
    assert "<!-- recipe = other -->" in drawn


def test_a_unit_that_fails(
    recipe: Path, relatome: Relatome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = units_module.carry_out

    def failing(recipe: object, folder: Path, *rest: object, **named: object) -> object:
        if "seed=13" in folder.name:
            raise RuntimeError("out of memory")
        return usual(recipe, folder, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(units_module, "carry_out", failing)
    ran = relatome("sweep", recipe, "--seeds", "2", "-o", tmp_path / "sweep")
    assert ran.code == 1
    assert "error: [R671] 1 of 2 units failed: seed=13." in ran.err
    assert "1 of 2" in ran.out
    assert "- `seed=13`: RuntimeError: out of memory" in (tmp_path / "sweep/sweep.md").read_text()
    assert not (tmp_path / "sweep" / "sweep.svg").exists(), "there is nothing to draw"
    monkeypatch.setattr(units_module, "carry_out", usual)
    ran = relatome("sweep", recipe, "--seeds", "2", "-o", tmp_path / "sweep", "--resume")
    assert ran.code == 0
    assert "Failed" not in (tmp_path / "sweep/sweep.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--grid", "losses.focal.gamma"), "R663"),
        (("--grid", "losses.focal.gamma=0,x"), "R603"),
        (("--grid", "losses.focal.gama=0,1"), "R651"),
        (("--grid", "losses.focal.gamma=0,1", "--seeds", "0"), "R664"),
        (("--grid", "training.seed=1,2"), "R665"),
        (("--set", "training.sead=1"), "R603"),
        (("--grid", "encoder.name=/no/such,/nor/this"), "R503"),
    ],
)
def test_refused_before_any_work(
    arguments: tuple[str, ...], code: str, recipe: Path, relatome: Relatome, tmp_path: Path
) -> None:
    ran = relatome("sweep", recipe, *arguments, "--output", tmp_path / "sweep")
    assert ran.code == 2
    assert f"error: [{code}]" in ran.err
    assert not (tmp_path / "sweep").exists()


def test_misuse(relatome: Relatome, tmp_path: Path) -> None:
    assert relatome("sweep", "small").code == 2
    ran = relatome("sweep", "no-such-recipe", "--output", tmp_path / "sweep")
    assert ran.code == 2
    assert "[R601]" in ran.err
