"""The text file of a BRAT document as passages."""

from __future__ import annotations

import re

from relatome.data.document import Passage

LINE_BREAK = re.compile(r"\r?\n")


def passages(text: str) -> tuple[Passage, ...]:
    """Every line that is not empty is a passage.

    Of two lines the first is the title and the second the abstract; of more, the first is the
    title if a blank line follows it.
    """
    found: list[Passage] = []
    start = 0
    ends = [match.span() for match in LINE_BREAK.finditer(text)] + [(len(text), len(text))]
    for end, following in ends:
        line = text[start:end]
        if line:
            found.append(Passage("text", start, line))
        start = following
    kinds = ["text"] * len(found)
    if len(found) == 2:
        kinds = ["title", "abstract"]
    elif len(found) > 2 and len(LINE_BREAK.findall(text[found[0].end : found[1].offset])) > 1:
        kinds[0] = "title"
    return tuple(Passage(k, p.offset, p.text) for k, p in zip(kinds, found, strict=True))
