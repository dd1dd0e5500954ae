"""Documents are recognized under another id, with other punctuation, or as a part."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.corpora.overlap import RUN, Index, Library, Twin
from relatome.data import Document, Passage, Split

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


def test_all_that_are_the_same_are_found() -> None:
    index = Index([document("1", TITLE, ABSTRACT), document("2", ABSTRACT), document("3", TITLE)])
    found = index.find_all(document("2", TITLE, ABSTRACT))
    assert found == {1: Twin("2", "id"), 0: Twin("1", "text")}
    assert index.find_all(document("x", "Words of another text altogether, eight or more.")) == {}


def test_a_library_names_the_other_splits() -> None:
    one, two, three = (
        Split(f"c:{name}", "train", documents)
        for name, documents in (
            ("one", (document("1", TITLE, ABSTRACT), document("2", "Short one."))),
            ("two", (document("3", ABSTRACT), document("4", TITLE, ABSTRACT))),
            ("three", (document("1", "Something else."), document("5", "Short one!"))),
        )
    )
    library = Library([one, two, three])
    expected = [("1", "c:three", Twin("1", "id")), ("1", "c:two", Twin("3", "text")),
                ("2", "c:three", Twin("5", "text"))]  # fmt: skip
    assert [(d.id, other, twin) for d, other, twin in library.shared(one)] == expected
    # A split that was not taken in is compared all the same.
    again = Split("c:four", "train", tuple(document(d.id, d.text) for d in one.documents))
    assert [other for _, other, _ in library.shared(again)] == [
        "c:one",
        "c:three",
        "c:two",
        "c:one",
        "c:three",
    ]
