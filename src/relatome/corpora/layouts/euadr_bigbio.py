"""EU-ADR in BigBio's schema, as a page of a dataset viewer: the first 100 of 300 documents.

A stretch of text can be annotated with several types. The relations do not say which of them they
mean: they point to annotations without a type, which repeat the span. A relation is given the first
two typed mentions of those spans that the schema lets be related.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

import msgspec

from relatome.corpora.corpus import Source
from relatome.data import Document, Mention, Passage, Relation, Schema
from relatome.errors import BIGBIO_INVALID, InputError, Place
from relatome.formats import OnError
from relatome.formats.records import Names, Record, checked

_T = TypeVar("_T")

UNKNOWN = "unknown"  # the type of a span that only relations mention


class _PassageRow(msgspec.Struct):
    type: str
    text: list[str]
    offsets: list[tuple[int, int]]


class _EntityRow(msgspec.Struct):
    id: str
    type: str
    text: list[str]
    offsets: list[tuple[int, int]]


class _RelationRow(msgspec.Struct):
    id: str
    type: str
    arg1_id: str
    arg2_id: str


class _Row(msgspec.Struct):
    document_id: str
    passages: list[_PassageRow]
    entities: list[_EntityRow]
    relations: list[_RelationRow]


class _Item(msgspec.Struct):
    row: _Row


class _Page(msgspec.Struct):
    rows: list[_Item]


def read(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read the documents of a page.

    Args:
        sources: pages of the dataset viewer, JSON.
        schema: EU-ADR's.
        on_error: as for `relatome.formats.read`.

    Raises:
        InputError: unless `on_error` is given.
    """
    for name, content in sources:
        yield from checked(_records(content, schema), name, on_error)


def _records(content: bytes, schema: Schema) -> Iterator[Record]:
    try:
        page = msgspec.json.decode(content, type=_Page)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(BIGBIO_INVALID, reason=error) from None
    for item in page.rows:
        try:
            yield Record(_document(item.row, schema))
        except InputError as error:
            place = Place(document=item.row.document_id)
            yield Record(InputError(error.message, at=place, **error.values))


def _document(row: _Row, schema: Schema) -> Document:
    names = Names(schema)
    place = Place(document=row.document_id)
    passages = tuple(Passage(p.type, _only(p.offsets)[0], _only(p.text)) for p in row.passages)
    span_of = {entity.id: _only(entity.offsets) for entity in row.entities}
    typed = [entity for entity in row.entities if entity.type]
    covered = {_only(entity.offsets) for entity in typed}
    mentions = []
    for entity in row.entities:
        span = span_of[entity.id]
        if entity.type or span not in covered:
            covered.add(span)
            type = names.type(entity.type or UNKNOWN, place)
            mentions.append(Mention(entity.id, *span, _only(entity.text), type, (entity.id,)))
    at_span: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for mention in mentions:
        at_span[mention.start, mention.end].append(mention)
    relations = []
    for relation in row.relations:
        if not {relation.arg1_id, relation.arg2_id} <= span_of.keys():
            raise InputError(BIGBIO_INVALID, reason=f"relation {relation.id} names no entity")
        head, tail = _arguments(
            at_span[span_of[relation.arg1_id]], at_span[span_of[relation.arg2_id]], schema
        )
        label = names.label(relation.type, place)
        relations.append(Relation(head.id, tail.id, label, infons={"id": relation.id}))
    return Document(row.document_id, passages, tuple(mentions), tuple(relations))


def _arguments(
    heads: Sequence[Mention], tails: Sequence[Mention], schema: Schema
) -> tuple[Mention, Mention]:
    pairs = [(head, tail) for head, tail in product(heads, tails) if head is not tail]
    for head, tail in pairs:
        if schema.pair_rule(head.type, tail.type) is not None:
            return head, tail
    return pairs[0] if pairs else (heads[0], tails[0])


def _only(values: Sequence[_T]) -> _T:
    if len(values) != 1:
        raise InputError(BIGBIO_INVALID, reason="a text is in several pieces")
    return values[0]
