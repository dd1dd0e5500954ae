"""The commands in ``benchmarks/`` are scripts: they find each other as modules of one folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SCRIPTS = TESTS.parent / "benchmarks"


@pytest.fixture(autouse=True)
def _as_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for script in SCRIPTS.glob("*.py"):
        # A folder of tests may have been loaded under the name of a script.
        loaded = getattr(sys.modules.get(script.stem), "__file__", None)
        if loaded is not None and Path(loaded).is_relative_to(TESTS):
            monkeypatch.delitem(sys.modules, script.stem)
