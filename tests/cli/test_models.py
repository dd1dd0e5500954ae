"""``relatome models``: listing, cards, export."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome import pipeline
from tests.cli.conftest import Relatome


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
    monkeypatch.delitem(sys.modules, "relatome.training.export", raising=False)
    monkeypatch.setitem(sys.modules, "onnx", None)
    ran = relatome("models", "export", tmp_path, tmp_path / "out")
    assert ran.code == 1
    assert "[R701]" in ran.err
    assert "relatome[train]" in ran.err
