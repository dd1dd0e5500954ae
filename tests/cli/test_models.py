"""``relatome models``: listing, cards, export, calibration."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome import pipeline
from relatome.formats import write
from relatome.runtime import ModelFolder
from tests.cli.conftest import Relatome
from tests.tiny import learnable


def test_the_list(relatome: Relatome, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "shipped_models", lambda: {"tiny": tiny_model})
    ran = relatome("models")
    assert (ran.code, ran.err) == (0, "")
    for word in ("tiny", "0.0.1", "biored", "int8, fp32", "MB"):
        assert word in ran.out


def test_no_model_is_no_error(relatome: Relatome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "shipped_models", dict)
    assert relatome("models").code == 0


def test_a_card(relatome: Relatome, tiny_model: Path) -> None:
    ran = relatome("models", "card", tiny_model)
    assert ran.code == 0
    assert ran.out.startswith("# tiny 0.0.1")


def test_a_card_is_only_shown_of_a_whole_model(
    relatome: Relatome, tiny_model: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    (folder / "encoder.fp32.onnx").write_bytes(b"else")
    ran = relatome("models", "card", folder)
    assert (ran.code, ran.out) == (1, "")
    assert "[R510]" in ran.err
    assert relatome("models", "card", "no-such-model").code == 2


def test_exporting_what_is_no_run(relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("models", "export", tmp_path, tmp_path / "out")
    assert ran.code == 2
    assert "[R611]" in ran.err
    assert not (tmp_path / "out").exists()


def test_without_torch_it_says_what_to_install(
    relatome: Relatome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("export", "graphs"):
        monkeypatch.delitem(sys.modules, f"relatome.training.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "onnx", None)
    ran = relatome("models", "export", tmp_path, tmp_path / "out")
    assert ran.code == 1
    assert "[R701]" in ran.err
    assert "relatome[train]" in ran.err


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def test_calibrating_on_a_file(relatome: Relatome, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    write(learnable(60), path, "jsonl")
    ran = relatome("models", "calibrate", folder, path, "--weights", "fp32")
    assert (ran.code, ran.err) == (0, "")
    settings = ModelFolder(folder).manifest.settings
    assert settings.calibration is not None
    assert f"temperature {settings.decoding.temperature:.2f}" in ran.out
    assert "with fp32 weights" in ran.out
    assert f"Fitted on {path} with fp32 weights" in relatome("models", "card", folder).out
    assert relatome("extract", path, "--model", folder, "--precision", "0.5").code == 0


def test_a_test_split_is_not_for_calibrating(
    relatome: Relatome, folder: Path, corpora_dir: Path
) -> None:
    before = (folder / "model.json").read_bytes()
    ran = relatome("models", "calibrate", folder, "biored:test", "--corpora", corpora_dir)
    assert ran.code == 2
    assert "[R201]" in ran.err
    assert (folder / "model.json").read_bytes() == before


def test_calibrating_on_nothing(relatome: Relatome, folder: Path, tmp_path: Path) -> None:
    ran = relatome("models", "calibrate", folder, tmp_path / "no-such-file")
    assert ran.code == 2
    assert "[R815]" in ran.err
    path = tmp_path / "few.jsonl"
    write(learnable(3), path, "jsonl")
    ran = relatome("models", "calibrate", folder, path)
    assert ran.code == 2
    assert "[R852]" in ran.err


def test_the_shipped_models_are_calibrated() -> None:
    for path in pipeline.shipped_models().values():
        folder = ModelFolder(path)
        folder.verify()
        found = folder.manifest.settings.calibration
        assert found is not None
        assert found.weights == folder.weights[0]
        assert found.after.error < found.before.error
        assert f"{found.after.error:.3f} after" in folder.card()


def test_a_shipped_model_is_left_as_it_is(relatome: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    write(learnable(3), path, "jsonl")
    ran = relatome("models", "calibrate", "small", path)
    assert ran.code == 2
    assert "[R853]" in ran.err
    assert "--output" in ran.err


def test_calibrating_a_copy(relatome: Relatome, folder: Path, tmp_path: Path) -> None:
    path, target = tmp_path / "own.jsonl", tmp_path / "calibrated"
    write(learnable(60), path, "jsonl")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    ran = relatome("models", "calibrate", folder, path, "--weights", "fp32", "-o", target)
    assert (ran.code, ran.err) == (0, "")
    assert f"Wrote {target}" in ran.out
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    made = ModelFolder(target)
    made.verify()
    assert made.manifest.settings.calibration.split == str(path)
    again = relatome("models", "calibrate", folder, path, "--weights", "fp32", "-o", target)
    assert "[R156]" in again.err
