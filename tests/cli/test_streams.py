"""Standard output that takes no more: a reader that has gone, a full disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from relatome.formats import write
from tests.tiny import learnable

COMMAND = [sys.executable, "-m", "relatome"]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More documents than a pipe holds."""
    path = tmp_path / "many.jsonl"
    write(learnable(2000), path, "jsonl")
    assert path.stat().st_size > 2**17
    return path


def test_a_reader_that_has_gone_is_no_error(many: Path) -> None:
    command = [*COMMAND, "convert", str(many), "-", "--to", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("short", [True, False])
def test_a_full_disk_is_said(short: bool, many: Path) -> None:
    asked = ["recipes"] if short else ["convert", str(many), "-", "--to", "jsonl"]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*COMMAND, *asked], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: [R119] standard output cannot be written: No space left")
    assert len(ran.stderr.splitlines()) == 1
