"""What all sections of the book of results are written with."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from common import RESULTS

ROOT = Path(__file__).parents[1]
# What measures the results that no other command brings up to date.
COMMANDS = {
    "ways_of_reading": "python benchmarks/ways_of_reading.py runs/c-baseline-minilm "
    "runs/peer-biorex-minilm-13",
    "training_time": "python benchmarks/training_time.py runs/c-baseline-minilm "
    "runs/peer-biorex-minilm-13",
    "low_resource": "python benchmarks/low_resource.py",
}


def result(name: str) -> dict[str, Any] | None:
    """``benchmarks/results/NAME.json``, if it was measured."""
    path = RESULTS / f"{name}.json"
    return _read(path) if path.is_file() else None


def all_results(folder: str) -> list[dict[str, Any]]:
    """Every result of a folder of ``benchmarks/results``, by name."""
    return [_read(path) for path in sorted((RESULTS / folder).glob("*.json"))]


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def missing(command: str, what: str = "") -> str:
    """What stands in place of a figure that there is not."""
    subject = f"{what}: not" if what else "Not"
    return f"*{subject} measured here;* `{command}`"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns of figures alone are set to the right."""
    rows = list(rows)
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    worded = [any(any(map(str.isalpha, cell)) for cell in column) for column in columns]
    lines = [header, ["---" if words else "---:" for words in worded], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def percent(value: float | None) -> str:
    """A share in per cent; a dash for none."""
    return "–" if value is None else f"{100 * value:.1f}"


def with_interval(value: float, interval: Sequence[float]) -> str:
    """A score with its interval."""
    low, high = interval
    return f"{percent(value)} ({percent(low)}–{percent(high)})"


def spread(row: dict[str, Any], score: str) -> str:
    """The mean over the seeds of a recipe's test score, with what it may well be."""
    values = [seed["test"]["f1"][score] for seed in row["seeds"]]
    interval = [min(values), max(values)]
    if len(values) == 1:
        interval = row["seeds"][0]["test"]["interval_95"][score]
    return with_interval(statistics.mean(values), interval)


def by(*commands: str) -> str:
    """The commands that measure what stands above."""
    return "\n".join(["Measured by:", "", *(f"    {command}" for command in commands)])


def blocks(*parts: str) -> str:
    """Parts of a section, those that are not empty, with a line between them."""
    return "\n\n".join(part for part in parts if part)
