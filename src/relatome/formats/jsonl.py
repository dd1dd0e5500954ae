"""JSON Lines: one of relatome's own documents per line. It holds everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from relatome.data.document import Document
from relatome.errors import JSONL_INVALID, InputError, Place
from relatome.formats.records import Names, Record
from relatome.formats.report import Layout, WriteReport
from relatome.formats.source import decoded, lines

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
    place = Place(line=number)
    try:
        return _decode(content)
    except msgspec.MsgspecError as error:
        reason = str(error)
        reason = reason[:1].lower() + reason[1:]
        raise InputError(JSONL_INVALID, at=place, reason=reason) from None
    except RecursionError:
        raise InputError(JSONL_INVALID, at=place, reason="it is nested too deeply") from None


def _named(document: Document, names: Names, number: int) -> Document:
    if names.schema is None:
        return document
    place = Place(line=number, document=document.id)
    replace = msgspec.structs.replace
    mentions = tuple(replace(m, type=names.type(m.type, place)) for m in document.mentions)
    for relation in document.relations:
        names.label(relation.type, place)
    return replace(document, mentions=mentions)


def _write(document: Document, report: WriteReport) -> bytes:
    return _encode(document) + b"\n"


LAYOUT = Layout(_write)
