"""A long document as several short ones, and what is found in these put together again.

Relations are stated within a few sentences. Pairs of entities grow with the square of a text, so a
long one is read in parts: time and memory then grow with its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import msgspec

from relatome.data.document import Document, Passage, Relation, Span
from relatome.data.sentences import sentences


class Part(NamedTuple):
    """A part of a document, by itself: its text begins at 0.

    Attributes:
        offset: where it begins in the whole.
        document: the part, with the mentions and identifiers of the whole.
    """

    offset: int
    document: Document


def parts(document: Document, most: int) -> list[Part]:
    """The parts of a document, in order; the document alone if it is short enough.

    They end where passages and sentences do, if these are short enough themselves, and never inside
    a mention.

    Args:
        document: the whole.
        most: characters of a part.
    """
    length = len(document.text)
    if length <= most:
        return [Part(0, document)]
    inside = {o for m in document.mentions for o in range(m.start + 1, m.end)}
    borders = {p.offset for p in document.passages} | {s.start for s in sentences(document)}
    cuts = [0]
    best = 0  # the last border that the part begun at cuts[-1] can end at
    for border in (*sorted(borders - inside - {0}), length):
        while border - cuts[-1] > most:
            if best == cuts[-1]:
                best = _within(document.text, cuts[-1] + most, inside, cuts[-1])
            cuts.append(best)
        best = border
    edges = (*cuts, length)
    mentions = sorted(document.mentions, key=lambda m: m.start)
    found, first = [], 0
    for start, end in pairwise(edges):
        last = first
        while last < len(mentions) and mentions[last].start < end:
            last += 1
        moved = tuple(
            msgspec.structs.replace(
                mention,
                start=mention.start - start,
                end=mention.end - start,
                fragments=tuple(Span(f.start - start, f.end - start) for f in mention.fragments),
            )
            for mention in mentions[first:last]
        )
        passages = tuple(_cut(document.passages, start, end))
        whole = msgspec.structs.replace(document, passages=passages, mentions=moved, relations=())
        found.append(Part(start, whole))
        first = last
    return found


def _within(text: str, limit: int, inside: set[int], least: int) -> int:
    """Where to cut a sentence that is too long: behind a space before `limit`, if there is one.

    A mention that fills all of it is not cut; the part is longer then.
    """
    cut = text.rfind(" ", least + 1, limit) + 1 or limit
    while cut in inside:
        cut += 1
    return cut


def _cut(passages: Iterable[Passage], start: int, end: int) -> Iterator[Passage]:
    """What stands of the passages between two offsets, moved to begin at 0."""
    for passage in passages:
        first, last = max(start, passage.offset), min(end, passage.end)
        if first < last:
            text = passage.text[first - passage.offset : last - passage.offset]
            yield msgspec.structs.replace(passage, offset=first - start, text=text)


def put_together(
    found: Iterable[tuple[int, tuple[Relation, ...]]], *, several: bool
) -> tuple[Relation, ...]:
    """The relations of all parts as relations of the whole, most probable first.

    What is found in several parts is kept as the part says it that is surest.

    Args:
        found: the offset of each part, and its relations.
        several: whether a pair may have several types; else it has the surest one.
    """
    best: dict[tuple[frozenset[str], str], Relation] = {}
    for offset, relations in found:
        for relation in relations:
            evidence = tuple(Span(s.start + offset, s.end + offset) for s in relation.evidence)
            moved = msgspec.structs.replace(relation, evidence=evidence)
            key = (frozenset((moved.head, moved.tail)), moved.type if several else "")
            if key not in best or (best[key].score or 0.0) < (moved.score or 0.0):
                best[key] = moved
    return tuple(sorted(best.values(), key=lambda relation: -(relation.score or 0.0)))
