"""Where the sentences of a document are."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from relatome.data.document import Document, Passage, Span

SENTENCE = "sentence"  # the kind of passages that are one sentence each

# Characters looked at on either side of a possible border, for brackets and for words.
_NEAR = 200
_WORDS = 16


def sentences(document: Document) -> tuple[Span, ...]:
    """The sentences of a document, in text order, without the white space around them.

    Where the passages are of kind ``sentence``, as in corpora annotated sentence by sentence, they
    are the sentences. Other passages are split by sentencex, and what it cuts wrongly in
    biomedical prose is put together again by `_JOINED`. A border inside a mention is no border.
    No sentence crosses a passage.
    """
    if document.passages and all(passage.kind == SENTENCE for passage in document.passages):
        return tuple(
            Span(p.offset + p.text.index(text), p.offset + p.text.index(text) + len(text))
            for p in document.passages
            if (text := p.text.strip())
        )
    inside = {o for m in document.mentions for o in range(m.start + 1, m.end)}
    return tuple(span for passage in document.passages for span in _split(passage, inside))


def sentence_of(spans: Sequence[Span], inner: Span) -> int | None:
    """Index of the sentence that holds `inner` whole, or None if there is none.

    Args:
        spans: what `sentences` returned.
        inner: the outer bounds of a mention, say.
    """
    index = bisect_right(spans, inner.start, key=lambda span: span.start) - 1
    return index if index >= 0 and inner.end <= spans[index].end else None


def _split(passage: Passage, inside_mention: set[int]) -> Iterator[Span]:
    text = passage.text
    start: int | None = None
    for begin, end in _pieces(text):
        if start is None:
            start = begin
        following = _skip_space(text, end)
        if following < len(text) and (
            passage.offset + following in inside_mention
            or _belong_together(
                text[max(start, end - _NEAR) : end], text[following : following + _NEAR]
            )
        ):
            continue
        yield Span(passage.offset + start, passage.offset + end)
        start = None


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """What sentencex takes for sentences, without white space around them or empty ones."""
    from sentencex import get_sentence_boundaries

    for found in get_sentence_boundaries("en", text):
        piece = text[found["start_index"] : found["end_index"]]
        if piece.strip():
            begin = found["start_index"] + len(piece) - len(piece.lstrip())
            yield begin, begin + len(piece.strip())


def _skip_space(text: str, offset: int) -> int:
    while offset < len(text) and text[offset].isspace():
        offset += 1
    return offset


# ------------------------------------------------------------------- what is not a sentence border

_SMALL_WORD = r"[a-z]+(?![\w/-])"  # "p53" and "mRNA" may begin a sentence, "coli" does not

# A border is none where, in one of these pairs, the first pattern matches at the end of what
# stands before it and the second at the beginning of what stands after.
_JOINED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"(?:{before})\Z"), re.compile(after))
    for before, after in (
        # A word in small letters goes on: "E. coli", "Candida spp. and", "[3] showed".
        (r".", _SMALL_WORD),
        # Nothing but an end was left over: ")." or "3."
        (r".", r"[^A-Za-z]*\Z"),
        # A sign that nothing begins with: "[3]" and ".", "IL-2." and "-dependent"
        (r".", r"[.,;:!?)\]<>=≤≥]|[-–/±+×]\w"),
        # Abbreviations that always lead on to something
        (
            r"\b(?i:e\.g|i\.e|cf|vs|viz|approx|ca|figs?|eqs?|refs?|tabs?|dr|prof|subsp|ssp|var)\.",
            r"",
        ),
        # Abbreviations that may also end a sentence
        (
            r"\b(?i:al|nos?|spp?|str|vol|wt|conc|max|min|mol|resp|incl|etc)\.",
            rf"{_SMALL_WORD}|[0-9(\[]",
        ),
        # Routes and times: "5 mg/kg i.v. 2 h later"
        (r"\b(?i:i\.[vpmc]|s\.c|p\.o|i\.c\.v|[btq]\.i\.d|[ap]\.m)\.", rf"{_SMALL_WORD}|[0-9(\[]"),
        # Initials: "J. R. Smith"
        (r"\b[A-Z]\. ?[A-Z]\.", r"[A-Z][a-z]"),
        # Numbers torn apart: "P < 0. 05", "< . 05"
        (r"(?:\b0|[<>=≤≥] ?)\.", r"[0-9]"),
        # Numbers of a list: "1. Aspirin was given."
        (r"(?:^|[.:;] )\(?(?:[0-9]{1,2}|[ivx]{1,4}|[a-z])[.)]", r""),
    )
)


def _belong_together(before: str, after: str) -> bool:
    end = before[-_WORDS:]
    return any(b.match(after) and a.search(end) for a, b in _JOINED) or _bracketed(before, after)


def _bracketed(before: str, after: str) -> bool:
    """Whether a bracket is open at the border and closed soon: "(P = 0.05. n = 3)"."""
    if "(" not in before and "[" not in before:
        return False
    depth = 0
    for character in before:
        depth = max(0, depth + (character in "([") - (character in ")]"))
    if depth == 0:
        return False
    for character in after:
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return True
    return False
