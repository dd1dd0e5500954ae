"""JSON Lines: one of relatome's own documents per line, which holds everything.

Read are also lines as collections of abstracts have them: `relatome.data.abstracts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from relatome.data.abstracts import abstract_document
from relatome.data.document import Document
from relatome.errors import JSONL_INVALID, InputError, Place
from relatome.formats.records import Names, Record
from relatome.formats.report import Layout, WriteReport
from relatome.formats.source import clipped, decoded, lines

_decode = msgspec.json.Decoder(Document).decode
_encode = msgspec.json.Encoder().encode


def read(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read the documents of a JSON Lines file one after the other; blank lines are passed over."""
    for number, content in lines(stream):
        if not content.strip():
            continue
        try:
            document = _named(_document(content, number), names, number)
            record = Record(document, number)
        except InputError as error:
            record = Record(error, number)
        yield record


def _document(content: bytes, number: int) -> Document:
    decoded(content, number)
    try:
        given = msgspec.json.decode(content)
        if isinstance(given, dict) and "passages" not in given:
            return abstract_document(given)
        document = _decode(content)
        unknown = _unknown_field(given, msgspec.to_builtins(document), "$")
    except msgspec.MsgspecError as error:
        reason = str(error)
        raise _invalid(reason[:1].lower() + reason[1:], number) from None
    except RecursionError:
        raise _invalid("it is nested too deeply", number) from None
    except ValueError as error:
        raise _invalid(str(error), number) from None
    if unknown is not None:
        # A misspelt field must not make what it holds disappear.
        raise _invalid(f"there is no field `{clipped(unknown)}`", number)
    return document


def _unknown_field(given: Any, known: Any, path: str) -> str | None:
    """The path of the first field of `given` that the document read from it does not have."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in known:
                return f"{path}.{key}"
            if found := _unknown_field(value, known[key], f"{path}.{key}"):
                return found
    elif isinstance(given, list):
        for index, (value, other) in enumerate(zip(given, known, strict=True)):
            if found := _unknown_field(value, other, f"{path}[{index}]"):
                return found
    return None


def _invalid(reason: str, number: int) -> InputError:
    return InputError(JSONL_INVALID, at=Place(line=number), reason=reason)


def _named(document: Document, names: Names, number: int) -> Document:
    if names.schema is None:
        return document
    place = Place(line=number, document=document.id)
    replace = msgspec.structs.replace
    mentions = tuple(replace(m, type=names.type(m.type, place)) for m in document.mentions)
    for relation in document.relations:
        names.label(relation.type, place)
    return replace(document, mentions=mentions)


def line(document: Document) -> bytes:
    """A document as it is written."""
    return _encode(document) + b"\n"


def _write(document: Document, report: WriteReport) -> bytes:
    return line(document)


LAYOUT = Layout(_write)
