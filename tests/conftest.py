"""Fixtures that every test folder may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Models in tests are tiny: more threads would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def corpora_dir() -> Path:
    """The directory of published corpora; tests that need it are skipped where there is none."""
    named = os.environ.get("RELATOME_CORPORA")
    found = Path(named) if named else Path(__file__).parents[2] / "shared" / "corpora"
    if not found.is_dir():
        pytest.skip(f"no corpora at {found}; set RELATOME_CORPORA to a directory that has them")
    return found


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers as `save_pretrained` writes one; its weights are always the same."""
    pytest.importorskip("torch")
    from tests.tiny import save_encoder

    return save_encoder(tmp_path_factory.mktemp("encoder") / "tiny-bert")
