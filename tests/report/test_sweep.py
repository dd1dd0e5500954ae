"""The table, the page and the figure of a sweep, from numbers we made up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("matplotlib")

from relatome.report.sweep import draw_sweep, sweep_table, write_page

MACHINE = {
    "processor": "Some CPU",
    "cores": 2,
    "accelerator": "none",
    "libraries": {"torch": "2.13"},
}


def spread(*values: float) -> dict[str, float | None]:
    middle = sum(values) / len(values)
    deviation = None
    if len(values) > 1:
        deviation = (sum((v - middle) ** 2 for v in values) / (len(values) - 1)) ** 0.5
    return {"mean": middle, "deviation": deviation, "least": min(values), "most": max(values)}


def point(values: dict[str, str], *f1: float, best: bool = False, missing: int = 0) -> Any:
    """A point with a unit for each score, and some units without."""
    units: list[dict[str, Any]] = [
        {"seed": 13 + n, "folder": f"u{n}", "f1": {"pair": f, "all": f / 2}, "data": {"a:x": "12"}}
        for n, f in enumerate(f1)
    ]
    units += [{"seed": 90 + n, "folder": f"bad{n}", "error": "broke"} for n in range(missing)]
    scores = {"pair": spread(*f1), "all": spread(*(f / 2 for f in f1))} if f1 else {}
    return {"values": values, "scores": scores, "units": units, "best": best}


def sweep(grid: dict[str, list[str]], *points: Any) -> dict[str, Any]:
    return {
        "recipe": "mine",
        "title": "A recipe",
        "command": "relatome sweep mine",
        "rule": "biored-8",
        "score": "pair",
        "split": "ours:dev",
        "test": "ours:test",
        "grid": grid,
        "seeds": [13, 14],
        "points": list(points),
        "code": ["1.0"],
        "machine": [MACHINE],
    }


GAMMA = "losses.focal.gamma"
OVER_GAMMA = sweep(
    {GAMMA: ["0", "2"]},
    point({GAMMA: "0"}, 0.5, 0.54),
    point({GAMMA: "2"}, 0.6, best=True, missing=1),
)


def test_the_table() -> None:
    table = sweep_table(OVER_GAMMA)
    assert table.columns == [GAMMA, "pair", "all", "runs"]
    assert table.rows == [
        ["0", "52.0 ± 2.8 (50.0–54.0)", "26.0 ± 1.4 (25.0–27.0)", "2"],
        ["2", "60.0", "30.0", "1 of 2"],
    ]
    assert table.best == [1]
    assert "ours:dev by rule biored-8" in table.caption
    assert "seeds 13, 14; best by pair" in table.caption


def test_a_table_before_the_first_unit() -> None:
    nothing = sweep({GAMMA: ["0"]}, point({GAMMA: "0"}, missing=2))
    assert sweep_table(nothing).rows == [["0", "0 of 2"]]
    begun = sweep({GAMMA: ["0", "1"]}, point({GAMMA: "0"}, 0.5), point({GAMMA: "1"}, missing=1))
    assert sweep_table(begun).rows == [["0", "50.0", "25.0", "1"], ["1", "", "", "0 of 1"]]


def test_the_page(tmp_path: Path) -> None:
    piped = sweep({"title": ["a|b", "c"]}, point({"title": "a|b"}, 0.5), *OVER_GAMMA["points"][:0])
    write_page(piped, tmp_path / "piped.md")
    assert r"| a\|b | 50.0 |" in (tmp_path / "piped.md").read_text("utf-8")
    write_page(OVER_GAMMA, tmp_path / "sweep.md")
    text = (tmp_path / "sweep.md").read_text("utf-8")
    assert f"| {GAMMA} | pair | all | runs |\n| --- | ---: | ---: | ---: |\n| 0 | 52.0" in text
    assert "| **2** | **60.0** | **30.0** | **1 of 2** |" in text
    for part in ("- `bad0`: broke", "    relatome sweep mine", "Some CPU (2 cores)", "- a:x: `12`"):
        assert part in text


def texts(path: Path) -> list[str]:
    """What is written in a figure; matplotlib keeps it in comments."""
    ElementTree.parse(path)
    return re.findall(r"<!-- (.*?) -->", path.read_text("utf-8"))


def test_a_figure_over_numbers(tmp_path: Path) -> None:
    path = tmp_path / "sweep.svg"
    assert draw_sweep(OVER_GAMMA, path)
    first = path.read_bytes()
    found = texts(path)
    assert found[:2] == ["0", "2"], "ticks where values were tried"
    assert GAMMA in found
    assert "ours:dev pair, F1 (%)" in found
    assert draw_sweep(OVER_GAMMA, path)
    assert path.read_bytes() == first, "the same sweep gives the same file"


def lines(*points: tuple[str, str, float]) -> dict[str, Any]:
    keys = ("encoding.prompt", "data.fraction")
    grid = {
        key: list(dict.fromkeys(row[index] for row in points)) for index, key in enumerate(keys)
    }
    made = [point(dict(zip(keys, row[:2], strict=True)), row[2], row[2] + 0.1) for row in points]
    return sweep(grid, *made)


def test_a_line_for_every_other_choice(tmp_path: Path) -> None:
    path = tmp_path / "sweep.svg"
    grid = lines(
        ("none", "0.01", 0.1),
        ("none", "1.0", 0.3),
        ("$question", "0.01", 0.2),
        ("$question", "1.0", 0.4),
    )
    assert draw_sweep(grid, path)
    found = texts(path)
    assert found[:2] == ["0.01", "1.0"], "numbers go across, though they come second"
    assert {"data.fraction", "prompt = none", "prompt = $question"} <= set(found)


@pytest.mark.parametrize(
    ("grid", "across"),
    [
        ({"recipe": ["1", "2"], "encoding.prompt": ["none", "question"]}, "encoding.prompt"),
        ({"recipe": ["a", "b"], "data.fraction": ["0.1", "1.0"]}, "data.fraction"),
        ({"recipe": ["a", "b"], "data.fraction": ["0.1"]}, "recipe"),
    ],
)
def test_a_line_for_every_recipe(grid: dict[str, list[str]], across: str, tmp_path: Path) -> None:
    key = list(grid)[1]
    points = [
        point({"recipe": recipe, key: value}, 0.2, 0.3)
        for recipe in grid["recipe"]
        for value in grid[key]
    ]
    assert draw_sweep(sweep(grid, *points), tmp_path / "sweep.svg")
    found = texts(tmp_path / "sweep.svg")
    assert across in found
    named = {text for text in found if text.startswith("recipe = ")}
    assert named == (set() if across == "recipe" else {f"recipe = {n}" for n in grid["recipe"]})


def test_long_categories_are_aslant(tmp_path: Path) -> None:
    for names, angle in ((["a", "b"], 0), (["a" * 30, "b" * 30], 20)):
        grid = sweep({"recipe": names}, *(point({"recipe": name}, 0.2) for name in names))
        assert draw_sweep(grid, tmp_path / "sweep.svg")
        drawn = (tmp_path / "sweep.svg").read_text("utf-8")
        assert (f"rotate(-{angle})" in drawn) == bool(angle)


def test_points_without_a_score_are_left_out(tmp_path: Path) -> None:
    grid = lines(("none", "0.1", 0.1), ("question", "0.1", 0.2), ("none", "0.2", 0.3))
    grid["points"].append(point({"encoding.prompt": "question", "data.fraction": "0.2"}, missing=1))
    assert draw_sweep(grid, tmp_path / "sweep.svg")
    assert texts(tmp_path / "sweep.svg")[:2] == ["0.1", "0.2"]


@pytest.mark.parametrize("values", [["-", "0.1"], ["none", "question"], ["nan", "1"]])
def test_a_figure_over_categories(values: list[str], tmp_path: Path) -> None:
    grid = sweep({"key": values}, *(point({"key": value}, 0.2, 0.3) for value in values))
    assert draw_sweep(grid, tmp_path / "sweep.svg")
    assert texts(tmp_path / "sweep.svg")[:2] == values


@pytest.mark.parametrize("grid", [{}, {"key": ["1"]}])
def test_nothing_to_draw(grid: dict[str, list[str]], tmp_path: Path) -> None:
    values = {key: one for key, (one,) in grid.items()}
    assert not draw_sweep(sweep(grid, point(values, 0.5)), tmp_path / "sweep.svg")
    assert list(tmp_path.iterdir()) == []


def test_figures_drawn_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is plotted: means by value, band from least to most, a logarithmic axis for shares."""
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    drawn: list[Axes] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.extend(figure.axes))
    draw_sweep(lines(("none", "1.0", 0.3), ("none", "0.01", 0.1)), tmp_path / "sweep.svg")
    draw_sweep(OVER_GAMMA, tmp_path / "sweep.svg")
    shares, gammas = drawn
    assert shares.get_xscale() == "log"
    assert gammas.get_xscale() == "linear"
    (line,) = shares.lines
    assert line.get_xdata() == pytest.approx([0.01, 1.0])
    assert line.get_ydata() == pytest.approx([15.0, 35.0])
    (band,) = shares.collections
    low, high = band.get_paths()[0].vertices.T[1].min(), band.get_paths()[0].vertices.T[1].max()
    assert (low, high) == pytest.approx((10.0, 40.0))
    (line,) = gammas.lines
    assert line.get_xydata().tolist() == [pytest.approx([0, 52]), pytest.approx([2, 60])]


def test_categories_of_several_lines_stand_beside_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    drawn: list[Axes] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.extend(figure.axes))
    grid = {"prompt": ["none", "question"], "losses.ranking": ["-", "{weight=1.0}"]}
    points = [
        point({"prompt": prompt, "losses.ranking": loss}, 0.2, 0.3)
        for prompt in grid["prompt"]
        for loss in grid["losses.ranking"]
    ]
    draw_sweep(sweep(grid, *points), tmp_path / "sweep.svg")
    (axes,) = drawn
    first, second = (container.lines[0].get_xdata() for container in axes.containers)
    assert (first, second) == (pytest.approx([-0.06, 0.94]), pytest.approx([0.06, 1.06]))
    named = [text.get_text() for text in axes.get_legend().get_texts()]
    assert named == ["no losses.ranking", "ranking = {weight=1.0}"]
