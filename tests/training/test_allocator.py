"""Freed memory stays with the process, where the C library can be told so."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import re, sys
import numpy as np
from relatome.training.allocator import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()
array = np.ones(25_000_000)
del array
print(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read()).group(1))
"""


def resident(how: str) -> int:
    """Megabytes a process holds after it freed an array of 200."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True
    )
    return int(done.stdout) // 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep memory")
def test_memory_is_kept() -> None:
    pytest.importorskip("torch")
    assert resident("keep") > resident("give back") + 150
