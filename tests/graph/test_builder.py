"""Edges over documents: exact ones of a small scan, and what holds for any."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relatome.graph import Graph, build
from relatome.graph.folder import FORMULA
from tests.graph.scans import (
    ASPIRIN,
    CHEMICAL,
    COX1,
    DISEASE,
    GENE,
    HEADACHE,
    SMALL,
    ULCER,
    Doc,
    Rel,
    write_scan,
)

Row = tuple[object, ...]


def contents(folder: Path) -> dict[str, list[Row]]:
    """Everything a graph holds."""
    with Graph(folder) as graph:
        return {
            table: sorted(graph.stream(f"FROM {table}"), key=repr)
            for table in ("nodes", "names", "identifiers", "edges", "evidence")
        }


def test_nodes(graph: Graph) -> None:
    assert list(graph.stream("FROM nodes ORDER BY number")) == [
        (0, "MESH:D001241", CHEMICAL, "aspirin", 2, 6),
        (1, "MESH:D006261", DISEASE, "headache", 2, 2),
        (2, "MESH:D014456", DISEASE, "ulcer", 2, 4),
        (3, "NCBIGene:5742", GENE, "COX-1", 2, 2),
    ]


def test_names(graph: Graph) -> None:
    assert list(graph.stream("FROM names ORDER BY ALL")) == [
        ("aspirin", 0, "Aspirin", 2),
        ("aspirin", 0, "aspirin", 4),
        ("cox-1", 3, "COX-1", 2),
        ("headache", 1, "headache", 2),
        ("ulcer", 2, "ulcer", 2),
        ("ulcers", 2, "ulcers", 2),
    ]


def test_edges(graph: Graph) -> None:
    found = [
        (e.head.name, e.tail.name, e.type, e.directed, e.documents, e.relations, e.novel, e.known,
         e.unjudged, e.first_year, e.last_year)
        for e in sorted(graph.relations(), key=lambda edge: edge.number)
    ]  # fmt: skip
    assert found == [
        ("aspirin", "headache", "Negative_Correlation", False, 2, 2, 1, 1, 0, 2001, 2004),
        ("aspirin", "ulcer", "Positive_Correlation", True, 1, 1, 0, 1, 0, 2001, 2001),
        ("aspirin", "COX-1", "Negative_Correlation", False, 1, 1, 0, 0, 1, 2004, 2004),
        ("ulcer", "COX-1", "Association", False, 1, 1, 1, 0, 0, None, None),
    ]


def test_the_manifest(small_graph: Path) -> None:
    told = json.loads((small_graph / "graph.json").read_text())
    assert told["scans"] == [{"relatome": "0.1.0", "work": {"model": "tiny", "pairs": "unordered"}}]
    assert told["formula"] == FORMULA
    assert told["counts"] == {
        "shards": 2, "unfinished_shards": 0, "records": 3, "superseded": 0, "deleted": 0,
        "retracted": 0, "documents": 3, "relations": 5, "nodes": 4, "local_nodes": 0, "edges": 4,
    }  # fmt: skip
    assert sorted(path.name for path in small_graph.iterdir()) == ["graph.duckdb", "graph.json"]


def combined(scores: list[float]) -> float:
    """The formula in the plainest way."""
    left = 1.0
    for rank, score in enumerate(sorted(scores, reverse=True), start=1):
        left *= (1 - min(score, 0.999)) ** (1 / rank)
    return 1 - left


SCORES = ([0.5], [0.9, 0.5], [0.25, 0.75, 0.5], [1.0], [0.0], [0.0, 1.0], [0.5] * 20)


def test_the_formula(tmp_path: Path) -> None:
    documents = [
        Doc(f"{case}-{number}", (ASPIRIN, COX1), (Rel(0, 1, f"Type {case}", score),))
        for case, scores in enumerate(SCORES)
        for number, score in enumerate(scores)
    ]
    build([write_scan(tmp_path / "scan", [documents])], tmp_path / "kg")
    with Graph(tmp_path / "kg") as graph:
        for case, scores in enumerate(SCORES):
            (edge,) = graph.relations(type=f"Type {case}")
            assert edge.documents == len(scores)
            assert math.isclose(edge.probability, combined(scores), abs_tol=1e-6), scores
            assert edge.probability >= min(max(scores), 0.999) - 1e-6


def built(folder: Path, *documents: Doc, ordered: bool = False) -> list[Row]:
    build([write_scan(folder / "scan", [documents], ordered=ordered)], folder / "kg")
    with Graph(folder / "kg") as graph:
        return [
            (e.head.id, e.type, e.tail.id, e.directed, e.documents, e.relations)
            for e in sorted(graph.relations(), key=lambda edge: edge.number)
        ]


def test_pairs_without_direction_have_one_order(tmp_path: Path) -> None:
    rows = built(
        tmp_path,
        Doc("1", (COX1, ASPIRIN), (Rel(0, 1, "Bind"),)),
        Doc("2", (ASPIRIN, COX1), (Rel(0, 1, "Bind"),)),
    )
    assert rows == [("MESH:D001241", "Bind", "NCBIGene:5742", False, 2, 2)]


def test_the_subject_is_the_head(tmp_path: Path) -> None:
    rows = built(
        tmp_path,
        Doc("1", (ASPIRIN, COX1), (Rel(0, 1, "Bind", subject=1),)),
        Doc("2", (COX1, ASPIRIN), (Rel(0, 1, "Bind", subject=0),)),
        Doc("3", (COX1, ASPIRIN), (Rel(0, 1, "Bind"),)),
        Doc("4", (COX1, ASPIRIN, ULCER), (Rel(0, 1, "Bind", subject=2),)),  # of no argument
    )
    assert rows == [
        ("MESH:D001241", "Bind", "NCBIGene:5742", False, 2, 2),
        ("NCBIGene:5742", "Bind", "MESH:D001241", True, 2, 2),
    ]


def test_ordered_schemas_keep_their_order(tmp_path: Path) -> None:
    rows = built(
        tmp_path,
        Doc("1", (COX1, ASPIRIN), (Rel(0, 1, "Bind"),)),
        Doc("2", (ASPIRIN, COX1), (Rel(0, 1, "Bind"),)),
        ordered=True,
    )
    assert rows == [
        ("MESH:D001241", "Bind", "NCBIGene:5742", True, 1, 1),
        ("NCBIGene:5742", "Bind", "MESH:D001241", True, 1, 1),
    ]


def test_spellings_of_one_identifier_are_one_entity(tmp_path: Path) -> None:
    again = ("MESH:D001241", "Chemical", "ASA")
    rows = built(
        tmp_path,
        Doc("1", (ASPIRIN, COX1, again), (Rel(0, 1, "Bind", 0.5), Rel(2, 1, "Bind", 0.75))),
    )
    assert rows == [("MESH:D001241", "Bind", "NCBIGene:5742", False, 1, 2)]
    with Graph(tmp_path / "kg") as graph:
        assert graph.relations()[0].probability == pytest.approx(0.75)
        node = graph.resolve("asa")
        assert (node.documents, node.mentions) == (1, 4)


def test_one_number_is_a_gene_or_a_taxon(tmp_path: Path) -> None:
    rows = built(
        tmp_path, Doc("1", (("9606", "Gene", "g"), ("9606", "Species", "s")), (Rel(0, 1, "Bind"),))
    )
    assert rows == [("NCBIGene:9606", "Bind", "NCBITaxon:9606", False, 1, 1)]


def test_an_argument_without_entity_row_is_a_node(tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "scan", SMALL)
    import pyarrow.parquet as pq

    for path in (scan / "entities").iterdir():
        pq.write_table(pq.read_table(path).slice(0, 0), path)
    counts = build([scan], tmp_path / "kg").counts
    assert (counts.nodes, counts.edges, counts.relations) == (4, 4, 5)
    with Graph(tmp_path / "kg") as graph:
        assert graph.resolve("aspirin").mentions == 0


DOCUMENTS = st.lists(
    st.tuples(
        st.lists(
            st.tuples(
                st.integers(0, 3),
                st.integers(0, 3),
                st.sampled_from(["Bind", "Association"]),
                st.integers(0, 20).map(lambda n: n / 20),
                st.sampled_from([True, False, None]),
                st.sampled_from([None, "head", "tail"]),
            ),
            max_size=4,
        ),
        st.sampled_from([None, 1999, 2010]),
    ),
    max_size=8,
)
EVERY = (ASPIRIN, HEADACHE, ULCER, COX1)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_any_scan(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[list[Row], int | None]],
    shuffle: random.Random,
) -> None:  # fmt: skip
    documents = [
        Doc(
            str(number),
            EVERY,
            tuple(
                Rel(h, t, type, score, novel, {None: None, "head": h, "tail": t}[acts], (f"s{i}",))
                for i, (h, t, type, score, novel, acts) in enumerate(rows)  # type: ignore[misc]
            ),
            year=year,
        )
        for number, (rows, year) in enumerate(drawn)
    ]
    folder = tmp_path_factory.mktemp("any")
    counts = build([write_scan(folder / "one", [documents])], folder / "kg").counts
    shuffled = documents.copy()
    shuffle.shuffle(shuffled)
    cut = shuffle.randint(0, len(shuffled))
    build([write_scan(folder / "two", [shuffled[:cut], shuffled[cut:]])], folder / "again")
    # The order of shards and rows does not change the graph.
    assert contents(folder / "kg") == contents(folder / "again")
    with Graph(folder / "kg") as graph:
        edges = graph.relations(limit=1000)
        evidence = {edge.number: graph.evidence(edge, limit=1000) for edge in edges}
    # Nothing is lost, nothing doubled.
    said = [(each.document, e.type, s.text) for e in edges for each in evidence[e.number]
            for s in each.sentences]  # fmt: skip
    wanted = [(d.id, r.type, r.evidence[0]) for d in documents for r in d.relations]
    assert sorted(said) == sorted(wanted)
    assert counts.relations == len(wanted)
    for edge in edges:
        rows = evidence[edge.number]
        by_document: dict[str, float] = {}
        for row in rows:
            by_document[row.document] = max(row.score, by_document.get(row.document, 0))
        assert edge.documents == len(by_document)
        assert edge.documents == edge.novel + edge.known + edge.unjudged
        assert edge.relations == len(rows)
        assert math.isclose(edge.probability, combined(list(by_document.values())), abs_tol=1e-6)
        years = {row.year for row in rows} - {None}
        assert (edge.first_year, edge.last_year) == (
            (min(years), max(years)) if years else (None, None)  # type: ignore[type-var]
        )
