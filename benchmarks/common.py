"""What every benchmark needs: a description of the machine, and one way to write results."""

from __future__ import annotations

import json
from pathlib import Path

from relatome.training.provenance import code_version, machine

RESULTS = Path(__file__).parent / "results"

__all__ = ["RESULTS", "machine", "write_result"]


def write_result(name: str, result: dict[str, object]) -> None:
    """Write ``results/NAME.json`` with the code version beside what was measured."""
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({**result, "code": code_version()}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    print(f"Wrote {path.relative_to(RESULTS.parents[1])}")
