"""A sweep as a table, a page and a figure, all from its ``sweep.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SWEEP_FILE, TABLE_FILE, FIGURE_FILE = "sweep.json", "sweep.md", "sweep.svg"

_RECIPE = "recipe"  # the axis of a sweep of several recipes
_MANY_TIMES = 50  # from here on, swept values stand on a logarithmic axis
_MANY_CHARACTERS = 50  # of all categories, from where on their names are written aslant
_APART = 0.12  # marks of the same category, in steps between two categories


class Table(NamedTuple):
    """The points of a sweep, one a row.

    Attributes:
        caption: what the figures are.
        columns: the keys of the grid, the scores, and the number of runs.
        rows: cells in the order of the columns.
        best: indices of the rows to mark.
    """

    caption: str
    columns: list[str]
    rows: list[list[str]]
    best: list[int]


def read_sweep(folder: Path) -> dict[str, Any]:
    """The ``sweep.json`` of a sweep's folder."""
    sweep: dict[str, Any] = json.loads((folder / SWEEP_FILE).read_text(encoding="utf-8"))
    return sweep


def sweep_table(sweep: dict[str, Any]) -> Table:
    """The dev scores of each point of the grid, over its seeds."""
    points, keys = sweep["points"], list(sweep["grid"])
    scores = next((list(point["scores"]) for point in points if point["scores"]), [])
    rows = []
    for point in points:
        done = sum("f1" in unit for unit in point["units"])
        runs = f"{done}" if done == len(point["units"]) else f"{done} of {len(point['units'])}"
        spreads = [point["scores"].get(score) for score in scores]
        rows.append([*(point["values"][key] for key in keys), *map(_cell, spreads), runs])
    seeds = ", ".join(map(str, sweep["seeds"]))
    caption = (
        f"F1 in per cent on {sweep['split'] or 'dev'} by rule {sweep['rule']}: mean ± standard "
        f"deviation (least–most) over seeds {seeds}; best by {sweep['score']}"
    )
    best = [index for index, point in enumerate(points) if point["best"]]
    return Table(caption, [*keys, *scores, "runs"], rows, best)


def _cell(spread: dict[str, float | None] | None) -> str:
    if spread is None:
        return ""
    mean, deviation, least, most = (
        None if value is None else 100 * value for value in spread.values()
    )
    if deviation is None:
        return f"{mean:.1f}"
    return f"{mean:.1f} ± {deviation:.1f} ({least:.1f}–{most:.1f})"


