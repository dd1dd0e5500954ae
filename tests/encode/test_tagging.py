"""Tags between tokens: their order is the same however mentions nest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.encode.tagging import Mark, Tagged, insert_tags

# Tags of head and tail; two of them are two tokens.
NAMES = {-1: "(", -2: ")", -3: "[", -4: "]", -5: "<", -6: "."}
HEAD, TAIL, WIDE = ([-1], [-2]), ([-3], [-4]), ([-5, -6], [-6, -5])


def mark(first: int, last: int, tags: tuple[list[int], list[int]] = HEAD) -> Mark:
    return Mark((first, last), np.asarray(tags[0]), np.asarray(tags[1]), ("head",))


def show(ids: np.ndarray) -> str:
    return "".join(NAMES.get(i, chr(ord("a") + i)) if i < 26 else "?" for i in ids.tolist())


def tagged(*marks: Mark, pieces: tuple[tuple[int, int], ...] = ((0, 8),), title: int = 0) -> Tagged:
    return insert_tags(np.arange(8), pieces, marks, title)


@pytest.mark.parametrize(
    ("head", "tail", "expected"),
    [
        ((0, 1), (2, 4), "(a)b[cd]efgh"),
        ((1, 6), (2, 4), "a(b[cd]ef)gh"),  # nested
        ((2, 4), (1, 6), "a[b(cd)ef]gh"),
        ((1, 4), (1, 2), "a([b]cd)efgh"),  # begin together: the outer opens first
        ((1, 2), (1, 4), "a[(b)cd]efgh"),
        ((1, 4), (3, 4), "a(bc[d])efgh"),  # end together: the inner closes first
        ((3, 4), (1, 4), "a[bc(d)]efgh"),
        ((1, 4), (1, 4), "a([bcd])efgh"),  # the same: the head outside
        ((1, 4), (2, 6), "a(b[cd)ef]gh"),  # overlapping
        ((0, 4), (4, 8), "(abcd)[efgh]"),  # touching: closed before the next opens
        ((4, 8), (0, 4), "[abcd](efgh)"),
    ],
)
def test_order(head: tuple[int, int], tail: tuple[int, int], expected: str) -> None:
    assert show(tagged(mark(*head), mark(*tail, TAIL)).ids) == expected


def test_positions() -> None:
    made = tagged(mark(1, 6), mark(1, 3, WIDE), mark(6, 7, TAIL), title=3)
    assert show(made.ids) == "a(<.bc.<def)[g]h"
    assert made.starts == (1, 2, 12)
    assert made.spans == ((4, 11), (4, 6), (13, 14))
    assert made.title_end == 6  # after c


def test_pieces_are_joined() -> None:
    made = tagged(mark(1, 2), mark(5, 7, TAIL), pieces=((0, 3), (5, 8)), title=6)
    assert show(made.ids) == "a(b)c[fg]h"
    assert made.spans == ((2, 3), (6, 8))
    assert made.title_end == 7


def test_a_title_outside_the_text() -> None:
    assert tagged(mark(4, 5), pieces=((3, 8),), title=3).title_end == 0


@st.composite
def marks(draw: st.DrawFn) -> list[Mark]:
    made = []
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, 7))
        last = draw(st.integers(first + 1, 8))
        made.append(mark(first, last, draw(st.sampled_from((HEAD, TAIL, WIDE)))))
    return made


@given(marks())
def test_spans_hold_their_tokens_and_tags_stand_around_them(given_marks: list[Mark]) -> None:
    made = tagged(*given_marks)
    ids = made.ids.tolist()
    assert [i for i in ids if i >= 0] == list(range(8))
    assert len(ids) == 8 + sum(m.tags for m in given_marks)
    for m, start, (first, last) in zip(given_marks, made.starts, made.spans, strict=True):
        assert [i for i in ids[first:last] if i >= 0] == list(range(*m.span))
        assert ids[first] >= 0
        assert ids[last - 1] >= 0
        assert ids[start : start + len(m.open)] == m.open.tolist()
        assert all(i < 0 for i in ids[start:first])
