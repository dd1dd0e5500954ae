"""BioC JSON: BioRED's and PubTator3's files, read document by document.

The top level is a collection (``{"documents": [...]}``, PubTator3's ``{"PubTator3": [...]}``),
a bare list of documents, or a single document. Only one document is in memory at a time, at most
`MAX_DOCUMENT_BYTES` of JSON.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

import msgspec

from relatome.data.document import Document
from relatome.errors import (
    BIOC_INVALID,
    FILE_TRUNCATED,
    JSON_INVALID,
    NOT_UTF8,
    InputError,
    Place,
)
from relatome.formats import bioc
from relatome.formats.records import Names, Record
from relatome.formats.report import Layout, WriteReport
from relatome.formats.source import HEAD_BYTES, MAX_DOCUMENT_BYTES, clipped, too_long

_COLLECTION_KEYS = ("documents", "PubTator3")
_FIELDS = frozenset(bioc.DocumentNode.__struct_fields__)
_NOTHING: tuple[object, ...] = (None, "", [], {})
_LONE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read the documents of a BioC JSON file one after the other.

    Raises:
        InputError: where the JSON itself is broken; nothing after that place can be read.
    """
    text = _Text(stream)
    for line, value in _documents(text):
        try:
            record = _record(value, line, names)
        except InputError as error:
            record = Record(error, line)
        yield record
    text.end()


def _record(value: Any, line: int, names: Names) -> Record:
    place = Place(line=line)
    if isinstance(value, dict):
        place = Place(line=line, document=clipped(str(value.get("id", ""))) or None)
    try:
        node = msgspec.convert(value, bioc.DocumentNode)
        # PubTator3 adds keys of its own (journal, authors, …): they become infons.
        for key in value:
            if key not in _FIELDS and value[key] not in _NOTHING:
                node.infons[key] = value[key]
        return bioc.record_of(node, names, line)
    except msgspec.ValidationError as error:
        raise InputError(BIOC_INVALID, at=place, reason=_uncapitalized(str(error))) from None
    except RecursionError:
        raise InputError(BIOC_INVALID, at=place, reason="it is nested too deeply") from None


def _documents(text: _Text) -> Iterator[tuple[int, Any]]:
    """Each document as plain values, with the line it begins on."""
    opening = text.peek()
    line = text.line
    if opening == "[":
        yield from _elements(text)
        return
    text.expect("{")
    own: dict[str, Any] = {}
    collections = 0
    while not (text.peek() == "}" and text.take()):
        if own or collections:
            text.expect(",")
        key = text.key()
        text.expect(":")
        if key in _COLLECTION_KEYS and text.peek() == "[":
            collections += 1
            yield from _elements(text)
        else:
            own[key] = text.value()
    if not collections:
        yield line, own


def _elements(text: _Text) -> Iterator[tuple[int, Any]]:
    text.expect("[")
    first = True
    while not (text.peek() == "]" and text.take()):
        if not first:
            text.expect(",")
        first = False
        text.peek()
        line = text.line
        yield line, text.value()


class _Text:
    """JSON text read piece by piece, and a position in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._scan = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode
        self._buffer = ""
        self._position = 0
        self._lines_before = 1  # line number at the start of the buffer
        self._ended = False
        self._broken: InputError | None = None

    @property
    def line(self) -> int:
        """The number of the line the position is on."""
        return self._lines_before + self._buffer.count("\n", 0, self._position)

    def peek(self) -> str:
        """The next character that is not white space."""
        while True:
            while self._position < len(self._buffer):
                character = self._buffer[self._position]
                if character not in " \t\r\n":
                    return character
                self._position += 1
            if not self._fill():
                raise self._truncated()

    def take(self) -> str:
        """The next character that is not white space; the position moves past it."""
        character = self.peek()
        self._position += 1
        return character

    def expect(self, character: str) -> None:
        """Move past `character`, which must be next."""
        found = self.peek()
        if found != character:
            self._fail(f"expected {character!r}, found {found!r}")
        self._position += 1

    def key(self) -> str:
        """The key of an object's member; the position moves past it."""
        if self.peek() != '"':
            self.expect('"')
        return str(self.value())

    def value(self) -> Any:
        """The JSON value at the position; the position moves past it."""
        self.peek()
        self._drop_read()
        while True:
            try:
                value, end = self._scan(self._buffer, self._position)
            except RecursionError:
                self._fail("it is nested too deeply")
            except ValueError as error:
                # Either broken, or only cut off where the buffer ends: read on to find out.
                if self._fill():
                    continue
                reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                self._fail_in_value(error, reason)
            if end == len(self._buffer) and self._fill():
                continue  # a number may go on in the next piece
            if _LONE_SURROGATE.search(self._buffer, self._position, end):
                self._require_characters(value)
            self._position = end
            return value

    def end(self) -> None:
        """Refuse anything but white space after the last value."""
        while self._position < len(self._buffer) or self._fill():
            if self._buffer[self._position :].strip():
                self._fail("there is more after its end")
            self._position = len(self._buffer)

    def _fill(self) -> bool:
        """Read a further piece; False at the end of the file."""
        if self._ended:
            return False
        pending = len(self._buffer) - self._position
        if pending > MAX_DOCUMENT_BYTES:
            raise too_long(self.line)
        if self._broken is not None:
            raise self._broken
        # Pieces grow with the value being read, so that a long one is not scanned too often.
        content = self._stream.read(max(HEAD_BYTES, pending))
        self._ended = not content
        try:
            self._buffer += self._decoder.decode(content, final=self._ended)
        except UnicodeDecodeError as error:
            # What stands before the bad byte is read first.
            self._buffer += error.object[: error.start].decode()
            line = self._lines_before + self._buffer.count("\n")
            what = f"byte 0x{error.object[error.start]:02x}"
            self._broken = InputError(NOT_UTF8, at=Place(line=line), what=what)
            self._ended = False
        return True

    def _drop_read(self) -> None:
        self._lines_before = self.line
        self._buffer = self._buffer[self._position :]
        self._position = 0

    def _require_characters(self, value: Any) -> None:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            self._fail("half of a surrogate pair is not a character")

    def _fail_in_value(self, error: ValueError, reason: str) -> NoReturn:
        if isinstance(error, json.JSONDecodeError):
            rest = self._buffer[error.pos :].rstrip()
            # Only the last value of a cut file is unfinished: a string, an escape, a literal.
            if (
                not rest
                or "Unterminated string" in error.msg
                or ("escape" in error.msg and len(rest) < len("\\u0000"))
                or any(literal.startswith(rest) for literal in ("true", "false", "null"))
            ):
                self._position = len(self._buffer)
                raise self._truncated()
            self._position = error.pos
        self._fail(_uncapitalized(reason))

    def _fail(self, reason: str) -> NoReturn:
        raise InputError(JSON_INVALID, at=Place(line=self.line), reason=reason) from None

    def _truncated(self) -> InputError:
        return InputError(FILE_TRUNCATED, at=Place(line=self.line), reason="its JSON is cut")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _uncapitalized(message: str) -> str:
    return message[:1].lower() + message[1:]


def _write(document: Document, report: WriteReport) -> bytes:
    return msgspec.json.encode(bioc.node_of(document, report))


LAYOUT = Layout(
    _write,
    start=b'{"source":"relatome","date":"","key":"relatome.key","infons":{},"documents":[\n',
    separator=b",\n",
    end=b"\n]}\n",
)
