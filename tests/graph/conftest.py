"""A small graph, built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from relatome.graph import Graph, build
from tests.graph.scans import SMALL, write_scan


@pytest.fixture(scope="session")
def small_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the graph of `tests.graph.scans.SMALL`."""
    folder = tmp_path_factory.mktemp("graph")
    build([write_scan(folder / "scan", SMALL)], folder / "kg")
    return folder / "kg"


@pytest.fixture(scope="session")
def graph(small_graph: Path) -> Iterator[Graph]:
    with Graph(small_graph) as opened:
        yield opened
