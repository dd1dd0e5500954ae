"""CSV for the bulk import of Neo4j.

https://neo4j.com/docs/operations-manual/current/import/. Fields are quoted as RFC 4180 says. Items
of a list stand between ``;``, its default, so a ``;`` within one becomes ``,``; line ends become
blanks, since the importer takes none by default.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from relatome.formats.target import new_folder
from relatome.graph.biolink import statement
from relatome.graph.exports.rows import edges, nodes
from relatome.graph.query import Edge, Graph

_NODES = ("id:ID", "name", "synonyms:string[]", "documents:long", "mentions:long", ":LABEL")
_RELATIONSHIPS = (
    ":START_ID",
    ":END_ID",
    ":TYPE",
    "predicate",
    "directed:boolean",
    "probability:double",
    "documents:long",
    "novel:long",
    "known:long",
    "first_year:int",
    "last_year:int",
    "publications:string[]",
)


def write(graph: Graph, out: Path) -> None:
    """Write ``nodes.csv`` and ``relationships.csv``."""
    with new_folder(out) as folder:
        _write(
            folder / "nodes.csv",
            _NODES,
            (
                (n.id, _plain(n.name), _items(synonyms), n.documents, n.mentions, _plain(n.type))
                for n, synonyms in nodes(graph)
            ),
        )
        _write(
            folder / "relationships.csv",
            _RELATIONSHIPS,
            (_relationship(*row) for row in edges(graph)),
        )


def _relationship(e: Edge, publications: list[str]) -> tuple[object, ...]:
    said = statement(e)
    return (
        said.subject,
        said.object,
        _plain(e.type),
        said.predicate,
        "true" if e.directed else "false",
        round(e.probability, 6),
        e.documents,
        e.novel,
        e.known,
        e.first_year,
        e.last_year,
        _items(publications),
    )


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with (
        path.open("wb") as plain,
        io.TextIOWrapper(plain, "utf-8", errors="replace", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _items(texts: list[str]) -> str:
    return ";".join(_plain(text).replace(";", ",") for text in texts)
