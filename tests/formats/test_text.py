"""Plain text: the offsets of a file exactly as it is."""

from __future__ import annotations

import pytest

from relatome.data.document import Document, Passage
from relatome.errors import InputError
from tests.formats.examples import DOCUMENTS, FULL, read_bytes, written


def _passages(text: str) -> list[tuple[str, int, str]]:
    (document,) = read_bytes(text.encode(), "folder/note.txt", format="text")
    assert document.id == "note"
    for passage in document.passages:
        # Offsets count the characters of the file itself.
        assert text[passage.offset : passage.end] == passage.text
    return [(passage.kind, passage.offset, passage.text) for passage in document.passages]


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("A title\n\nThe text.\n", [("title", 0, "A title"), ("abstract", 9, "The text.\n")]),
        (
            "A title\r\n \t\r\n\r\nThe\r\ntext.",
            [("title", 0, "A title"), ("abstract", 15, "The\r\ntext.")],
        ),
        (
            "🧬 β\n\n  עברית and 🧬\n\nmore",
            [("title", 0, "🧬 β"), ("abstract", 5, "  עברית and 🧬\n\nmore")],
        ),
        ("No title.\nSecond line.\n\nThird.", None),
        ("One line", None),
        ("One line\n\n", None),
        ("\n\nText after blank lines", None),
        ("a\rb", None),
    ],
)
def test_passages(text: str, passages: list[tuple[str, int, str]] | None) -> None:
    assert _passages(text) == (passages or [("text", 0, text)])


@pytest.mark.parametrize(
    ("name", "document_id"),
    [
        ("a/b.txt", "b"),
        ("b.TXT.gz", "b"),
        ("pmid.12", "pmid.12"),
        (".txt", ".txt"),
        ("standard input", "standard input"),
        ("", "text"),
    ],
)
def test_the_document_is_called_like_the_file(name: str, document_id: str) -> None:
    (document,) = read_bytes(b"some text", name, format="text")
    assert document.id == document_id


def test_one_long_line_is_read_quickly() -> None:
    text = "word " * 400_000
    assert _passages(text) == [("text", 0, text)]


def test_a_byte_order_mark_is_not_text() -> None:
    (document,) = read_bytes(b"\xef\xbb\xbfsome text", "x.txt")
    assert document.passages == (Passage("text", 0, "some text"),)


def test_bytes_that_are_not_utf8_are_named_by_line() -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(b"first\nsecond \xe9\n", "x.txt")
    assert (caught.value.code, caught.value.place.line) == ("R122", 2)


def test_writing_says_what_is_lost() -> None:
    content, report = written(DOCUMENTS[:1], "text")
    assert content.decode() == "\n\n".join(p.text for p in DOCUMENTS[0].passages)
    assert dict(report.lost) == {"document id": 1, "mention": 7, "relation": 2}
    _, report = written([FULL], "text")
    assert report.lost["passage boundary"] == 1
    _, report = written(DOCUMENTS[1:], "text")
    assert report.lost["passage kind"] == 1


def test_a_second_document_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        written(DOCUMENTS, "text")
    assert caught.value.code == "R141"
    assert caught.value.place.document == "12"


def test_title_and_abstract_come_back() -> None:
    document = Document("x", (Passage("title", 0, "A"), Passage("abstract", 3, "B\n\nC")))
    content, report = written([document], "text")
    assert dict(report.lost) == {"document id": 1}
    assert read_bytes(content, "x.txt") == [document]
