"""Times to a dev score are those of the first evaluation that reached it."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.recipes import source


def run(folder: Path, name: str, evaluations: list[tuple[float, float]], dev: str = "1") -> Path:
    """A finished run: seconds and dev score of each evaluation."""
    folder.mkdir()
    (folder / "recipe.toml").write_text(source(name).read_text(encoding="utf-8"), encoding="utf-8")
    steps = list(enumerate(evaluations, start=1))
    write = {
        "times.jsonl": [{"step": step, "seconds": seconds} for step, (seconds, _) in steps],
        "metrics.jsonl": [
            entry
            for step, (_, f1) in steps
            for entry in ({"step": step, "loss": 1.0}, {"step": step, "eval_score": f1})
        ],
    }
    for file, lines in write.items():
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / file).write_text(text, encoding="utf-8")
    provenance = {"code": "1", "machine": {}, "data": {"biored:dev": dev}}
    (folder / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")
    (folder / "results.json").write_text(json.dumps({"split": "biored:dev"}), encoding="utf-8")
    return folder


def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arguments: str) -> dict[str, object]:
    command = ["training_time.py", *arguments, "--results", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", command)
    importlib.import_module("training_time").main()
    result = json.loads((tmp_path / "training_time.json").read_text(encoding="utf-8"))
    return {row["encoding"]: row["seconds_to_reach"] for row in result["runs"]} | {
        "reach": result["reach"]
    }


def test_the_highest_per_cent_that_all_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = run(tmp_path / "one", "c-baseline-minilm", [(10, 0.2), (20, 0.31), (30, 0.36)])
    two = run(tmp_path / "two", "peer-biorex-minilm", [(100, 0.1), (200, 0.319)])
    found = measured(monkeypatch, tmp_path, str(one), str(two))
    assert found == {"document": 20, "pair": 200, "reach": 0.31}
    found = measured(monkeypatch, tmp_path, str(one), str(two), "--reach", "35")
    assert found == {"document": 30, "pair": None, "reach": 0.35}


def test_runs_that_do_not_compare_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = run(tmp_path / "one", "c-baseline-minilm", [(10, 0.2)])
    two = run(tmp_path / "two", "c-baseline-minilm", [(10, 0.2)], dev="2")
    with pytest.raises(SystemExit, match="other dev documents"):
        measured(monkeypatch, tmp_path, str(one), str(two))
    (one / "times.jsonl").unlink()
    with pytest.raises(SystemExit, match=r"no times\.jsonl"):
        measured(monkeypatch, tmp_path, str(one))
