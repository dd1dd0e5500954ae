"""A sweep as it stands: dev scores of every unit and, point by point, over its seeds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from relatome.errors import CANNOT_WRITE, WorkError
from relatome.training.folder import PROVENANCE_FILE, RESULTS_FILE, write_whole
from relatome.training.sweep.plan import Plan, Unit

SWEEP_FILE = "sweep.json"


def write_summary(swept: Plan, folder: Path, errors: dict[str, str]) -> None:
    """Write what there is so far as ``sweep.json``.

    Args:
        swept: what is carried out.
        folder: of the sweep.
        errors: of the units that failed, by name.

    Raises:
        WorkError: if the folder cannot be written.
    """
    text = json.dumps(_summary(swept, folder, errors), indent=2, ensure_ascii=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / SWEEP_FILE, text + "\n")
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=folder, reason=error.strerror) from None


def _summary(swept: Plan, folder: Path, errors: dict[str, str]) -> dict[str, Any]:
    """The sweep as it stands: dev scores of every unit and, point by point, over its seeds."""
    selection = swept.bases[0].selection
    points: list[dict[str, Any]] = []
    codes, machines = [], []
    split = ""
    by_point: dict[tuple[str, ...], list[Unit]] = {}
    for unit in swept.units:
        by_point.setdefault(unit.point, []).append(unit)
    for point, units in by_point.items():
        rows = []
        for unit in units:
            row: dict[str, Any] = {"seed": unit.seed, "folder": unit.name}
            if unit.name in errors:
                row["error"] = errors[unit.name]
            elif (results := _read(folder / unit.name / RESULTS_FILE)) is not None:
                split = results["split"]
                provenance = _read(folder / unit.name / PROVENANCE_FILE) or {}
                row |= {"f1": results["f1"], "data": provenance["data"]}
                codes.append(provenance["code"])
                machines.append(provenance["machine"])
            rows.append(row)
        values = {axis.key: value for axis, value in zip(swept.axes, point, strict=True)}
        points.append(
            {
                "values": values,
                "scores": spreads(row["f1"] for row in rows if "f1" in row),
                "units": rows,
                "best": False,
            }
        )
    whole = [point for point in points if all("f1" in row for row in point["units"])]
    test = swept.bases[0].data.test
    if whole:
        best = max(whole, key=lambda point: point["scores"][selection.score]["mean"])
        best["best"] = True
        test = by_point[tuple(best["values"].values())][0].recipe.data.test
    return {
        "recipe": ", ".join(base.name for base in swept.bases),
        "title": ". ".join(base.title for base in swept.bases),
        "command": swept.command(folder),
        "rule": selection.rule,
        "score": selection.score,
        "split": split,
        "test": test,
        "grid": {axis.key: list(axis.values) for axis in swept.axes},
        "seeds": list(swept.seeds),
        "points": points,
        "code": _distinct(codes),
        "machine": _distinct(machines),
    }


def spreads(scores: Iterable[dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Mean, standard deviation (n - 1; None of one run), least and most of each score.

    Args:
        scores: of the runs, by name; none at all have no spread.
    """
    scored = list(scores)
    spreads: dict[str, dict[str, float | None]] = {}
    for name in scored[0] if scored else ():
        values = [f1[name] for f1 in scored]
        spreads[name] = {
            "mean": fmean(values),
            "deviation": stdev(values) if len(values) > 1 else None,
            "least": min(values),
            "most": max(values),
        }
    return spreads


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _distinct(values: list[Any]) -> list[Any]:
    return [value for index, value in enumerate(values) if value not in values[:index]]
