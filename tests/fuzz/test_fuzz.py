"""Damaged files of every format and corpus: documents or located errors, in bounds of time, memory.

A few hundred cases for the readers and a few dozen for the extractor with the other tests; ten
thousand more for each with the slow ones (``make fuzz``). The number of a case is its seed. To see
a failing case again: ``python -m tests.fuzz.worker CASE CASE+1 [CORPORA]``, or
``tests.fuzz.extractor`` in the place of ``tests.fuzz.worker``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.worker import MEGABYTES

Record = Callable[[str, object], None]

ROOT = Path(__file__).parents[2]
# Cases; those of the slow tests come after the quick ones.
_QUICK, _BATCHES, _BATCH = 400, 20, 500
_QUICK_EXTRACTED, _BATCHES_EXTRACTED, _BATCH_EXTRACTED = 60, 50, 200


def run(worker: str, first: int, last: int) -> dict[str, Any]:
    """Run the cases in a process of its own and return what it says of them."""
    named = os.environ.get("RELATOME_CORPORA")
    directory = Path(named) if named else ROOT.parent / "shared" / "corpora"
    corpora = [str(directory)] if directory.is_dir() else []
    done = subprocess.run(
        [sys.executable, "-m", f"tests.fuzz.{worker}", str(first), str(last), *corpora],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def check(result: dict[str, Any], record: Record, worker: str) -> None:
    """Every case ended well, and the process stayed small."""
    record(worker, {key: result[key] for key in ("cases", "documents", "problems", "slowest")})
    shown = [
        f"case {each['case']}: {each['source']}, {', '.join(each['damage'])}\n{each['error']}"
        for each in result["failures"]
    ]
    assert not shown, "\n".join(shown[:5])
    assert result["peak_megabytes"] < MEGABYTES * (1 if worker == "worker" else 2)
    # The damage is neither fatal to every document nor without effect.
    assert result["documents"] > result["cases"] / 5
    if worker == "worker":
        assert result["problems"] > result["cases"] / 5


@pytest.mark.parametrize("half", [0, 1])
def test_readers_a_few_hundred(half: int, record_property: Record) -> None:
    result = run("worker", half * _QUICK // 2, (half + 1) * _QUICK // 2)
    check(result, record_property, "worker")


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(_BATCHES))
def test_readers_ten_thousand(batch: int, record_property: Record) -> None:
    first = _QUICK + batch * _BATCH
    check(run("worker", first, first + _BATCH), record_property, "worker")


def test_the_extractor_a_few_dozen(record_property: Record) -> None:
    check(run("extractor", 0, _QUICK_EXTRACTED), record_property, "extractor")


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(_BATCHES_EXTRACTED))
def test_the_extractor_ten_thousand(batch: int, record_property: Record) -> None:
    first = _QUICK_EXTRACTED + batch * _BATCH_EXTRACTED
    check(run("extractor", first, first + _BATCH_EXTRACTED), record_property, "extractor")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize("content", [b"", b"a", b"1|t|Title\n1\t0\t5\tTitle\tGene\t1\n"])
def test_damage_is_the_same_every_time(mutation: Any, content: bytes) -> None:
    assert mutation(content, Random(1)) == mutation(content, Random(1))
