"""Fixtures that every test folder may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora_dir() -> Path:
    """The directory of published corpora; tests that need it are skipped where there is none."""
    named = os.environ.get("RELATOME_CORPORA")
    found = Path(named) if named else Path(__file__).parents[2] / "shared" / "corpora"
    if not found.is_dir():
        pytest.skip(f"no corpora at {found}; set RELATOME_CORPORA to a directory that has them")
    return found
