"""GraphML (http://graphml.graphdrawing.org/): one file that networkx, Gephi and Cytoscape read.

All edges are written as directed, since readers refuse a mixture; ``directed`` says which are.
Characters that XML cannot hold become U+FFFD.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from relatome.formats.target import replaced
from relatome.graph.biolink import category, statement
from relatome.graph.exports.rows import edges, nodes
from relatome.graph.query import Graph

# Key, what it belongs to, type.
_KEYS = (
    ("name", "node", "string"),
    ("type", "node", "string"),
    ("category", "node", "string"),
    ("documents", "node", "long"),
    ("mentions", "node", "long"),
    ("relation", "edge", "string"),
    ("predicate", "edge", "string"),
    ("directed", "edge", "boolean"),
    ("probability", "edge", "double"),
    ("support", "edge", "long"),
    ("novel", "edge", "long"),
    ("known", "edge", "long"),
    ("first_year", "edge", "long"),
    ("last_year", "edge", "long"),
    ("publications", "edge", "string"),
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(graph: Graph, out: Path) -> None:
    """Write one file; a name ending in ``.gz`` is compressed."""
    with replaced(out) as stream:

        def put(line: str) -> None:
            stream.write(line.encode() + b"\n")

        put('<?xml version="1.0" encoding="UTF-8"?>')
        put('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
        for key, owner, type in _KEYS:
            put(f'<key id="{key}" for="{owner}" attr.name="{key}" attr.type="{type}"/>')
        put('<graph id="relatome" edgedefault="directed">')
        for node, _ in nodes(graph):
            put(
                f"<node id={_attribute(node.id)}>"
                + _data(
                    name=node.name,
                    type=node.type,
                    category=category(node.type),
                    documents=node.documents,
                    mentions=node.mentions,
                )
                + "</node>"
            )
        for edge, publications in edges(graph):
            said = statement(edge)
            ends = f"source={_attribute(said.subject)} target={_attribute(said.object)}"
            put(
                f'<edge id="e{edge.number}" {ends}>'
                + _data(
                    relation=edge.type,
                    predicate=said.predicate,
                    directed="true" if edge.directed else "false",
                    probability=round(edge.probability, 6),
                    support=edge.documents,
                    novel=edge.novel,
                    known=edge.known,
                    first_year=edge.first_year,
                    last_year=edge.last_year,
                    publications=" ".join(publications),
                )
                + "</edge>"
            )
        put("</graph>\n</graphml>")


def _data(**values: object) -> str:
    return "".join(
        f'<data key="{key}">{escape(_legal(str(value)))}</data>'
        for key, value in values.items()
        if value is not None
    )


def _attribute(text: str) -> str:
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
