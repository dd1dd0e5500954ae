"""Definitions of abbreviations: ``matrix metalloproteinase 2 (MMP-2)`` and ``MMP-2 (matrix …)``.

The algorithm of Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text", Pacific Symposium on Biocomputing 2003: every letter and digit of the short form
is looked for in the long form from its end to its beginning, and the first must begin a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from relatome.data import Span

_LONGEST_SHORT_FORM = 10  # characters, as in the paper
_MOST_WORDS_OF_SHORT_FORM = 2

# Long forms end up at a few hundred characters even where words are long (names of chemicals).
# What is looked at per bracket is bounded by this, so that time is linear in the text.
_LONGEST_LONG_FORM = 300

_BRACKETS = re.compile(r"[()\[\]]")
_CLOSING = {"(": ")", "[": "]"}
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z])")
_AFTER_SHORT_FORM = re.compile(r"[,;:]\s|\s(?:or|and)\s|\s*=")
_LAST_NAME = re.compile(r"[^\W_]+(?=[\W_]*\Z)")
_LAST_WORD = re.compile(r"(\S+)\s*\Z")


class Definition(NamedTuple):
    """One definition: where the short form and the long form stand in the text."""

    short: Span
    long: Span


def definitions(text: str) -> list[Definition]:
    """The definitions of abbreviations in `text`, in text order.

    Brackets are round or square. Takes time linear in the length of the text.

    Example:
        >>> text = "Matrix metalloproteinase 2 (MMP-2) degrades collagen."
        >>> [(text[s.start:s.end], text[l.start:l.end]) for s, l in definitions(text)]
        [('MMP-2', 'Matrix metalloproteinase 2')]
    """
    found = []
    for start, end in _bracketed(text):
        if end - start > _LONGEST_LONG_FORM:
            continue
        definition = _short_in_brackets(text, start, end) or _long_in_brackets(text, start, end)
        if definition is not None:
            found.append(definition)
    return found


def abbreviates(short: str, long: str) -> bool:
    """Whether a name can be the abbreviation of another, though no text says so.

    As in a definition, and the last word must have a part in it: EGF is no epidermal growth factor
    receptor, EGFR is.
    """
    last_word = _LAST_NAME.search(long)
    return (
        len(long) > len(short)
        and last_word is not None
        and short[-1].lower() in last_word[0].lower()
        and _beginning(short, long) == 0
    )


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """What stands between matching brackets, inner ones first, without white space around it."""
    opened: list[tuple[str, int]] = []
    for bracket in _BRACKETS.finditer(text):
        if bracket[0] in _CLOSING:
            opened.append((bracket[0], bracket.end()))
        elif opened and _CLOSING[opened[-1][0]] == bracket[0]:
            start, end = opened.pop()[1], bracket.start()
            if start < end:
                yield start, end


def _short_in_brackets(text: str, start: int, end: int) -> Definition | None:
    """``long form (short form)``; what follows a comma or semicolon in the brackets is left out."""
    cut = _AFTER_SHORT_FORM.search(text, start, min(end, start + 2 * _LONGEST_SHORT_FORM))
    short = _stripped(text, start, end if cut is None else cut.start())
    name = text[short.start : short.end]
    if not _may_be_short(name):
        return None
    first = max(0, start - 1 - _LONGEST_LONG_FORM)
    before = text[first : start - 1].rstrip()
    most = _most_words(name)
    words = before.rsplit(None, most)
    begin = len(words[0]) if len(words) > most else 0
    for sentence in _SENTENCE_END.finditer(before, begin):
        begin = sentence.end()
    return _defined(text, short, _stripped(text, first + begin, first + len(before)))


def _long_in_brackets(text: str, start: int, end: int) -> Definition | None:
    """``short form (long form)``."""
    long = _stripped(text, start, end)
    words = len(text[long.start : long.end].split())
    before = text[max(0, start - 1 - _LONGEST_SHORT_FORM - 2) : start - 1]
    match = _LAST_WORD.search(before)
    if match is None or words < 2:
        return None
    base = start - 1 - len(before)
    short = Span(base + match.start(1), base + match.end(1))
    name = text[short.start : short.end]
    if not _may_be_short(name) or words > _most_words(name) or name.islower():
        return None
    if short.start and not text[short.start - 1].isspace():
        return None  # the window cut a long word
    found = _defined(text, short, long)
    return found if found is not None and found.long.start == long.start else None


def _may_be_short(name: str) -> bool:
    return (
        2 <= len(name) <= _LONGEST_SHORT_FORM
        and len(name.split()) <= _MOST_WORDS_OF_SHORT_FORM
        and name[0].isalnum()
        and any(c.isalpha() for c in name)
    )


def _most_words(short: str) -> int:
    """How many words a long form may have: at most five more, or twice as many, as letters."""
    letters = sum(c.isalnum() for c in short)
    return min(letters + 5, letters * 2)


def _defined(text: str, short: Span, candidate: Span) -> Definition | None:
    """The definition, if the candidate ends in a long form of the short form."""
    name = text[short.start : short.end]
    words = text[candidate.start : candidate.end]
    begin = _beginning(name, words)
    if begin is None:
        return None
    long = words[begin:]
    opened = len(long) - len(long.lstrip("(["))
    begin, long = begin + opened, long[opened:]
    if len(long) <= len(name) or name.lower() in long.lower().split() or not _balanced(long):
        return None
    return Definition(short, Span(candidate.start + begin, candidate.end))


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count("[") == text.count("]")


def _beginning(short: str, words: str) -> int | None:
    """Where the shortest long form begins that `words` end with (figure 1 of the paper)."""
    lowered = words.lower()
    if len(lowered) != len(words):  # some letters become two, and positions would differ
        lowered = words
    position = len(words)
    for letter in reversed(short[1:].lower()):
        if letter.isalnum():
            position = lowered.rfind(letter, 0, position)
            if position < 0:
                return None
    while True:
        position = lowered.rfind(short[0].lower(), 0, position)
        if position < 0:
            return None
        if position == 0 or not words[position - 1].isalnum():
            break
    # Back to the beginning of the word, and what is written with it: "5-hydroxytryptamine".
    before = words[:position]
    if before and not before[-1].isspace():
        position -= len(before.rsplit(None, 1)[-1])
    return position


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
