"""Learning curves out of a run folder."""

from __future__ import annotations

from pathlib import Path

from relatome.report.history import read_history


def test_loss_and_scores_over_epochs(tmp_path: Path) -> None:
    lines = (
        '{"epoch": 1.0, "loss": 0.5, "step": 3}',
        '{"epoch": 1.0, "eval_all": 0.2, "eval_score": 0.2, "eval_threshold": 0.4, "step": 3}',
        '{"epoch": 2.0, "loss": 0.25, "step": 6}',
        '{"epoch": 3.0, "loss": NaN, "step": 9}',
        '{"loss": 0.1}',
        "7",
        '{"epoch": 2.0, "eval_al',
    )
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert read_history(tmp_path) == {"loss": [(1.0, 0.5), (2.0, 0.25)], "all": [(1.0, 0.2)]}


def test_a_run_that_has_not_measured_anything_yet(tmp_path: Path) -> None:
    assert read_history(tmp_path) == {}
