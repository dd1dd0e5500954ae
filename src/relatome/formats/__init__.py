"""Files of documents: one module per format, one way in (`read`) and one way out (`write`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from relatome.data.document import Document
from relatome.data.schema import Schema
from relatome.errors import (
    BRAT_STREAM,
    FILE_EMPTY,
    FORMAT_UNKNOWN,
    FORMAT_UNRECOGNIZED,
    NOT_TEXT,
    ONE_DOCUMENT_ONLY,
    TEXT_ENCODING,
    InputError,
    Place,
    UsageError,
)
from relatome.formats import (
    bioc_json,
    bioc_xml,
    biorex,
    brat,
    jsonl,
    pubmed_xml,
    pubtator,
    sentence_xml,
    submissions,
    text,
    tsv,
)
from relatome.formats.detection import detect, encoding_of, format_of_name, no_text
from relatome.formats.problems import Problems
from relatome.formats.records import (
    Names,
    OnDeletion,
    OnError,
    Record,
    checked,
    report_problem,
    verified,
)
from relatome.formats.report import Layout, WriteReport
from relatome.formats.source import clipped, open_path, require_file, unpacked
from relatome.formats.target import replaced
from relatome.formats.text import text_document

__all__ = [
    "ANSWERS",
    "READABLE",
    "WRITABLE",
    "OnError",
    "Problems",
    "Record",
    "WriteReport",
    "detect",
    "format_of_name",
    "read",
    "read_records",
    "read_stream",
    "text_document",
    "write",
]

_Reader = Callable[[BinaryIO, Names, str], Iterator[Record]]


def _without_name(
    reader: Callable[[BinaryIO, Names], Iterator[Record]],
) -> _Reader:
    return lambda stream, names, name: reader(stream, names)


_PUBMED = "pubmed-xml"  # alone has deletions to tell of

# XML says its encoding itself, and its parser follows the mark.
_OF_ANY_ENCODING = ("bioc-xml", _PUBMED, "ddi-xml", "ppi-xml")

_READERS: dict[str, _Reader] = {
    "pubtator": _without_name(pubtator.read),
    "bioc-xml": _without_name(bioc_xml.read),
    "bioc-json": _without_name(bioc_json.read),
    _PUBMED: _without_name(pubmed_xml.read),
    "ddi-xml": _without_name(sentence_xml.read_ddi),
    "ppi-xml": _without_name(sentence_xml.read_ppi),
    "jsonl": _without_name(jsonl.read),
    "text": text.read,
    "biorex": _without_name(biorex.read),
}
_LAYOUTS: dict[str, Layout] = {
    "pubtator": pubtator.LAYOUT,
    "bioc-xml": bioc_xml.LAYOUT,
    "bioc-json": bioc_json.LAYOUT,
    "jsonl": jsonl.LAYOUT,
    "text": text.LAYOUT,
    "tsv": tsv.LAYOUT,
}

# BRAT keeps each document in files of its own, so it goes its own way in `read` and `write`.
_BRAT = "brat"

READABLE = (*_READERS, _BRAT)
WRITABLE = (*_LAYOUTS, _BRAT)

# Answers to shared tasks are written like any format, but read only beside the annotated documents.
ANSWERS = tuple(submissions.LAYOUTS)
_LAYOUTS |= submissions.LAYOUTS


def read(
    path: Path | str,
    *,
    format: str | None = None,
    schema: Schema | None = None,
    any_label: bool = False,
    on_error: OnError | None = None,
) -> Iterator[Document]:
    """Read the documents of a file, or of a folder of BRAT files, one after the other.

    Gzip is recognized by content. Every document is verified (`Document.check`, ids unique within
    the file) before it is handed over.

    Args:
        path: the file or folder.
        format: a name from `READABLE`; by default it is recognized by content.
        schema: if given, entity types become its canonical names and relation types must be its
            labels; by default both are kept as written.
        any_label: with a schema, keep relation labels as written all the same; for callers that
            put other relations in their place.
        on_error: called with each problem, located by file, line and document; that document is
            left out and reading goes on. By default the first problem is raised.

    Raises:
        UsageError: at once, if there is no such file, folder or format.
        InputError: while reading, unless `on_error` is given.
    """
    path = Path(path)
    _require(format, READABLE, "input")
    names = Names(schema, any_label=any_label)
    if format == _BRAT or (format is None and brat.is_brat(path)):
        brat.require_documents(path)
        return checked(brat.read(path, names), str(path), on_error)
    require_file(path)
    return _read_path(path, format, names, on_error)


def read_stream(
    stream: BinaryIO,
    name: str,
    *,
    format: str | None = None,
    schema: Schema | None = None,
    any_label: bool = False,
    on_error: OnError | None = None,
) -> Iterator[Document]:
    """`read`, from an open binary stream such as standard input.

    Args:
        stream: the bytes; it is not closed.
        name: what to call it in errors; plain text takes its document id from it.
        format: as for `read`.
        schema: as for `read`.
        any_label: as for `read`.
        on_error: as for `read`.

    Raises:
        UsageError: at once, if there is no such format or it cannot be read from a stream.
        InputError: while reading, unless `on_error` is given.
    """
    _require(format, READABLE, "input")
    if format == _BRAT:
        raise UsageError(BRAT_STREAM)
    names = Names(schema, any_label=any_label)
    return checked(_records(stream, name, format, names), name, on_error)


def read_records(
    stream: BinaryIO,
    name: str,
    *,
    schema: Schema | None = None,
    any_label: bool = False,
    on_deletion: OnDeletion | None = None,
) -> Iterator[Record]:
    """Everything a stream holds, in its order: documents, and the problems in the place of others.

    Unlike `read_stream` it raises nothing, and hands over every record of a document of which there
    are several.

    Args:
        stream: as for `read_stream`.
        name: as for `read_stream`.
        schema: as for `read`.
        any_label: as for `read`.
        on_deletion: called with each id that an update file of PubMed takes back.
    """
    names = Names(schema, any_label=any_label)
    return verified(_records(stream, name, None, names, on_deletion), name)


def write(
    documents: Iterable[Document],
    target: Path | str | BinaryIO,
    format: str,
    *,
    on_error: OnError | None = None,
) -> WriteReport:
    """Write documents, and report what the format cannot hold.

    A file appears under its name only when it is whole; a name ending in ``.gz`` is compressed.
    The format ``brat`` makes a folder.

    Args:
        documents: the documents, taken one after the other.
        target: a path, or an open binary stream (not closed).
        format: a name from `WRITABLE`, or from `ANSWERS` for the format of a shared task.
        on_error: called with each document that the format cannot hold at all, which is left out.
            By default the first is raised.

    Raises:
        UsageError: if there is no such format, or the folder to be made is there and not empty.
        InputError: if a document cannot be written, unless `on_error` is given.
        WorkError: if the file cannot be written.
    """
    _require(format, (*WRITABLE, *ANSWERS), "output")
    if format == _BRAT:
        if not isinstance(target, Path | str):
            raise UsageError(BRAT_STREAM)
        return brat.write(documents, Path(target), on_error)
    if isinstance(target, Path | str):
        with replaced(Path(target)) as stream:
            return _write(documents, stream, str(target), format, on_error)
    return _write(documents, target, None, format, on_error)


def _require(format: str | None, known: tuple[str, ...], direction: str) -> None:
    if format is not None and format not in known:
        raise UsageError(FORMAT_UNKNOWN, direction=direction, name=format, known=", ".join(known))


def _read_path(
    path: Path, format: str | None, names: Names, on_error: OnError | None
) -> Iterator[Document]:
    with open_path(path) as stream:
        records = _records(stream, str(path), format, names)
        yield from checked(records, str(path), on_error)


def _records(
    stream: BinaryIO,
    name: str,
    format: str | None,
    names: Names,
    on_deletion: OnDeletion | None = None,
) -> Iterator[Record]:
    head, content = unpacked(stream)
    if not head.strip():
        raise InputError(FILE_EMPTY)
    encoding = encoding_of(head)
    if encoding is not None:
        format = format or detect(head.decode(encoding, "ignore").encode(), name)
        if format not in _OF_ANY_ENCODING:
            raise InputError(TEXT_ENCODING, encoding=encoding)
    if (what := no_text(head)) is not None:
        raise InputError(NOT_TEXT, what=what)
    format = format or detect(head, name)
    if format is None:
        start = clipped(head.lstrip()[:200].decode(errors="replace"), 40)
        raise InputError(FORMAT_UNRECOGNIZED, start=start, known=", ".join(READABLE))
    if format == _PUBMED:
        yield from pubmed_xml.read(content, names, on_deletion)
    else:
        yield from _READERS[format](content, names, name)


def _write(
    documents: Iterable[Document],
    stream: BinaryIO,
    name: str | None,
    format: str,
    on_error: OnError | None,
) -> WriteReport:
    report = WriteReport(format)
    layout = _LAYOUTS[format]
    stream.write(layout.start)
    for document in documents:
        if layout.single and report.documents:
            raise InputError(ONE_DOCUMENT_ONLY, at=Place(name, None, clipped(document.id)))
        losses = WriteReport(format)
        try:
            content = layout.document(document, losses)
        except InputError as error:
            report_problem(error, Place(name), on_error)
            continue
        if report.documents:
            stream.write(layout.separator)
        stream.write(content)
        report.add(document, losses)
    stream.write(layout.end)
    return report
