"""Overlapping windows over a token sequence that is longer than the encoder can read."""

from __future__ import annotations

import numpy as np

from relatome.encode.tokens import IntArray


def windows(length: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """Cover ``[0, length)`` by windows of at most `size` tokens.

    Neighbours share at least `overlap` tokens, and all windows have nearly the same size, so the
    last one is not a stub.

    Args:
        length: number of tokens.
        size: most tokens of a window, special tokens not counted.
        overlap: least number of shared tokens, smaller than `size`.
    """
    if length <= size:
        return [(0, length)]
    count = -(-(length - overlap) // (size - overlap))
    starts = np.linspace(0, length - size, count).round().astype(int)
    return [(int(start), int(start) + size) for start in starts]


def central_window(length: int, spans: list[tuple[int, int]]) -> IntArray:
    """The window in which each token stands nearest to the middle, shape ``(length,)``.

    A token in an overlap is read where it has most context on both sides.
    """
    if len(spans) == 1:
        return np.zeros(length, dtype=np.int64)
    centres = np.asarray([(start + end - 1) / 2 for start, end in spans])
    borders = (centres[1:] + centres[:-1]) / 2
    return np.searchsorted(borders, np.arange(length), side="left").astype(np.int64)
