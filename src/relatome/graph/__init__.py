"""Relations of many documents as one knowledge graph.

>>> from relatome import graph
>>> graph.build(["scan"], "kg")  # doctest: +SKIP
>>> graph.Graph("kg").relations(head="aspirin")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relatome.graph.builder import build
    from relatome.graph.exports import export
    from relatome.graph.query import Graph

__all__ = ["Graph", "build", "export"]

_HOMES = {
    "Graph": "relatome.graph.query",
    "build": "relatome.graph.builder",
    "export": "relatome.graph.exports",
}


def __getattr__(name: str) -> object:
    # Imported when first asked for: whoever writes the tables of a scan needs no DuckDB.
    if name not in _HOMES:
        raise AttributeError(f"module 'relatome.graph' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
