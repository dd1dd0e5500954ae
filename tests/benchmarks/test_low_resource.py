"""The low-resource curve: which runs it asks for, and what it writes of them."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("torch")

from relatome.data import Document, Split
from relatome.recipes import Recipe

WAYS = ("c-coreference-minilm", "peer-atlop-minilm")


@pytest.fixture
def curve(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The command, with runs that cost nothing: one recipe is always right, the other never."""
    module = importlib.import_module("low_resource")

    def carry_out(recipe: Recipe, folder: Path, directory: Path, *, resume: bool) -> None:
        assert resume == folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        covered = {"train": {"documents": round(400 * recipe.data.fraction)}}
        provenance = {"coverage": covered, "data": {}, "code": "1"}
        (folder / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")

    def predictions(folder: Path, test: Split) -> list[Document]:
        right = folder.name.startswith(WAYS[0])
        return [each if right else each.without_annotations() for each in test.documents]

    monkeypatch.setattr(module, "carry_out", carry_out)
    monkeypatch.setattr(module, "predictions", predictions)
    return module


def test_a_curve(
    curve: ModuleType, corpora_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = tmp_path / "images" / "curve.svg"
    command = f"low_resource.py {' '.join(WAYS)} --shares 1,0.05 --seeds 13,14"
    places = {"runs": tmp_path / "runs", "corpora": corpora_dir, "results": tmp_path}
    arguments = [part for name, place in places.items() for part in (f"--{name}", str(place))]
    monkeypatch.setattr(sys, "argv", [*command.split(), *arguments, "--figure", str(figure)])
    curve.main()
    result = json.loads((tmp_path / "low_resource.json").read_text(encoding="utf-8"))
    assert result["command"] == (
        f"python benchmarks/low_resource.py {' '.join(WAYS)} --shares 0.05,1 --seeds 13,14"
    )
    points = {
        (point["values"]["recipe"], point["values"]["data.fraction"]): point
        for point in result["points"]
    }
    assert set(points) == {(name, share) for name in WAYS for share in ("0.05", "1")}
    right = points["c-coreference-minilm", "0.05"]
    assert [row["documents"] for row in right["seeds"]] == [20, 20]
    assert right["scores"]["all"] == {"mean": 1.0, "deviation": 0.0, "least": 1.0, "most": 1.0}
    assert points["peer-atlop-minilm", "1"]["scores"]["all"]["mean"] == 0
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {
        f"{name}{share}-{seed}" for name in WAYS for share in ("", "-0.05") for seed in (13, 14)
    }
    assert "<svg" in figure.read_text(encoding="utf-8")
