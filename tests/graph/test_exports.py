"""Exports come back as what they were, whatever the names hold."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pytest

from relatome.errors import UsageError, WorkError
from relatome.graph import Graph, build, export
from relatome.graph.biolink import CATEGORIES
from relatome.graph.exports import FORMATS, Format
from relatome.graph.exports.kgx import EDGE_COLUMNS, NODE_COLUMNS
from tests.graph.scans import CHEMICAL, COX1, DISEASE, Doc, Rel, write_scan

NAMES = (
    '<b>bold</b> & "quoted"',
    "tab\there\nand a new line\r\nand another",
    "it's; a|list, of 'things'",
    "γ-ray 🧬 \u202eright to left",
    "control \x00\x07\x1b[31m and \ufffe",
    "back\\slash\\",
    "=1+1",
    "]]>",
    ",",
    "e\u0301 and é",
    "\u2028line",
)
CURIE = re.compile(r"[^ <()>:]*:[^/ :]+")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """A graph whose names hold everything."""
    folder = tmp_path_factory.mktemp("odd")
    documents = [
        Doc(
            f"{number}",
            (
                (f"local:{CHEMICAL}:x{number}", CHEMICAL, name, name, f"{name}|{name};"),
                COX1,
                (f"odd {number}/<>", "My\tType", name),
            ),
            (Rel(0, 1, "Bind"), Rel(1, 2, "odd\tlabel", subject=2)),
        )
        for number, name in enumerate(NAMES)
    ]
    build([write_scan(folder / "scan", [documents])], folder / "kg")
    with Graph(folder / "kg") as graph:
        yield graph


def one_line(text: str) -> str:
    return " ".join(text.split())


def expected_names(graph: Graph) -> dict[str, str]:
    return dict(graph.stream("SELECT id, name FROM nodes"))


def read_tsv(path: Path) -> list[dict[str, str]]:
    """As KGX reads: tabs, line ends, and nothing else."""
    lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    header, *rows = (line.split("\t") for line in lines)
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_kgx_tsv(odd: Graph, tmp_path: Path) -> None:
    export(odd, "kgx-tsv", tmp_path / "kgx")
    nodes = read_tsv(tmp_path / "kgx" / "nodes.tsv")
    assert tuple(nodes[0]) == NODE_COLUMNS
    assert {n["id"]: n["name"] for n in nodes} == {
        id: one_line(name) for id, name in expected_names(odd).items()
    }
    edges = read_tsv(tmp_path / "kgx" / "edges.tsv")
    assert tuple(edges[0]) == EDGE_COLUMNS
    assert len(edges) == 2 * len(NAMES)
    for node in nodes:
        assert len(node["synonym"].split("|")) <= 2


def test_kgx_jsonl_says_the_same(odd: Graph, tmp_path: Path) -> None:
    export(odd, "kgx-tsv", tmp_path / "tsv")
    export(odd, "kgx-jsonl", tmp_path / "jsonl")
    for name in ("nodes", "edges"):
        plain = read_tsv(tmp_path / "tsv" / f"{name}.tsv")
        for row, record in zip(
            plain, read_jsonl(tmp_path / "jsonl" / f"{name}.jsonl"), strict=True
        ):
            shown = {
                key: "|".join(each.replace("|", "/") for each in value)
                if isinstance(value, list)
                else str(value)
                for key, value in record.items()
            }
            assert {key: value for key, value in row.items() if key in record} == shown
            assert not [value for key, value in row.items() if key not in record and value]


def test_kgx_is_exact(graph: Graph, tmp_path: Path) -> None:
    export(graph, "kgx-jsonl", tmp_path / "kgx")
    node, *_ = read_jsonl(tmp_path / "kgx" / "nodes.jsonl")
    assert node == {
        "id": "MESH:D001241",
        "category": ["biolink:ChemicalEntity"],
        "name": "aspirin",
        "synonym": ["Aspirin"],
        "documents": 2,
        "mentions": 6,
    }
    edge, *_ = read_jsonl(tmp_path / "kgx" / "edges.jsonl")
    assert edge.pop("id").startswith("relatome.edge:")
    assert edge == {
        "subject": "MESH:D001241",
        "predicate": "biolink:treats_or_applied_or_studied_to_treat",
        "object": "MESH:D006261",
        "category": ["biolink:Association"],
        "knowledge_level": "prediction",
        "agent_type": "text_mining_agent",
        "primary_knowledge_source": "infores:relatome",
        "publications": ["PMID:101", "PMID:102"],
        "has_confidence_score": 0.929289,
        "evidence_count": 2,
        "original_predicate": "relatome.relation:Negative_Correlation",
        "novel": 1,
        "known": 1,
        "first_year": 2001,
        "last_year": 2004,
    }


@pytest.mark.parametrize("name", ["graph", "odd"])
def test_kgx_is_valid(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Against what the KGX validator asks for: columns, CURIEs, classes and ends that are there."""
    export(request.getfixturevalue(name), "kgx-jsonl", tmp_path / "kgx")
    nodes = read_jsonl(tmp_path / "kgx" / "nodes.jsonl")
    edges = read_jsonl(tmp_path / "kgx" / "edges.jsonl")
    known = [node["id"] for node in nodes]
    assert len(set(known)) == len(known)
    assert len({edge["id"] for edge in edges}) == len(edges)
    for node in nodes:
        assert CURIE.fullmatch(node["id"])
        assert node["category"]
        assert all(re.fullmatch(r"biolink:[A-Z]\w+", each) for each in node["category"])
    for edge in edges:
        assert {edge["subject"], edge["object"]} <= set(known)
        assert re.fullmatch(r"biolink:[a-z_]+", edge["predicate"])
        curies = [edge["id"], edge["original_predicate"], *edge["publications"]]
        assert all(map(CURIE.fullmatch, curies))


