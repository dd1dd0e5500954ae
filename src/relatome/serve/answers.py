"""What the service answers."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import msgspec

from relatome import formats
from relatome.data import Document, Mention, Passage, Relation
from relatome.entities.links import article_link, entity_link
from relatome.errors import RelatomeError
from relatome.formats import Problems

MEDIA_TYPES = {
    "json": "application/json",
    "bioc-json": "application/json",
    "bioc-xml": "application/xml",
    "pubtator": "text/plain; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl",
}
_ENDINGS = {
    "bioc-json": "json",
    "bioc-xml": "xml",
    "pubtator": "pubtator",
    "tsv": "tsv",
    "jsonl": "jsonl",
}


class Problem(msgspec.Struct, frozen=True):
    """What went wrong, where, and what to do next."""

    code: str
    what: str
    next_step: str
    place: str


class Failure(msgspec.Struct, frozen=True):
    """The answer to a request that failed."""

    error: Problem


class NamedEntity(msgspec.Struct, frozen=True):
    """An entity of a document.

    Attributes:
        id: its identifier.
        type: its type.
        name: its most frequent spelling in the text.
        mentions: numbers of its mentions, in text order.
        url: the page of a knowledge base about it.
    """

    id: str
    type: str
    name: str
    mentions: tuple[int, ...]
    url: str | None


class AnsweredDocument(msgspec.Struct, frozen=True):
    """A document, with its entities, and the page of the article if its id names one."""

    id: str
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
    infons: dict[str, str]
    entities: tuple[NamedEntity, ...]
    url: str | None


class ModelName(msgspec.Struct, frozen=True):
    """The model that answered."""

    name: str
    version: str


class Answer(msgspec.Struct, frozen=True):
    """Documents with their relations, what was met, and what had to be left out."""

    documents: list[AnsweredDocument]
    model: ModelName
    summary: list[str]
    problems: list[Problem]


class File(NamedTuple):
    """Documents in a format, and what is to be said of it in headers."""

    content: bytes
    media_type: str
    headers: dict[str, str]


def problem(error: RelatomeError) -> Problem:
    """An error as it is told."""
    return Problem(error.code, error.what, error.next_step, str(error.place))


def answered(document: Document) -> AnsweredDocument:
    """A document with what follows from it."""
    return AnsweredDocument(
        document.id,
        document.passages,
        document.mentions,
        document.relations,
        document.infons,
        tuple(
            NamedEntity(
                entity.id,
                entity.type,
                document.name_of(entity),
                entity.mentions,
                entity_link(entity.id, entity.type),
            )
            for entity in document.entities
        ),
        article_link(document.id),
    )


def written(documents: Sequence[Document], format: str, problems: Problems) -> File:
    """Documents in one of relatome's formats.

    Headers tell what the format cannot hold (``X-Relatome-Lost``) and how many documents had to be
    left out (``X-Relatome-Problems``), since the format has no place for it.

    Args:
        documents: to be written.
        format: a name from `MEDIA_TYPES` but json.
        problems: told of documents the format cannot hold at all.
    """
    stream = BytesIO()
    report = formats.write(documents, stream, format, on_error=problems)
    headers = {"Content-Disposition": f'attachment; filename="relations.{_ENDINGS[format]}"'}
    if report.lost:
        lost = "; ".join(f"{count} x {what}" for what, count in report.lost.items())
        headers["X-Relatome-Lost"] = lost.encode("ascii", "replace").decode()
    if problems.count:
        codes = ", ".join(f"{count} x {code}" for code, count in problems.by_code.items())
        headers["X-Relatome-Problems"] = codes
    return File(stream.getvalue(), MEDIA_TYPES[format], headers)
