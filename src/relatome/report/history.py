"""The learning curves of a run as numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path

from relatome.report.curves import METRICS_FILE

LOSS = "loss"
_SCORE = "eval_"
_NO_SCORES = ("eval_score", "eval_threshold")  # the selected one again, and a threshold

History = dict[str, list[tuple[float, float]]]


def read_history(run: Path) -> History:
    """Training loss and dev scores over epochs, by name.

    Args:
        run: a run folder; the run may still be going on.

    Returns:
        ``loss`` and each score (0 to 1) as ``(epoch, value)``; empty where nothing is written yet.
        A last line that is half written, and a loss that is no number, are left out.
    """
    path = run / METRICS_FILE
    found: History = {}
    if not path.is_file():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            epoch = float(entry["epoch"])
        except (ValueError, TypeError, KeyError):
            continue
        for key, value in entry.items():
            if key != LOSS and (key in _NO_SCORES or not key.startswith(_SCORE)):
                continue
            if isinstance(value, int | float) and math.isfinite(value):
                found.setdefault(key.removeprefix(_SCORE), []).append((epoch, value))
    return found