def test_biolink_has_what_kgx_says(biolink: dict[str, Any], graph: Graph, tmp_path: Path) -> None:
    classes = {
        "".join(word[0].upper() + word[1:] for word in name.split()): told
        for name, told in biolink["classes"].items()
    }
    for category in (*CATEGORIES.values(), "biolink:NamedThing", "biolink:Association"):
        told = classes[category.removeprefix("biolink:")]
        assert not told.get("mixin")
        assert not told.get("deprecated")
    slots = {name.replace(" ", "_"): told for name, told in biolink["slots"].items()}
    ours = {"id", "name", "category"}
    ours |= {"documents", "mentions", "novel", "known", "first_year", "last_year"}
    for column in {*NODE_COLUMNS, *EDGE_COLUMNS} - ours:
        assert not slots[column].get("deprecated"), column
    export(graph, "kgx-jsonl", tmp_path / "kgx")
    (edge, *_) = read_jsonl(tmp_path / "kgx" / "edges.jsonl")
    for slot, name in (("knowledge_level", "KnowledgeLevelEnum"), ("agent_type", "AgentTypeEnum")):
        assert edge[slot] in biolink["enums"][name]["permissible_values"]


def test_graphml(odd: Graph, tmp_path: Path) -> None:
    export(odd, "graphml", tmp_path / "kg.graphml")
    export(odd, "graphml", tmp_path / "kg.graphml.gz")
    plain = (tmp_path / "kg.graphml").read_bytes()
    assert gzip.decompress((tmp_path / "kg.graphml.gz").read_bytes()) == plain
    loaded = networkx.read_graphml(tmp_path / "kg.graphml", force_multigraph=True)
    names = expected_names(odd)
    assert set(loaded) == set(names)
    for id, told in loaded.nodes(data=True):
        legal = re.sub("[\x00\x07\x1b\ufffe]", "\ufffd", names[id])
        # XML makes one line end of all.
        assert told["name"] == legal.replace("\r\n", "\n")
    assert loaded.number_of_edges() == 2 * len(NAMES)


