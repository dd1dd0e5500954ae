"""Statements in the terms of the Biolink model; checked against its own file in test_exports."""

from __future__ import annotations

import msgspec
import pytest

from relatome.graph import Graph
from relatome.graph.biolink import RELATED, category, statement


def test_categories() -> None:
    assert category("GeneOrGeneProduct") == "biolink:Gene"
    assert category("Foodstuff") == "biolink:NamedThing"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, ("MESH:D001241", "biolink:treats_or_applied_or_studied_to_treat", "MESH:D006261")),
        (1, ("MESH:D001241", "biolink:causes", "MESH:D014456")),
        (2, ("MESH:D001241", "biolink:negatively_correlated_with", "NCBIGene:5742")),
        (3, ("MESH:D014456", "biolink:related_to", "NCBIGene:5742")),
    ],
)
def test_statements(graph: Graph, number: int, expected: tuple[str, str, str]) -> None:
    edge = graph.edge(number)
    assert edge is not None
    assert statement(edge) == expected


def test_direction(graph: Graph) -> None:
    edge = graph.edge(0)
    assert edge is not None
    turned = msgspec.structs.replace(edge, head=edge.tail, tail=edge.head)
    assert statement(turned) == statement(edge)  # without direction, the types decide
    acting = msgspec.structs.replace(turned, directed=True)
    assert statement(acting).predicate == "biolink:negatively_correlated_with"
    assert statement(acting).subject == "MESH:D006261"


def test_other_schemas(graph: Graph) -> None:
    edge = graph.edge(0)
    assert edge is not None
    odd = msgspec.structs.replace(edge, type="INHIBITOR")
    assert statement(odd) == ("MESH:D001241", RELATED, "MESH:D006261")
