"""Tags inserted into a text that is tokenized already."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from relatome.encode.context import Range
from relatome.encode.markers import Role
from relatome.encode.tokens import IntArray


class Mark(NamedTuple):
    """A mention to be marked.

    Attributes:
        span: its tokens in the document, ``[first, last)``.
        open: token ids of the tag that opens it.
        close: of the tag that closes it.
        roles: of its entity in the pair; both where both entities have the mention and the style
            marks them alike, so that it is marked once.
    """

    span: Range
    open: IntArray
    close: IntArray
    roles: tuple[Role, ...]

    @property
    def tags(self) -> int:
        """Tokens that both tags take."""
        return len(self.open) + len(self.close)


class Tagged(NamedTuple):
    """Text with tags. Positions are those of its tokens.

    Attributes:
        ids: token ids.
        starts: position of each mark's opening tag; of a tag of several tokens, the first.
        spans: positions ``[first, last)`` of each marked mention, its own tags not included.
        title_end: position after the last token of the title, 0 where there is none of it.
    """

    ids: IntArray
    starts: tuple[int, ...]
    spans: tuple[Range, ...]
    title_end: int


def insert_tags(
    ids: IntArray, pieces: Sequence[Range], marks: Sequence[Mark], title: int
) -> Tagged:
    """The pieces of a text, joined, with the tags of the marks in them.

    Where several tags stand between two tokens, what ends there is closed before anything is
    opened, the inner mention is closed first and the outer opened first. Of mentions of the same
    tokens, the one that comes first in `marks` is the outer.

    Args:
        ids: the document's tokens.
        pieces: ranges of them, in order.
        marks: the mentions, each with at least one token in the pieces.
        title: the document's tokens that are its title.
    """

    def place(token: int) -> int:
        """Tokens of the pieces before a token of the document."""
        return sum(max(0, min(token, last) - first) for first, last in pieces)

    spans = [(place(mark.span[0]), place(mark.span[1])) for mark in marks]
    tags = sorted(
        tag
        for rank, (begin, end) in enumerate(spans)
        for tag in ((end, False, -begin, -rank), (begin, True, -end, rank))
    )
    text = np.concatenate([ids[first:last] for first, last in pieces])
    joined: list[IntArray] = []
    starts = [0] * len(marks)
    done, inserted = 0, 0
    tag_places, tokens_inserted = [], [0]
    for index, opens, _, rank in tags:
        mark = marks[abs(rank)]
        tag = mark.open if opens else mark.close
        if opens:
            starts[rank] = index + inserted
        joined += (text[done:index], tag)
        done, inserted = index, inserted + len(tag)
        tag_places.append(index)
        tokens_inserted.append(inserted)
    joined.append(text[done:])

    def position(index: int) -> int:
        """Where a token of the text stands once the tags are in."""
        return index + tokens_inserted[bisect_right(tag_places, index)]

    titled = place(title)
    return Tagged(
        ids=np.concatenate(joined),
        starts=tuple(starts),
        spans=tuple((position(begin), position(end - 1) + 1) for begin, end in spans),
        title_end=position(titled - 1) + 1 if titled else 0,
    )
