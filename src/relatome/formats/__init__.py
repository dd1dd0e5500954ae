"""Files of documents: one module per format, one way in (`read`) and one way out (`write`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from relatome.data.document import Document
from relatome.data.schema import Schema
from relatome.errors import (
    FILE_EMPTY,
    FORMAT_UNKNOWN,
    InputError,
    UsageError,
)
from relatome.formats import pubtator
from relatome.formats.records import Names, OnError, Record, checked
from relatome.formats.source import open_path, unpacked

__all__ = ["OnError", "read", "read_stream"]

_READERS: dict[str, Callable[[BinaryIO, Names], Iterator[Record]]] = {"pubtator": pubtator.read}


def read(
    path: Path | str,
    *,
    format: str | None = None,
    schema: Schema | None = None,
    on_error: OnError | None = None,
) -> Iterator[Document]:
    """Read the documents of a file, one after the other.

    Gzip is recognized by content. Every document is verified (`Document.check`, ids unique within
    the file) before it is handed over.

    Args:
        path: the file.
        format: a name from `READABLE`; by default it is recognized by content.
        schema: if given, entity types become its canonical names and relation types must be its
            labels; by default both are kept as written.
        on_error: called with each problem, located by file, line and document; that document is
            left out and reading goes on. By default the first problem is raised.

    Raises:
        UsageError: at once, if there is no such file or format.
        InputError: while reading, unless `on_error` is given.
    """
    reader = None if format is None else _reader(format)
    path = Path(path)
    stream = open_path(path)
    return _closing(stream, _documents(stream, str(path), reader, schema, on_error))


def read_stream(
    stream: BinaryIO,
    name: str,
    *,
    format: str | None = None,
    schema: Schema | None = None,
    on_error: OnError | None = None,
) -> Iterator[Document]:
    """`read`, from an open binary stream such as standard input.

    Args:
        stream: the bytes; it is not closed.
        name: what to call it in errors.
        format: as for `read`.
        schema: as for `read`.
        on_error: as for `read`.
    """
    reader = None if format is None else _reader(format)
    return _documents(stream, name, reader, schema, on_error)


def _reader(format: str) -> Callable[[BinaryIO, Names], Iterator[Record]]:
    try:
        return _READERS[format]
    except KeyError:
        known = ", ".join(_READERS)
        raise UsageError(FORMAT_UNKNOWN, direction="input", name=format, known=known) from None


def _documents(
    stream: BinaryIO,
    name: str,
    reader: Callable[[BinaryIO, Names], Iterator[Record]] | None,
    schema: Schema | None,
    on_error: OnError | None,
) -> Iterator[Document]:
    def records() -> Iterator[Record]:
        head, content = unpacked(stream)
        if not head.strip():
            raise InputError(FILE_EMPTY)
        yield from (reader or pubtator.read)(content, Names(schema))

    return checked(records(), name, on_error)


def _closing(stream: BinaryIO, documents: Iterator[Document]) -> Iterator[Document]:
    with closing(stream):
        yield from documents
