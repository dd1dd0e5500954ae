"""How far the scores of a run's model can be believed, drawn from its settings."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from relatome.data.calibration import Calibration

SETTINGS_FILE, RELIABILITY_FILE = Path("model", "settings.json"), "reliability.png"


def draw_reliability(run: Path) -> Path | None:
    """Draw the share of right relations over their scores into ``reliability.png``.

    Args:
        run: a run folder of one model.

    Returns:
        The picture's path, or None where the run's scores were not calibrated.
    """
    from matplotlib.figure import Figure

    settings = json.loads((run / SETTINGS_FILE).read_text(encoding="utf-8"))
    if settings.get("calibration") is None:
        return None
    calibration = msgspec.convert(settings["calibration"], Calibration)
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    panels = (("temperature 1", calibration.before), ("calibrated", calibration.after))
    for axes, (title, found) in zip(figure.subplots(1, 2, sharey=True), panels, strict=True):
        width = 1 / len(found.bins)
        some = [(index, each) for index, each in enumerate(found.bins) if each.count]
        axes.bar(
            [width * index for index, _ in some],
            [each.right for _, each in some],
            width,
            align="edge",
            edgecolor="white",
        )
        axes.plot([0, 1], [0, 1], color="grey", linestyle="--")
        axes.set(title=f"{title}: error {found.error:.3f}", xlabel="score", xlim=(0, 1))
        axes.set_ylim(0, 1)
    figure.axes[0].set_ylabel(f"right, of what is returned on {calibration.split}")
    path = run / RELIABILITY_FILE
    figure.savefig(path, dpi=120)
    return path
