"""The sentences of a document that an error is about, entities and evidence highlighted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from relatome.data import Document
from relatome.data.document import Span
from relatome.data.sentences import sentences
from relatome.report.markup import Markup, element, join, text

HEAD, TAIL, EVIDENCE = "head", "tail", "evidence"

_MOST_SENTENCES = 6
_GAP = " […] "


def excerpt(document: Document, marked: Mapping[str, Sequence[Span]]) -> Markup:
    """The sentences that hold something marked, the marks as elements of their own class.

    Of many sentences those with most kinds of marks are shown; where nothing is marked, the
    first. Marks may overlap. Spans that do not lie in the text, as those of a prediction on another
    text, are left out.

    Args:
        document: whose text it is.
        marked: spans by class: `HEAD`, `TAIL`, `EVIDENCE`.
    """
    length = len(document.text)
    inside = {
        name: [span for span in spans if 0 <= span.start < span.end <= length]
        for name, spans in marked.items()
    }
    whole = sentences(document) or (Span(0, length),)
    chosen = sorted(_chosen(whole, inside))
    parts: list[str] = []
    for place, index in enumerate(chosen):
        before = chosen[place - 1] if place else -1
        if index != before + 1:
            parts.append(_GAP.lstrip() if place == 0 else _GAP)
        elif place:
            parts.append(document.text[whole[before].end : whole[index].start] or " ")
        parts.append(_highlighted(document.text, whole[index], inside))
    if chosen and chosen[-1] != len(whole) - 1:
        parts.append(_GAP.rstrip())
    return element("p", element("bdi", *parts), class_="excerpt")


def _chosen(whole: Sequence[Span], marked: Mapping[str, Sequence[Span]]) -> list[int]:
    def kinds(sentence: Span) -> int:
        weights = {HEAD: 1, TAIL: 1, EVIDENCE: 3}
        return sum(
            weights[name]
            for name, spans in marked.items()
            if any(_meet(s, sentence) for s in spans)
        )

    ranked = sorted(range(len(whole)), key=lambda index: (-kinds(whole[index]), index))
    held = [index for index in ranked if kinds(whole[index])]
    return (held or [0])[:_MOST_SENTENCES]


def _highlighted(content: str, sentence: Span, marked: Mapping[str, Sequence[Span]]) -> Markup:
    borders = {sentence.start, sentence.end}
    for spans in marked.values():
        for span in spans:
            borders |= {
                min(max(end, sentence.start), sentence.end) for end in (span.start, span.end)
            }
    cuts = sorted(borders)
    parts = []
    for start, end in pairwise(cuts):
        piece = Span(start, end)
        names = [name for name, spans in marked.items() if any(_meet(s, piece) for s in spans)]
        plain = text(content[start:end])
        entity = [name for name in names if name != EVIDENCE]
        if entity:
            parts.append(element("mark", plain, class_=" ".join(names), title=" and ".join(entity)))
        elif names:
            parts.append(element("span", plain, class_=EVIDENCE))
        else:
            parts.append(plain)
    return join(*parts)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def spans_of(document: Document, mentions: Iterable[int]) -> list[Span]:
    """The characters of some mentions; of a discontinuous one its pieces."""
    return [
        span
        for index in mentions
        for span in (document.mentions[index].fragments or (document.mentions[index].span,))
    ]
