"""Keeping memory that was freed, for the next step needs as much again."""

from __future__ import annotations

import ctypes
import sys

# Parameters of glibc's mallopt (malloc.h).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_MOST = 2**31 - 1
_AT_ONCE = 2**28


def keep_freed_memory() -> None:
    """Have the C library keep freed memory instead of giving it back to the system.

    By default it does so after every large tensor, and each step begins with touching fresh pages:
    up to a quarter of a training step on a processor. The process then holds what it needed at
    most. Nothing happens where the C library is another.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, _MOST)
        mallopt(_TOP_PAD, _AT_ONCE)
