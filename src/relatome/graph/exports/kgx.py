"""KGX, the exchange format of the Biolink model: nodes and edges as TSV or as JSON Lines.

https://github.com/biolink/kgx/blob/master/specification/kgx-format.md. Several values of a cell
stand between ``|`` in TSV, which has no way to write that character within one: there it becomes
``/``. Tabs and line ends in names become blanks in both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from relatome.formats.target import new_folder
from relatome.graph.biolink import (
    AGENT_TYPE,
    ASSOCIATION,
    KNOWLEDGE_LEVEL,
    KNOWLEDGE_SOURCE,
    category,
    statement,
)
from relatome.graph.exports.rows import EdgeRow, NodeRow, edges, nodes
from relatome.graph.query import Graph

Value = str | int | float | bool | list[str] | None
Record = dict[str, Value]

NODE_COLUMNS = ("id", "category", "name", "synonym", "documents", "mentions")
EDGE_COLUMNS = (
    "id",
    "subject",
    "predicate",
    "object",
    "category",
    "knowledge_level",
    "agent_type",
    "primary_knowledge_source",
    "publications",
    "has_confidence_score",
    "evidence_count",
    "original_predicate",
    "novel",
    "known",
    "first_year",
    "last_year",
)  # fmt: skip


def write_tsv(graph: Graph, out: Path) -> None:
    """Write ``nodes.tsv`` and ``edges.tsv``."""
    _write(graph, out, "tsv", _cells)


def write_jsonl(graph: Graph, out: Path) -> None:
    """Write ``nodes.jsonl`` and ``edges.jsonl``; what a record does not know it does not have."""
    encoder = msgspec.json.Encoder()

    def line(record: Mapping[str, Value]) -> bytes:
        return encoder.encode({key: value for key, value in record.items() if value is not None})

    _write(graph, out, "jsonl", line)


def _write(
    graph: Graph, out: Path, ending: str, line: Callable[[Mapping[str, Value]], bytes]
) -> None:
    files: tuple[tuple[str, tuple[str, ...], Iterable[Record]], ...] = (
        ("nodes", NODE_COLUMNS, map(_node, nodes(graph))),
        ("edges", EDGE_COLUMNS, map(_edge, edges(graph))),
    )
    with new_folder(out) as folder:
        for name, columns, records in files:
            with (folder / f"{name}.{ending}").open("wb") as stream:
                if ending == "tsv":
                    stream.write("\t".join(columns).encode() + b"\n")
                for record in records:
                    stream.write(line(record) + b"\n")


def _node(row: NodeRow) -> Record:
    node, synonyms = row
    return {
        "id": node.id,
        "category": [category(node.type)],
        "name": _plain(node.name),
        "synonym": [_plain(name) for name in synonyms],
        "documents": node.documents,
        "mentions": node.mentions,
    }


def _edge(row: EdgeRow) -> Record:
    edge, publications = row
    subject, predicate, object = statement(edge)
    # The same in every build: a graph of more documents has other numbers.
    key = "\n".join((edge.head.id, edge.type, edge.tail.id, str(edge.directed)))
    return {
        "id": f"relatome.edge:{hashlib.sha256(key.encode()).hexdigest()[:24]}",
        "subject": subject,
        "predicate": predicate,
        "object": object,
        "category": [ASSOCIATION],
        "knowledge_level": KNOWLEDGE_LEVEL,
        "agent_type": AGENT_TYPE,
        "primary_knowledge_source": KNOWLEDGE_SOURCE,
        "publications": publications,
        "has_confidence_score": round(edge.probability, 6),
        "evidence_count": edge.documents,
        "original_predicate": f"relatome.relation:{_plain(edge.type).replace(' ', '_')}",
        "novel": edge.novel,
        "known": edge.known,
        "first_year": edge.first_year,
        "last_year": edge.last_year,
    }


def _plain(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _cells(record: Mapping[str, Value]) -> bytes:
    return "\t".join(map(_cell, record.values())).encode("utf-8", "replace")


def _cell(value: Value) -> str:
    if isinstance(value, list):
        return "|".join(item.replace("|", "/") for item in value)
    return "" if value is None else str(value)
