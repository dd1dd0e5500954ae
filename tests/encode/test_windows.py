"""Windows over long texts: nothing is left out, neighbours overlap, and reading is central."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.encode.windows import central_window, windows


@st.composite
def cuts(draw: st.DrawFn) -> tuple[int, int, int]:
    """A length, a window size, and an overlap smaller than the window."""
    size = draw(st.integers(1, 60))
    return draw(st.integers(1, 500)), size, draw(st.integers(0, size - 1))


@given(cuts())
def test_windows_cover_everything_and_overlap_as_asked(cut: tuple[int, int, int]) -> None:
    length, size, overlap = cut
    spans = windows(length, size, overlap)
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    assert all(0 < end - start <= size for start, end in spans)
    for (_, end), (start, _) in pairwise(spans):
        assert end - start >= overlap
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(spans))


@given(cuts())
def test_no_window_more_than_needed(cut: tuple[int, int, int]) -> None:
    length, size, overlap = cut
    count = len(windows(length, size, overlap))
    if count > 1:
        assert size + (count - 2) * (size - overlap) < length


@given(cuts())
def test_every_token_is_read_where_it_has_most_context(cut: tuple[int, int, int]) -> None:
    length, size, overlap = cut
    spans = windows(length, size, overlap)
    chosen = central_window(length, spans)
    assert chosen.shape == (length,)
    for token, window in enumerate(chosen):
        room = [
            min(token - start, end - 1 - token) if start <= token < end else -1
            for start, end in spans
        ]
        assert room[window] >= 0
        # Equal window sizes: nearest to the middle is most room on the narrower side.
        assert room[window] == max(room)


@pytest.mark.parametrize(
    ("length", "size", "overlap", "expected"),
    [
        (5, 10, 3, [(0, 5)]),
        (10, 10, 3, [(0, 10)]),
        (11, 10, 3, [(0, 10), (1, 11)]),
        (24, 10, 3, [(0, 10), (7, 17), (14, 24)]),
        (20, 10, 0, [(0, 10), (10, 20)]),
    ],
)
def test_examples(length: int, size: int, overlap: int, expected: list[tuple[int, int]]) -> None:
    assert windows(length, size, overlap) == expected


def test_one_window_reads_all() -> None:
    assert np.array_equal(central_window(7, [(0, 7)]), np.zeros(7))
