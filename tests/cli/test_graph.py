"""``relatome graph``: build, export, query."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import networkx
import pytest

pytest.importorskip("duckdb")

from tests.cli.conftest import Relatome
from tests.graph.scans import GENE, SMALL, Doc, Rel, write_scan


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_scan(tmp_path_factory.mktemp("cli") / "scan", SMALL, done=[True, True])


@pytest.fixture(scope="module")
def kg(scan: Path) -> Path:
    from relatome.graph import build

    build([scan], scan.parent / "kg")
    return scan.parent / "kg"


def test_build(relatome: Relatome, scan: Path, tmp_path: Path) -> None:
    ran = relatome("graph", "build", scan, "--out", tmp_path / "kg", "--memory", "500MB")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "3 records of 2 shards: 3 documents used, 0 superseded, 0 deleted, 0 retracted and left "
        f"out.\nWrote {tmp_path}/kg: 4 entities (0 named by the text alone), 4 relations, from 5 "
        f"in single documents. Try: relatome graph query {tmp_path}/kg\n"
    )
    again = relatome("graph", "build", scan, "--out", tmp_path / "kg")
    assert again.code == 2
    assert again.err.startswith("error: [R156]")


def test_an_unfinished_scan_is_told(relatome: Relatome, tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "scan", SMALL, done=[True, False])
    ran = relatome("graph", "build", scan, "--out", tmp_path / "kg")
    assert ran.code == 0
    assert "1 shard of the scan is not done" in ran.err


def test_no_scan(relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("graph", "build", tmp_path, "--out", tmp_path / "kg")
    assert ran.code == 2
    assert ran.err.startswith("error: [R920]")


@pytest.mark.parametrize("format", ["kgx-tsv", "kgx-jsonl", "neo4j"])
def test_export(relatome: Relatome, kg: Path, tmp_path: Path, format: str) -> None:
    ran = relatome("graph", "export", kg, "--format", format, "--out", tmp_path / "out")
    assert (ran.code, ran.out) == (0, f"Wrote {tmp_path}/out\n")
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_export_graphml(relatome: Relatome, kg: Path, tmp_path: Path) -> None:
    ran = relatome("graph", "export", kg, "--format", "graphml", "--out", tmp_path / "kg.graphml")
    assert ran.code == 0
    assert networkx.read_graphml(tmp_path / "kg.graphml").number_of_edges() == 4


def test_a_table(relatome: Relatome, kg: Path) -> None:
    asked = ("--head", "aspirin", "--type", "Negative_Correlation")
    ran = relatome("graph", "query", kg, *asked)
    assert (ran.code, ran.err) == (0, "")
    for text in ("headache", "COX-1", "0.929", "2001–2004", "101: Aspirin eased headache."):
        assert text in ran.out
    assert "ulcer" not in ran.out


def test_tsv(relatome: Relatome, kg: Path) -> None:
    asked = ("--head", "headache", "--evidence", "9", "--format", "tsv")
    ran = relatome("graph", "query", kg, *asked)
    rows = list(csv.DictReader(io.StringIO(ran.out), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["document"] for row in rows] == ["101", "102"]
    assert rows[0]["head"] == "MESH:D006261"
    assert rows[0]["probability"] == "0.929289"
    assert rows[0]["sentences"] == "Aspirin eased headache."
    alone = relatome("graph", "query", kg, "--evidence", "0", "--format", "tsv")
    assert len(alone.out.splitlines()) == 5


def test_jsonl(relatome: Relatome, kg: Path) -> None:
    ran = relatome("graph", "query", kg, "--format", "jsonl", "--min-probability", "0.9")
    (edge,) = map(json.loads, ran.out.splitlines())
    assert (edge["head"]["name"], edge["tail"]["name"]) == ("aspirin", "headache")
    assert edge["evidence"][0]["sentences"][0]["text"] == "Aspirin eased headache."


def test_limits_are_told(relatome: Relatome, kg: Path) -> None:
    ran = relatome("graph", "query", kg, "--limit", "2", "--format", "jsonl")
    assert len(ran.out.splitlines()) == 2
    assert "more relations" in ran.err
    ran = relatome("graph", "query", kg, "--head", "aspirin", "--depth", "1", "--limit", "1")
    assert "2 more neighbours" in ran.err


def test_neighbours(relatome: Relatome, kg: Path) -> None:
    asked = ("--head", "headache", "--depth", "2", "--format", "jsonl")
    ran = relatome("graph", "query", kg, *asked)
    assert len(ran.out.splitlines()) == 4


def test_paths(relatome: Relatome, kg: Path) -> None:
    asked = ("--head", "headache", "--path-to", "cox-1")
    ran = relatome("graph", "query", kg, *asked)
    way = "headache – Negative_Correlation 0.929 – aspirin – Negative_Correlation 0.800 – COX-1"
    assert (ran.code, ran.out) == (0, f"0.743  {way}\n")
    ran = relatome("graph", "query", kg, *asked, "--format", "tsv")
    rows = list(csv.DictReader(io.StringIO(ran.out), delimiter="\t"))
    assert [(row["path"], row["step"], row["from"], row["to"]) for row in rows] == [
        ("1", "1", "MESH:D006261", "MESH:D001241"),
        ("1", "2", "MESH:D001241", "NCBIGene:5742"),
    ]
    ran = relatome("graph", "query", kg, *asked, "--format", "jsonl")
    assert len(json.loads(ran.out)["nodes"]) == 3
    ran = relatome("graph", "query", kg, "--head", "ulcer", "--path-to", "aspirin")
    assert ran.out == "0.600  ulcer ← Positive_Correlation 0.600 – aspirin\n"
    ran = relatome("graph", "query", kg, *asked, "--min-probability", "0.99")
    assert (ran.code, ran.out, ran.err) == (0, "", "No path of up to 4 relations.\n")


def test_a_page(relatome: Relatome, kg: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = relatome("graph", "query", kg, "--head", "aspirin", "--html", page)
    assert (ran.code, ran.out) == (0, f"Wrote {page}\n")
    assert "<h1>Relations around aspirin</h1>" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--depth", "2"), "R936"),
        (("--path-to", "aspirin"), "R936"),
        (("--html", "x.html"), "R936"),
        (("--head", "aspirin", "--html", "x.html", "--format", "tsv"), "R936"),
        (("--head", "aspirin", "--tail", "ulcer", "--path-to", "COX-1"), "R936"),
        (("--head", "aspirin", "--tail", "ulcer", "--depth", "1"), "R936"),
        (("--head", "asprin"), "R933"),
        (("--head", "aspirin", "--type", "nothing"), "R935"),
        (("--head", "aspirin", "--path-to", "d001241"), "R937"),
    ],
)
def test_what_is_refused(relatome: Relatome, kg: Path, asked: tuple[str, ...], code: str) -> None:
    ran = relatome("graph", "query", kg, *asked)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: [{code}]")


def test_no_graph(relatome: Relatome, scan: Path) -> None:
    ran = relatome("graph", "query", scan)
    assert ran.code == 2
    assert ran.err.startswith("error: [R930]")


def test_others_of_the_name_and_what_a_terminal_obeys(relatome: Relatome, tmp_path: Path) -> None:
    mouse = ("1", GENE, "[red]p\x1b[31m", "p53")
    human = ("2", GENE, "p53", "p53")
    documents = [Doc("1", (mouse, human), (Rel(0, 1, "Bind", evidence=("a\x1b[0m\nb",)),))]
    write_scan(tmp_path / "scan", [documents])
    relatome("graph", "build", tmp_path / "scan", "--out", tmp_path / "kg")
    for format in ("table", "tsv", "jsonl"):
        ran = relatome("graph", "query", tmp_path / "kg", "--head", "p53", "--format", format)
        assert ran.code == 0
        assert "\x1b" not in ran.out + ran.err
        assert "[red]p" in ran.out
    assert ran.err == "p53 is read as NCBIGene:2; it also names NCBIGene:1 ([red]p [31m)\n"
