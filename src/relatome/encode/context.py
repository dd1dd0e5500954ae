"""How much of a document the sequence of a pair holds: context rules by name.

A rule says how far the text may reach on either side of the pair's closest mentions; what of that
fits into the sequence is the same for all rules (`choose`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from relatome.encode.tokens import IntArray

Range = tuple[int, int]  # tokens [first, last)


class Marked(NamedTuple):
    """A mention to be marked: its tokens, and how many its two tags take."""

    span: Range
    tags: int


class ContextRule(Protocol):
    """How far the text of a pair may reach."""

    @property
    def whole(self) -> bool:
        """Whether a pair counts as shortened where not all of that fits."""

    @property
    def needs_sentences(self) -> bool:
        """Whether the rule looks at sentences."""

    def reach(self, nearest: Range, sentences: Sequence[Range], length: int) -> Range:
        """The widest range of tokens.

        Args:
            nearest: from the first to the last token of the closest two mentions.
            sentences: the document's sentences.
            length: its tokens.
        """


@dataclass(frozen=True)
class SentenceContext:
    """The sentences from one mention to the other, and `around` more on either side."""

    around: int
    whole: bool = True
    needs_sentences: bool = True

    def reach(self, nearest: Range, sentences: Sequence[Range], length: int) -> Range:
        """See `ContextRule.reach`."""
        starts = [first for first, _ in sentences]
        begin = max(0, bisect_right(starts, nearest[0]) - 1 - self.around)
        end = min(len(starts), max(1, bisect_right(starts, nearest[1] - 1)) + self.around) - 1
        # A mention may reach beyond a sentence where corpora give sentences and mentions apart.
        return min(sentences[begin][0], nearest[0]), max(sentences[end][1], nearest[1])


@dataclass(frozen=True)
class WindowContext:
    """As much of the document as fits."""

    whole: bool = False
    needs_sentences: bool = False

    def reach(self, nearest: Range, sentences: Sequence[Range], length: int) -> Range:
        """See `ContextRule.reach`."""
        return 0, length


CONTEXTS: dict[str, ContextRule] = {
    "sentence": SentenceContext(0),
    "sentences-1": SentenceContext(1),
    "sentences-2": SentenceContext(2),
    "window": WindowContext(),
}


@dataclass(frozen=True)
class Context:
    """The text of a pair.

    Attributes:
        pieces: token ranges of the document, in order; one, but where the pair is torn apart.
        marked: indices of the mentions that stand in it, to be marked.
        shortened: whether the rule's text did not fit.
    """

    pieces: tuple[Range, ...]
    marked: tuple[int, ...]
    shortened: bool


def choose(
    rule: ContextRule,
    mentions: Sequence[Marked],
    closest: tuple[int, int],
    sentences: Sequence[Range],
    length: int,
    budget: int,
) -> Context:
    """The text of a pair: what the rule gives, cut to the budget around the closest mentions.

    No edge cuts a mention of the pair: it moves inwards, past the mention. Only where the closest
    two mentions and what is between them do not fit, the text between them is cut out, and both
    keep their surroundings.

    Args:
        rule: how far the text may reach.
        mentions: all mentions of both entities, in text order.
        closest: indices of the head's and the tail's mention that stand closest.
        sentences: the document's sentences, where the rule needs them.
        length: tokens of the document.
        budget: most tokens of text and tags.
    """
    head, tail = (mentions[index].span for index in closest)
    nearest = min(head[0], tail[0]), max(head[1], tail[1])
    reach = _inward(rule.reach(nearest, sentences, length), nearest, mentions)
    if _cost(reach, mentions) <= budget:
        return Context((reach,), _inside(reach, mentions), shortened=False)
    if _cost(nearest, mentions) <= budget:
        fitting = _widest(nearest, reach, mentions, budget)
        return Context((fitting,), _inside(fitting, mentions), shortened=rule.whole)
    return _torn(mentions, closest, reach, budget)


def _inside(text: Range, mentions: Sequence[Marked]) -> tuple[int, ...]:
    first, last = text
    return tuple(
        index for index, (span, _) in enumerate(mentions) if first <= span[0] and span[1] <= last
    )


def _cost(text: Range, mentions: Sequence[Marked]) -> int:
    """Tokens of a stretch of text with the tags of the mentions in it."""
    first, last = text
    return (
        last - first + sum(tags for span, tags in mentions if first <= span[0] and span[1] <= last)
    )


def _inward(text: Range, nearest: Range, mentions: Sequence[Marked]) -> Range:
    """The range with edges moved inwards until none cuts a mention, `nearest` being kept."""
    first, last = text
    for (begin, end), _ in mentions:  # in text order: a later one may be cut by the edge moved
        if begin < first < end:
            first = end
    for (begin, end), _ in sorted(mentions, key=lambda mention: -mention.span[1]):
        if begin < last < end:
            last = begin
    return min(first, nearest[0]), max(last, nearest[1])


def _widest(nearest: Range, reach: Range, mentions: Sequence[Marked], budget: int) -> Range:
    """The widest range around `nearest` within `reach`, the same on both sides where it can be."""
    before, after = nearest[0] - reach[0], reach[1] - nearest[1]

    def widened(extra: int) -> Range:
        left = min(before, max(extra // 2, extra - after))
        return _inward((nearest[0] - left, nearest[1] + extra - left), nearest, mentions)

    extra = _largest(lambda extra: _cost(widened(extra), mentions) <= budget, before + after)
    return widened(extra)


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest number up to `most` that fits, given that 0 does and so do all smaller ones."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if fits(middle):
            least = middle
        else:
            most = middle - 1
    return least


def _torn(
    mentions: Sequence[Marked], closest: tuple[int, int], reach: Range, budget: int
) -> Context:
    """Both mentions with their surroundings, without what is between them.

    A mention that is too long by itself is kept through its first and last tokens.
    """
    spans = [mentions[index].span for index in closest]
    tags = sum(mentions[index].tags for index in set(closest))
    room = budget - tags
    needed = np.zeros(reach[1], dtype=np.bool_)
    for tokens in shortened(spans, room - room // 4):  # a quarter, at least, for surroundings
        needed[tokens] = True
    others = [index for index in _inside(reach, mentions) if index not in closest]

    def surrounded(size: int) -> tuple[npt.NDArray[np.bool_], list[int]]:
        kept = needed.copy()
        for first, last in spans:
            kept[max(reach[0], first - size) : first] = True
            kept[last : min(reach[1], last + size)] = True
        return _without_parts(kept, needed, mentions, others)

    def fits(size: int) -> bool:
        kept, whole = surrounded(size)
        return int(kept.sum()) + tags + sum(mentions[i].tags for i in whole) <= budget

    if not fits(0):  # mentions nested in these two, whose tags find no room
        others = []
    kept, whole = surrounded(_largest(fits, reach[1] - reach[0]))
    edges = np.flatnonzero(np.diff(kept, prepend=False, append=False)).reshape(-1, 2)
    return Context(
        pieces=tuple((int(first), int(last)) for first, last in edges),
        marked=tuple(sorted({*closest, *whole})),
        shortened=True,
    )


def shortened(mentions: Sequence[Range], room: int) -> list[IntArray]:
    """The tokens of two mentions, or the first and last ones of each that is too long.

    Args:
        mentions: the token ranges of both.
        room: most tokens of both together; one may take what the other leaves of its half.
    """
    lengths = [last - first for first, last in mentions]
    kept = []
    for (first, last), own, other in zip(mentions, lengths, reversed(lengths), strict=True):
        most = min(own, max(room // 2, room - other))
        middle = first + most - most // 2
        kept.append(np.concatenate((np.arange(first, middle), np.arange(last - most // 2, last))))
    return kept


def _without_parts(
    kept: npt.NDArray[np.bool_],
    needed: npt.NDArray[np.bool_],
    mentions: Sequence[Marked],
    others: Sequence[int],
) -> tuple[npt.NDArray[np.bool_], list[int]]:
    """What is kept without parts of other mentions, and those that are kept whole."""
    while True:
        whole = [i for i in others if kept[slice(*mentions[i].span)].all()]
        before = int(kept.sum())
        for index in set(others).difference(whole):
            span = slice(*mentions[index].span)
            kept[span] &= needed[span]
        if int(kept.sum()) == before:
            return kept, whole
