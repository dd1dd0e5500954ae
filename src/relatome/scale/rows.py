"""A document with its relations as rows of the tables of a scan."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from relatome.data import Document, Relation
from relatome.errors import RelatomeError
from relatome.graph.tables import DOCUMENTS, ENTITIES, ERRORS, RELATIONS, SCHEMAS

_LONGEST_ID = 200  # characters of a document's id in the table of errors
_LAST_YEAR = 9999

Batches = dict[str, pa.RecordBatch]


def document_rows(document: Document, position: int, model: str, version: str) -> Batches:
    """Rows of documents, entities and relations.

    Args:
        document: with its relations.
        position: how many records stand before it in its file.
        model: the name of the model that found the relations.
        version: the model's.

    Raises:
        ValueError: if a number or a text is none that a table holds.
    """
    record = {
        "document": document.id,
        "version": _number(document, "version") or 1,
        "position": position,
    }
    types = {entity.id: entity.type for entity in document.entities}
    names = {entity.id: document.name_of(entity) for entity in document.entities}
    rows: dict[str, list[dict[str, Any]]] = {
        DOCUMENTS: [
            {
                **record,
                "title": _title(document),
                "journal": document.infons.get("journal"),
                "year": _number(document, "year"),
                "retracted": document.infons.get("retracted") == "yes",
                "characters": len(document.text),
                "entities": len(document.entities),
                "relations": len(document.relations),
            }
        ],
        ENTITIES: [
            {
                **record,
                "id": entity.id,
                "type": entity.type,
                "name": names[entity.id],
                "mentions": [
                    {"start": m.start, "end": m.end, "text": m.text}
                    for m in (document.mentions[index] for index in entity.mentions)
                ],
            }
            for entity in document.entities
        ],
        RELATIONS: [
            {
                **record,
                "head": relation.head,
                "head_type": types[relation.head],
                "head_name": names[relation.head],
                "tail": relation.tail,
                "tail_type": types[relation.tail],
                "tail_name": names[relation.tail],
                "type": relation.type,
                "score": relation.score,
                "novel": relation.novel,
                "novel_score": relation.novel_score,
                "subject": relation.subject,
                "evidence": _evidence(document, relation),
                "model": model,
                "model_version": version,
            }
            for relation in document.relations
        ],
    }
    return {table: batch(table, each) for table, each in rows.items() if each}


def error_rows(error: RelatomeError, position: int, line: int | None) -> Batches:
    """The row of a record that could not be used.

    Args:
        error: why, and of which document if that is known.
        position: as for `document_rows`.
        line: where the record begins, unless the error knows better.
    """
    place = error.place
    row = {
        "document": None if place.document is None else _plain(place.document)[:_LONGEST_ID],
        "position": position,
        "line": place.line if place.line is not None else line,
        "code": error.code,
        "reason": _plain(error.what),
    }
    return {ERRORS: batch(ERRORS, [row])}


def batch(table: str, rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Rows as Arrow holds them.

    Raises:
        ValueError: if a value does not fit its column.
    """
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMAS[table])


def _evidence(document: Document, relation: Relation) -> list[dict[str, Any]]:
    return [
        {"start": span.start, "end": span.end, "text": document.text[span.start : span.end]}
        for span in relation.evidence
    ]


def _title(document: Document) -> str | None:
    first = document.passages[0] if document.passages else None
    return first.text if first is not None and first.kind == "title" else None


def _number(document: Document, infon: str) -> int | None:
    """A year or version, None if the source says none; infons are whatever it wrote."""
    text = document.infons.get(infon, "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LAST_YEAR))):
        return None
    return int(text)


def _plain(text: str) -> str:
    """Text that UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()
