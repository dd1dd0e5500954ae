"""Exporting a run: what it writes, and what it refuses to make a model of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.errors import ModelError, RelatomeError, UsageError
from relatome.pipeline import load
from relatome.recipes import load_recipe
from relatome.runtime import ModelFolder
from relatome.training import run
from relatome.training.export import export, export_run
from tests.tiny import DOCUMENTS, learnable, split


@pytest.fixture(scope="module")
def finished(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    recipe = load_recipe(
        "small",
        (
            f"encoder.name={tiny_encoder}",
            "encoding.window=96",
            "encoding.overlap=32",
            "training.epochs=1",
            "training.precision=fp32",
        ),
    )
    folder = tmp_path_factory.mktemp("runs") / "run"
    train = split("own:train", [*DOCUMENTS, *learnable(6)])
    run(recipe, train, split("own:dev", learnable(6, start=6), "dev"), folder, resume=False)
    return folder


def test_a_run_becomes_a_model(finished: Path, tmp_path: Path) -> None:
    target = tmp_path / "model"
    export_run(finished, target, None)
    assert {path.name for path in target.iterdir()} == {
        "encoder.fp32.onnx",
        "encoder.int8.onnx",
        "pairs.onnx",
        "tokenizer.json",
        "model.json",
        "README.md",
    }
    folder = ModelFolder(target)
    folder.verify()
    assert folder.manifest.name == "small"
    results = json.loads((finished / "results.json").read_text())
    card = folder.card()
    assert f"{100 * results['f1']['all']:.1f}" in card
    assert "own:train" in card
    assert "under the terms of the encoder they start from" in card
    provenance = json.loads((finished / "provenance.json").read_text())
    assert all(value in card for value in provenance["data"].values())
    assert str(tmp_path) not in card
    extract = load(target, weights="fp32", threads=1)
    assert len(list(extract(DOCUMENTS))) == len(DOCUMENTS)


@pytest.mark.parametrize("name", ["recipe.toml", "provenance.json", "results.json"])
def test_an_unfinished_run_is_refused(name: str, finished: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(finished, tmp_path / "run"))
    (copy / name).unlink()
    with pytest.raises(UsageError) as caught:
        export_run(copy, tmp_path / "model", None)
    assert caught.value.code == "R611"
    assert name in str(caught.value)
    assert not (tmp_path / "model").exists()


def test_no_run_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R611"):
        export_run(tmp_path / "nowhere", tmp_path / "model", None)


def _pickle(path: Path) -> None:
    import torch

    torch.save({"weight": torch.zeros(1)}, path)


@pytest.mark.parametrize(
    ("name", "damage", "code"),
    [
        ("model.safetensors", Path.unlink, "R505"),
        ("tokenizer.json", Path.unlink, "R505"),
        ("settings.json", Path.unlink, "R505"),
        ("config.json", Path.unlink, "R505"),
        ("model.safetensors", lambda p: p.write_bytes(b""), "R506"),
        ("model.safetensors", lambda p: p.write_bytes(p.read_bytes()[:-64]), "R506"),
        ("model.safetensors", _pickle, "R506"),
        ("settings.json", lambda p: p.write_bytes(b"{"), "R506"),
        ("settings.json", lambda p: p.write_bytes(b"\xff\xfe"), "R506"),
        ("config.json", lambda p: p.write_bytes(b"{"), "R506"),
        ("config.json", lambda p: p.write_bytes(b"{}"), "R506"),
        ("config.json", lambda p: p.write_bytes(b"\xff\xfe"), "R506"),
        ("config.json", lambda p: p.write_bytes(b'{"model_type": "gpt2"}'), "R504"),
        (
            "config.json",
            lambda p: p.write_text(p.read_text().replace('"hidden_size": 32', '"hidden_size": 64')),
            "R506",
        ),
        ("tokenizer.json", lambda p: p.write_bytes(b"{"), "R501"),
        ("tokenizer.json", lambda p: p.write_bytes(b"\xff\xfe"), "R501"),
    ],
)
def test_a_damaged_checkpoint_is_refused(
    name: str, damage: Callable[[Path], object], code: str, finished: Path, tmp_path: Path
) -> None:
    model = Path(shutil.copytree(finished / "model", tmp_path / "model"))
    damage(model / name)
    with pytest.raises(ModelError) as caught:
        export(model, tmp_path / "exported", "x", "0")
    assert caught.value.code == code
    assert str(model) in str(caught.value)
    assert not (tmp_path / "exported").exists()


def test_a_target_that_cannot_be_written_is_an_error(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RelatomeError) as caught:
        export_run(finished, tmp_path / "file", None)
    assert caught.value.code == "R111"
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_of_other_things_is_not_written_into(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_text("mine")
    with pytest.raises(UsageError):
        export_run(finished, tmp_path, None)
    assert [path.name for path in tmp_path.iterdir()] == ["other.onnx"]


@pytest.mark.slow
def test_the_same_run_is_exported_to_the_same_files(
    tiny_checkpoint: Path, tiny_model: Path, tmp_path: Path
) -> None:
    export(tiny_checkpoint, tmp_path / "again", "tiny", "0.0.1")
    assert (tmp_path / "again" / "model.json").read_bytes() == (
        tiny_model / "model.json"
    ).read_bytes()