def test_graphml_is_exact(graph: Graph, tmp_path: Path) -> None:
    export(graph, "graphml", tmp_path / "kg.graphml")
    loaded = networkx.read_graphml(tmp_path / "kg.graphml")
    assert loaded.nodes["NCBIGene:5742"] == {
        "name": "COX-1",
        "type": "GeneOrGeneProduct",
        "category": "biolink:Gene",
        "documents": 2,
        "mentions": 2,
    }
    assert loaded.edges["MESH:D001241", "MESH:D014456"] == {
        "id": "e1",
        "relation": "Positive_Correlation",
        "predicate": "biolink:causes",
        "directed": True,
        "probability": 0.6,
        "support": 1,
        "novel": 0,
        "known": 1,
        "first_year": 2001,
        "last_year": 2001,
        "publications": "PMID:101",
    }


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_neo4j(odd: Graph, tmp_path: Path) -> None:
    export(odd, "neo4j", tmp_path / "neo4j")
    nodes = read_csv(tmp_path / "neo4j" / "nodes.csv")
    names = expected_names(odd)
    assert {n["id:ID"]: n["name"] for n in nodes} == {
        id: one_line(name) for id, name in names.items()
    }
    assert {n[":LABEL"] for n in nodes} == {CHEMICAL, "My Type", "GeneOrGeneProduct"}
    edges = read_csv(tmp_path / "neo4j" / "relationships.csv")
    assert len(edges) == 2 * len(NAMES)
    assert {e[":START_ID"] for e in edges} | {e[":END_ID"] for e in edges} <= set(names)
    # The importer takes a line end for that of a row, even between quotation marks.
    for file in ("nodes.csv", "relationships.csv"):
        text = (tmp_path / "neo4j" / file).read_bytes()
        assert text.count(b"\n") == 1 + len(nodes if file == "nodes.csv" else edges)
        assert b"\r" not in text


def test_neo4j_is_exact(graph: Graph, tmp_path: Path) -> None:
    export(graph, "neo4j", tmp_path / "neo4j")
    assert (tmp_path / "neo4j" / "nodes.csv").read_text() == (
        "id:ID,name,synonyms:string[],documents:long,mentions:long,:LABEL\n"
        f"MESH:D001241,aspirin,Aspirin,2,6,{CHEMICAL}\n"
        f"MESH:D006261,headache,,2,2,{DISEASE}\n"
        f"MESH:D014456,ulcer,ulcers,2,4,{DISEASE}\n"
        "NCBIGene:5742,COX-1,,2,2,GeneOrGeneProduct\n"
    )
    first = (tmp_path / "neo4j" / "relationships.csv").read_text().splitlines()[1]
    assert first == (
        "MESH:D001241,MESH:D006261,Negative_Correlation,"
        "biolink:treats_or_applied_or_studied_to_treat,false,0.929289,2,1,1,2001,2004,"
        "PMID:101;PMID:102"
    )


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_bytes_again(graph: Graph, tmp_path: Path, format: Format) -> None:
    def written(out: Path) -> list[bytes]:
        export(graph, format, out)
        return (
            [p.read_bytes() for p in sorted(out.iterdir())] if out.is_dir() else [out.read_bytes()]
        )

    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_what_is_refused(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R936"):
        export(graph, "gexf", tmp_path / "x")  # type: ignore[arg-type]
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(UsageError, match="R156"):
        export(graph, "neo4j", tmp_path / "taken")
    with pytest.raises(WorkError, match="R111"):
        export(graph, "graphml", tmp_path / "no" / "such" / "folder")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk(graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def full(self: Path, mode: str = "r", **more: Any) -> Any:
        return real(Path("/dev/full") if "w" in mode else self, mode, **more)

    monkeypatch.setattr(Path, "open", full)
    for format in FORMATS:
        with pytest.raises(WorkError, match=r"R111.*No space left"):
            export(graph, format, tmp_path / format)
    monkeypatch.undo()
    assert not list(tmp_path.iterdir())
