"""A recipe that is quick to carry out, and a code version that does not change meanwhile."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.own_corpus import write_focal_recipe

# The package offers the function by the name of its module.
run_module = importlib.import_module("relatome.training.run")


@pytest.fixture(autouse=True)
def _same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may commit between two runs of a test."""
    monkeypatch.setattr(run_module, "code_version", lambda: "the same")


@pytest.fixture
def recipe(tiny_encoder: Path, tmp_path: Path) -> str:
    """The path of a recipe on the tiny encoder, with the focal loss and a corpus of its own."""
    return str(write_focal_recipe(tmp_path, tiny_encoder))
