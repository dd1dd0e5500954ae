"""Writing and reading back: what a format holds survives, whatever else it goes through."""

from __future__ import annotations

import re
from itertools import permutations

import msgspec
import pytest
from hypothesis import given, settings

from relatome.data.document import Document, Passage
from tests.formats.examples import read_bytes, written
from tests.formats.strategies import files

_EVERYTHING = ("jsonl", "bioc-json", "bioc-xml")


def _through(documents: list[Document], format: str) -> list[Document]:
    content, _ = written(documents, format)
    return read_bytes(content, format=format)


@pytest.mark.parametrize("format", _EVERYTHING)
@given(files())
@settings(max_examples=80, deadline=None)
def test_formats_that_hold_everything(format: str, documents: list[Document]) -> None:
    content, report = written(documents, format)
    assert not report.lost
    assert read_bytes(content) == documents
    # The same documents give the same bytes.
    assert written(read_bytes(content), format)[0] == content


def _held_by_pubtator(document: Document) -> Document:
    """What PubTator keeps of a drawn document."""
    replace = msgspec.structs.replace
    text = re.sub(r"[\t\r\n]", " ", document.text)
    title = document.passages[0]
    passages = [Passage("title", 0, text[: title.end])]
    if len(document.passages) > 1:
        passages.append(Passage("abstract", title.end + 1, text[title.end + 1 :]))
    mentions = tuple(
        replace(m, id=f"M{i}", text=text[m.start : m.end], fragments=(), infons={}, fine_type="")
        for i, m in enumerate(document.mentions)
    )
    subjects: dict[frozenset[str], set[str | None]] = {}
    for r in document.relations:
        subjects.setdefault(frozenset((r.head, r.tail)), set()).add(r.subject)
    relations = tuple(
        replace(
            r,
            score=None,
            novel_score=None,
            evidence=(),
            infons={},
            subject=r.subject if len(subjects[frozenset((r.head, r.tail))]) == 1 else None,
        )
        for r in document.relations
    )
    return Document(document.id, tuple(passages), mentions, relations)


@given(files())
@settings(max_examples=150, deadline=None)
def test_pubtator_holds_text_mentions_and_relations(documents: list[Document]) -> None:
    held = [_held_by_pubtator(document) for document in documents]
    content, report = written(documents, "pubtator")
    assert read_bytes(content) == held
    if held == documents:
        assert not report.lost
    if not report.lost:
        assert held == documents


@pytest.mark.parametrize(("first", "second"), list(permutations(("pubtator", *_EVERYTHING), 2)))
@given(files())
@settings(max_examples=25, deadline=None)
def test_what_two_formats_hold_survives_both(
    first: str, second: str, documents: list[Document]
) -> None:
    expected = documents
    if "pubtator" in (first, second):
        expected = [_held_by_pubtator(document) for document in documents]
    assert _through(_through(documents, first), second) == expected


@given(files())
@settings(max_examples=50, deadline=None)
def test_the_table_has_a_line_for_each_relation(documents: list[Document]) -> None:
    content, _ = written(documents, "tsv")
    lines = content.decode().split("\n")
    assert len(lines) == 2 + sum(len(document.relations) for document in documents)
    assert {line.count("\t") for line in lines[:-1]} == {13}
