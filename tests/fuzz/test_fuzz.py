"""Damaged files of every format and corpus: documents or located errors, in bounds of time, memory.

A few hundred cases with the other tests; ten thousand more with the slow ones (``make fuzz``).
To see a failing case again: ``python -m tests.fuzz.worker CASE CASE+1 [CORPORA]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.worker import MEGABYTES

ROOT = Path(__file__).parents[2]
_QUICK, _BATCHES, _BATCH = 400, 20, 500  # cases; those of the slow test come after the quick ones


def run(first: int, last: int) -> dict[str, Any]:
    """Read the cases in a process of its own and return what it says of them."""
    named = os.environ.get("RELATOME_CORPORA")
    directory = Path(named) if named else ROOT.parent / "shared" / "corpora"
    corpora = [str(directory)] if directory.is_dir() else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.worker", str(first), str(last), *corpora],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def check(result: dict[str, Any]) -> None:
    """Every case ended well, and the process stayed small."""
    shown = [
        f"case {each['case']}: {each['source']}, {', '.join(each['damage'])}\n{each['error']}"
        for each in result["failures"]
    ]
    assert not shown, "\n".join(shown[:5])
    assert result["peak_megabytes"] < MEGABYTES
    # The damage is neither fatal to every document nor without effect.
    assert result["documents"] > result["cases"] / 5
    assert result["problems"] > result["cases"] / 5


@pytest.mark.parametrize("half", [0, 1])
def test_a_few_hundred(half: int) -> None:
    check(run(half * _QUICK // 2, (half + 1) * _QUICK // 2))


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(_BATCHES))
def test_ten_thousand(batch: int) -> None:
    first = _QUICK + batch * _BATCH
    check(run(first, first + _BATCH))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize("content", [b"", b"a", b"1|t|Title\n1\t0\t5\tTitle\tGene\t1\n"])
def test_damage_is_the_same_every_time(mutation: Any, content: bytes) -> None:
    assert mutation(content, Random(1)) == mutation(content, Random(1))