def write_page(sweep: dict[str, Any], path: Path) -> None:
    """Write a sweep as Markdown: the table, what failed, and where the figures come from."""
    table = sweep_table(sweep)
    lines = [
        f"# Sweep of {sweep['recipe']}",
        "",
        f"{sweep['title']}.",
        "",
        f"{table.caption} in bold. Nothing was selected or scored on a test split.",
        "",
        _row(table.columns),
        _row(["---"] * len(sweep["grid"]) + ["---:"] * (len(table.columns) - len(sweep["grid"]))),
    ]
    for index, row in enumerate(table.rows):
        cells = [cell.replace("|", "\\|") for cell in row]
        lines.append(_row([f"**{c}**" if index in table.best and c else c for c in cells]))
    units = [unit for point in sweep["points"] for unit in point["units"]]
    if failed := [unit for unit in units if "error" in unit]:
        lines += ["", "Failed:", ""]
        lines += [f"- `{unit['folder']}`: {unit['error']}" for unit in failed]
    lines += ["", "Regenerate with", "", f"    {sweep['command']}", ""]
    lines += [f"Code: {', '.join(sweep['code']) or '–'}."]
    for machine in sweep["machine"]:
        libraries = ", ".join(f"{name} {number}" for name, number in machine["libraries"].items())
        lines.append(
            f"Machine: {machine['processor']} ({machine['cores']} cores), accelerator: "
            f"{machine['accelerator']}; {libraries}."
        )
    data = sorted({pair for unit in units for pair in unit.get("data", {}).items()})
    if data:
        lines += ["", "SHA-256 of the documents as read:", ""]
        lines += [f"- {split}: `{value}`" for split, value in data]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def draw_sweep(sweep: dict[str, Any], path: Path) -> bool:
    """Draw the selecting score over a swept key, as SVG.

    As figure 3 of paper B, the dev score over γ and over λ. The key is the first whose values are
    all numbers, else the first with several values, and recipes go across only where nothing else
    can; every combination of the others is a line through the means, with a band from the least
    to the most over seeds.

    Args:
        sweep: the content of ``sweep.json``.
        path: the file to write.

    Returns:
        whether there was anything to draw: no key has several values otherwise.
    """
    import matplotlib
    from matplotlib.figure import Figure

    grid: dict[str, list[str]] = sweep["grid"]
    swept = [key for key in grid if len(grid[key]) > 1]
    if not swept:
        return False
    keys = [key for key in swept if key != _RECIPE] or swept
    numeric = [key for key in keys if _numbers(grid[key]) is not None]
    across = (numeric or keys)[0]
    # Texts of recipes are no formulas, and the same sweep gives the same file.
    with matplotlib.rc_context({"text.parse_math": False, "svg.hashsalt": "relatome"}):
        figure = Figure(figsize=(5.6, 3.6), layout="constrained")
        axes = figure.subplots()
        lines = _lines(sweep, across)
        for number, (name, points) in enumerate(lines.items()):
            shift = _APART * (number - (len(lines) - 1) / 2)
            _draw_line(axes, name, points, grid[across], shift)
        _scale(axes, grid[across])
        axes.set_xlabel(across)
        axes.set_ylabel(f"{sweep['split'] or 'dev'} {sweep['score']}, F1 (%)")
        axes.grid(alpha=0.3)
        if len(grid) > 1:
            axes.legend(fontsize="small")
        figure.savefig(path, metadata={"Date": None})
    return True


def _lines(sweep: dict[str, Any], across: str) -> dict[str, list[dict[str, Any]]]:
    """The points that have a score, by what their other keys say."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for point in sweep["points"]:
        others = {key: value for key, value in point["values"].items() if key != across}
        name = ", ".join(
            f"no {key}" if value == "-" else f"{key.rpartition('.')[2]} = {value}"
            for key, value in others.items()
        )
        if point["scores"]:
            lines.setdefault(name, []).append(
                {"at": point["values"][across], **point["scores"][sweep["score"]]}
            )
    return lines


def _draw_line(
    axes: Axes, name: str, points: list[dict[str, Any]], values: list[str], shift: float
) -> None:
    """One line with its band; where values are no numbers, marks with bars beside one another."""
    places = dict(zip(values, _numbers(values) or range(len(values)), strict=True))
    points = sorted(points, key=lambda point: places[point["at"]])
    at = [places[point["at"]] for point in points]
    mean, least, most = ([100 * p[key] for p in points] for key in ("mean", "least", "most"))
    if _numbers(values) is not None:
        (line,) = axes.plot(at, mean, marker="o", label=name)
        axes.fill_between(at, least, most, alpha=0.2, color=line.get_color(), linewidth=0)
        return
    below = [middle - low for middle, low in zip(mean, least, strict=True)]
    above = [high - middle for middle, high in zip(mean, most, strict=True)]
    beside = [place + shift for place in at]
    axes.errorbar(beside, mean, (below, above), marker="o", linestyle="", capsize=3, label=name)


def _scale(axes: Axes, values: list[str]) -> None:
    """Ticks at the swept values, and a logarithmic axis where they span orders of magnitude."""
    numbers = _numbers(values)
    if numbers is not None and min(numbers) > 0 and max(numbers) / min(numbers) >= _MANY_TIMES:
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_xticks(numbers or range(len(values)), values)
    if numbers is None:
        axes.set_xlim(-0.5, len(values) - 0.5)
        if sum(map(len, values)) > _MANY_CHARACTERS:
            axes.tick_params("x", rotation=20)
            for name in axes.get_xticklabels():
                name.set_horizontalalignment("right")


def _numbers(values: Sequence[str]) -> list[float] | None:
    """The values as numbers, or None if one is none."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None
