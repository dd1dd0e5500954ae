"""Plain text: one file is one document, without annotations.

A first line followed by a blank line is the title, and the rest the abstract; otherwise the whole
file is one passage of kind ``text``. Offsets count the characters of the file exactly as they
are, line breaks included; only a byte order mark is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from relatome.data.document import Document, Passage
from relatome.formats.records import Names, Record
from relatome.formats.report import Layout, WriteReport, lose_document_extras
from relatome.formats.source import MAX_DOCUMENT_BYTES, decoded, too_long

_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)+")
_ENDINGS = (".gz", ".txt", ".text")


def read(stream: BinaryIO, names: Names, name: str) -> Iterator[Record]:
    """Read a text file as one document, named after the file."""
    content = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(content) > MAX_DOCUMENT_BYTES:
        raise too_long()
    text = decoded(content, 1)
    yield Record(text_document(text, document_id(name)), 1)


def text_document(text: str, id: str = "text") -> Document:
    """A text as a document, its first line the title if a blank line follows."""
    return Document(id, _passages(text))


def document_id(name: str) -> str:
    """The file's name without its folder and the endings of a text file."""
    stem = PurePath(name).name
    for ending in _ENDINGS:
        if stem.lower().endswith(ending) and len(stem) > len(ending):
            stem = stem[: -len(ending)]
    return stem or "text"


def _passages(text: str) -> tuple[Passage, ...]:
    first, _, rest = text.partition("\n")
    blank = _BLANK_LINES.match(rest)
    if not first.strip() or blank is None or not rest[blank.end() :].strip():
        return (Passage("text", 0, text),)
    abstract = rest[blank.end() :]
    return (
        Passage("title", 0, first.removesuffix("\r")),
        Passage("abstract", len(text) - len(abstract), abstract),
    )


def _write(document: Document, report: WriteReport) -> bytes:
    text = "\n\n".join(passage.text for passage in document.passages)
    report.lose("document id", 1)
    report.lose("mention", len(document.mentions))
    report.lose("relation", len(document.relations))
    lose_document_extras(document, report)
    read_back = _passages(text)
    report.lose("passage boundary", max(0, len(document.passages) - len(read_back)))
    pairs = zip(document.passages, read_back, strict=False)
    report.lose("passage kind", sum(written.kind != read.kind for written, read in pairs))
    return text.encode()


LAYOUT = Layout(_write, single=True)
