"""Learning curves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from relatome.report.curves import draw_curves

HISTORY = [
    {"epoch": 1.0, "loss": 1.2},
    {"epoch": 1.0, "eval_score": 0.1},
    {"epoch": 2.0, "loss": 0.8},
    {"epoch": 2.0, "eval_score": 0.3},
]


@pytest.mark.parametrize("entries", [4, 2, 1, 0])
def test_a_picture_however_long_the_run_was(entries: int, tmp_path: Path) -> None:
    lines = "".join(json.dumps(entry) + "\n" for entry in HISTORY[:entries])
    (tmp_path / "metrics.jsonl").write_text(lines)
    path = draw_curves(tmp_path)
    assert path == tmp_path / "curves.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_same_history_gives_the_same_picture(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text(json.dumps(HISTORY[0]) + "\n")
    first = draw_curves(tmp_path).read_bytes()
    assert draw_curves(tmp_path).read_bytes() == first
