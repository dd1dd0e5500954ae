"""Documents are recognized under another id, with other punctuation, or as a part."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.corpora.overlap import RUN, Index, Twin
from relatome.data import Document, Passage

TITLE = "Oat fibre feeds bifidobacteria in adults"
ABSTRACT = (
    "In a trial of forty adults (twenty women), we gave oat fibre for six weeks. Counts of "
    "Bifidobacterium doubled, while Clostridium perfringens fell to half of what it had been. "
    "Nobody complained of bloating, and weight was the same in both arms of the trial."
)


def document(id: str, *texts: str, **infons: str) -> Document:
    passages, offset = [], 0
    for text in texts:
        passages.append(Passage("text", offset, text))
        offset += len(text) + 1
    return Document(id, tuple(passages), infons=infons)


INDEX = Index(
    [
        document("1", TITLE, ABSTRACT),
        document("2", "Walnuts against Blautia", "Eating walnuts every day lowered Blautia."),
        document("3", "Short one."),
        document("44441001", "A sentence.", pmid="4444"),
    ]
)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (document("1", "Something else."), Twin("1", "id")),
        (document("4444", "Something else."), Twin("44441001", "id")),
        (document("44441002", "Something else.", pmid="4444"), Twin("44441001", "id")),
        (document("x", TITLE, ABSTRACT), Twin("1", "text")),
        (document("x", ABSTRACT), Twin("1", "text")),
        (document("x", f"{TITLE} . {ABSTRACT}".replace("(", "( ").upper()), Twin("1", "text")),
        (document("x", ABSTRACT.split(". ")[1]), Twin("1", "text")),
        (document("x", TITLE + " " + ABSTRACT, "And much more. " * 40), Twin("1", "text")),
        (document("x", "short  ONE"), Twin("3", "text")),
        (document("x", "Short one. And a longer sentence follows it here."), None),
        (document("x", "We gave oat fibre to mice for a very different reason altogether."), None),
        (
            document("x", "In a trial of forty adults we gave wheat bread, and nobody minded it."),
            None,
        ),
        (document("x", ""), None),
        (document("x", "-- ... --"), None),
    ],
)
def test_find(other: Document, expected: Twin | None) -> None:
    assert INDEX.find(other) == expected


def test_nothing_is_in_nothing() -> None:
    assert Index([]).find(document("1", TITLE, ABSTRACT)) is None
    assert Index([document("1", "")]).find(document("2", "")) is None


@given(
    st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=6), min_size=1, max_size=60),
    st.data(),
)
def test_a_stretch_of_a_text_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    part = words[start:end]
    found = Index([document("whole", " ".join(words))]).find(document("part", ", ".join(part)))
    assert (found is not None) == (len(part) >= RUN or part == words)
    back = Index([document("part", ", ".join(part))]).find(document("whole", " ".join(words)))
    assert (back is not None) == (found is not None)
