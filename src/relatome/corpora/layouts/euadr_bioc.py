"""EU-ADR's drug–target part in BioC XML, as the DrugProt system of Weber et al. converted it.

Three mentions of several pieces are given one location, from the first piece to the last; their
pieces are found again by their words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

import msgspec

from relatome.corpora.corpus import Source
from relatome.data import Document, Mention, Schema, Span
from relatome.errors import InputError, Place
from relatome.formats import OnError, bioc_xml
from relatome.formats.records import Names, Record, checked


def read(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read the documents; the type as written stays the finer type.

    Args:
        sources: BioC XML files.
        schema: a schema that relates mentions.
        on_error: as for `relatome.formats.read`.

    Raises:
        InputError: unless `on_error` is given.
    """
    for name, content in sources:
        records = bioc_xml.read(io.BytesIO(content), _Written(schema))
        yield from checked(_repaired(records, schema), name, on_error)


class _Written(Names):
    """Entity types as they are written, so that the finer one is not lost."""

    def type(self, spelling: str, place: Place) -> str:
        return spelling


def _repaired(records: Iterator[Record], schema: Schema) -> Iterator[Record]:
    for record in records:
        document = record.content
        if isinstance(document, Document):
            try:
                mentions = tuple(_mention(m, document, schema) for m in document.mentions)
                document = msgspec.structs.replace(document, mentions=mentions)
                record = record._replace(content=document)
            except InputError as error:
                record = Record(error, record.line)
        yield record


def _mention(mention: Mention, document: Document, schema: Schema) -> Mention:
    type = schema.canonical_type(mention.type, Place(document=document.id))
    return msgspec.structs.replace(
        mention,
        type=type,
        fine_type=mention.type if mention.type != type else "",
        fragments=mention.fragments or _pieces(mention, document.text),
    )


def _pieces(mention: Mention, text: str) -> tuple[Span, ...]:
    """Where the words of a mention stand that its span has more words than; empty if it has not."""
    if text[mention.start : mention.end] == mention.text:
        return ()
    pieces: list[Span] = []
    position = mention.start
    for word in mention.text.split(" "):
        match = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, position, mention.end)
        if match is None:
            return ()  # not a matter of pieces: the check of offsets will say so
        if pieces and text[pieces[-1].end : match.start()] == " ":
            pieces[-1] = Span(pieces[-1].start, match.end())
        else:
            pieces.append(Span(match.start(), match.end()))
        position = match.end()
    return tuple(pieces)
