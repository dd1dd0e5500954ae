"""The numbers that a sweep gives."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.training.sweep import Axis, plan
from tests.training.sweep.common import done


def test_the_numbers(recipe: str, tmp_path: Path) -> None:
    swept = plan([recipe], [], [Axis("losses.focal.gamma", ("0", "5"))], [13, 14, 15])
    summary = done(tmp_path / "sweep", swept)
    means = []
    for point, gamma in zip(summary["points"], ("0", "5"), strict=True):
        assert point["values"] == {"losses.focal.gamma": gamma}
        runs = [
            json.loads(
                (tmp_path / "sweep" / f"gamma={gamma},seed={s}" / "results.json").read_text()
            )
            for s in (13, 14, 15)
        ]
        assert [unit["f1"] for unit in point["units"]] == [run["f1"] for run in runs]
        for score, spread in point["scores"].items():
            a, b, c = (run["f1"][score] for run in runs)
            mean = (a + b + c) / 3
            variance = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2
            assert spread == pytest.approx(
                {
                    "mean": mean,
                    "deviation": variance**0.5,
                    "least": min(a, b, c),
                    "most": max(a, b, c),
                }
            )
        means.append(statistics.fmean(run["f1"]["all"] for run in runs))
    assert [point["best"] for point in summary["points"]] == [
        means[0] >= means[1],
        means[0] < means[1],
    ]
    assert (summary["rule"], summary["score"]) == ("biored-8", "all")
    assert summary["split"].endswith(":dev")
    assert summary["code"] == ["the same"]
    assert len(summary["machine"]) == 1
    (hashes,) = {json.dumps(u["data"]) for p in summary["points"] for u in p["units"]}
    assert len(json.loads(hashes)) == 2
