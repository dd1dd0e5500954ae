"""Nodes and edges of a whole graph, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from relatome.graph.identifiers import publication
from relatome.graph.query import EDGE_COLUMNS, Edge, Graph, Node, edge_of


class NodeRow(NamedTuple):
    """An entity with its other names, the most frequent first."""

    node: Node
    synonyms: list[str]


class EdgeRow(NamedTuple):
    """A relation with the documents that assert it, as CURIEs."""

    edge: Edge
    publications: list[str]


def nodes(graph: Graph) -> Iterator[NodeRow]:
    """All nodes, in order of their identifiers."""
    names = _grouped(graph, "SELECT node, name FROM names ORDER BY node, mentions DESC, name")
    at, known = next(names, _NONE)
    for number, *row in graph.stream(
        "SELECT number, id, type, name, documents, mentions FROM nodes ORDER BY number"
    ):
        node = Node(*row)
        found = []
        if at == number:
            found = [name for name in known if name != node.name]
            at, known = next(names, _NONE)
        yield NodeRow(node, found)


def edges(graph: Graph) -> Iterator[EdgeRow]:
    """All edges, by number."""
    documents = _grouped(
        graph, "SELECT DISTINCT edge, document FROM evidence ORDER BY edge, document"
    )
    rows = graph.stream(
        f"""SELECT {EDGE_COLUMNS}
        FROM edges e JOIN nodes h ON h.number = e.head JOIN nodes t ON t.number = e.tail
        ORDER BY e.number"""
    )
    for row, (_, found) in zip(rows, documents, strict=True):
        yield EdgeRow(edge_of(row), [publication(document) for document in found])


_NONE: tuple[int, list[str]] = (-1, [])


def _grouped(graph: Graph, query: str) -> Iterator[tuple[int, list[str]]]:
    """Texts by number, from rows sorted by number."""
    for number, rows in groupby(graph.stream(query), key=lambda row: row[0]):
        yield number, [text for _, text in rows]
