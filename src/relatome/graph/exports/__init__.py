"""A graph in the files of others; one file per format, all written row by row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from relatome.errors import GRAPH_OPTIONS, UsageError
from relatome.graph.exports import graphml, kgx, neo4j
from relatome.graph.query import Graph

__all__ = ["FORMATS", "Format", "export"]

Format = Literal["graphml", "kgx-jsonl", "kgx-tsv", "neo4j"]
FORMATS: tuple[Format, ...] = get_args(Format)

_WRITERS: dict[Format, Callable[[Graph, Path], None]] = {
    "graphml": graphml.write,
    "kgx-jsonl": kgx.write_jsonl,
    "kgx-tsv": kgx.write_tsv,
    "neo4j": neo4j.write,
}


def export(graph: Graph, format: Format, out: Path | str) -> None:
    """Write a graph in another format.

    Args:
        graph: to write.
        format: ``kgx-tsv`` and ``kgx-jsonl`` (a folder of nodes and edges, in the terms of the
            Biolink model), ``graphml`` (one file), ``neo4j`` (a folder for its bulk import).
        out: a new folder, or a file; it appears when it is whole.

    Raises:
        UsageError: if there is no such format, or the folder is there already.
        InputError: if the graph is damaged.
        WorkError: if the files cannot be written.
    """
    if format not in _WRITERS:
        what = f"there is no format {format!r} for graphs"
        raise UsageError(GRAPH_OPTIONS, what=what, instead=f"Use one of {', '.join(FORMATS)}.")
    _WRITERS[format](graph, Path(out))
