"""Learning curves of a run, drawn from its metrics."""

from __future__ import annotations

import json
from pathlib import Path

METRICS_FILE, CURVES_FILE = "metrics.jsonl", "curves.png"


def draw_curves(run: Path) -> Path:
    """Draw training loss and dev score over epochs from ``metrics.jsonl`` into ``curves.png``.

    Args:
        run: a run folder of one model.

    Returns:
        The picture's path.
    """
    from matplotlib.figure import Figure

    lines = (run / METRICS_FILE).read_text(encoding="utf-8").splitlines()
    history = [json.loads(line) for line in lines]
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    loss_axes, score_axes = figure.subplots(1, 2)
    for axes, key, label, marker in (
        (loss_axes, "loss", "training loss", ""),
        (score_axes, "eval_score", "dev F1", "o"),
    ):
        entries = [entry for entry in history if key in entry]
        axes.plot([e["epoch"] for e in entries], [e[key] for e in entries], marker=marker)
        axes.set_xlabel("epoch")
        axes.set_ylabel(label)
        axes.grid(alpha=0.3)
    path = run / CURVES_FILE
    figure.savefig(path, dpi=120)
    return path
