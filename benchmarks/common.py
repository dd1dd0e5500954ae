"""What every benchmark needs: a description of the machine, and one way to write results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relatome.training.provenance import code_version, machine

RESULTS = Path(__file__).parent / "results"

__all__ = ["RESULTS", "keep", "machine", "write_result"]


def write_result(name: str, result: Mapping[str, object], folder: Path = RESULTS) -> None:
    """Write ``NAME.json`` of the results with the code version beside what was measured."""
    keep(name, {**result, "code": code_version()}, folder)


def keep(name: str, result: Mapping[str, Any], folder: Path = RESULTS) -> bool:
    """Write ``NAME.json`` of the results; never over a result of more seeds.

    Returns:
        whether it was written.
    """
    path = folder / f"{name}.json"
    if path.is_file() and "seeds" in result:
        there = json.loads(path.read_text(encoding="utf-8"))
        if len(there["seeds"]) > len(result["seeds"]):
            print(f"Kept {path}: it is of {len(there['seeds'])} seeds, not {len(result['seeds'])}")
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"Wrote {path}")
    return True
