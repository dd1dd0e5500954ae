"""From files to answers: a scan that is killed and repeated, a graph of it, exports, questions."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import networkx
import pytest

pytest.importorskip("duckdb")

from tests.cli.conftest import Relatome
from tests.scale.stub import tables

EXAMPLES = Path(__file__).parents[2] / "examples"


def examples(folder: Path) -> list[Path]:
    """Our own documents, some under another name a second time."""
    again = folder / "again.pubtator"
    again.write_bytes((EXAMPLES / "annotated.pubtator").read_bytes().replace(b"example-", b"n-"))
    return [EXAMPLES / "abstract.txt", EXAMPLES / "annotated.pubtator", again]


def samples(corpora: Path) -> list[Path]:
    """PubMed XML, a file of the yearly ones among it, and annotated documents."""
    xml = sorted((corpora / "pubmed_xml").glob("*.xml*"))
    return [*xml, *sorted((corpora / "pubtator_samples").glob("*.pubtator"))]


def killed(out: Path, inputs: list[Path]) -> None:
    """Begin a scan, and kill it and its worker once a shard is done."""
    command = [sys.executable, "-m", "relatome", "scan", *inputs, "--out", out, "--workers", "1"]
    process = subprocess.Popen(
        list(map(str, command)), stderr=subprocess.DEVNULL, start_new_session=True
    )
    until = time.monotonic() + 300
    while not list((out / "shards").glob("*.json")) and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("source", ["examples", pytest.param("samples", marks=pytest.mark.slow)])
def test_a_killed_scan_becomes_a_graph_that_answers(
    source: str, relatome: Relatome, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    inputs = (
        examples(tmp_path)
        if source == "examples"
        else samples(request.getfixturevalue("corpora_dir"))
    )
    scan, kg = tmp_path / "scan", tmp_path / "kg"
    killed(scan, inputs)
    resumed = relatome("scan", *inputs, "--out", scan)
    assert resumed.code == 0, resumed.err
    assert f"{len(inputs)} shards of {len(inputs)} done" in resumed.err
    assert "of them done before" in resumed.err
    assert relatome("scan", *inputs, "--out", tmp_path / "unbroken").code == 0
    assert tables(scan) == tables(tmp_path / "unbroken")

    assert relatome("graph", "build", scan, "--out", kg).code == 0
    counts = json.loads((kg / "graph.json").read_text("utf-8"))["counts"]
    assert counts["unfinished_shards"] == 0
    assert counts["edges"] > 0

    asked = relatome("graph", "query", kg, "--limit", "1", "--format", "tsv")
    (best,) = csv.DictReader(io.StringIO(asked.out), delimiter="\t", quoting=csv.QUOTE_NONE)
    assert best["sentences"]
    for name in (best["head"], best["tail"]):
        found = relatome("graph", "query", kg, "--head", name, "--format", "jsonl")
        assert found.code == 0, found.err
        numbers = [json.loads(line)["number"] for line in found.out.splitlines()]
        assert len(numbers) == len(set(numbers)) > 0

    drawn = tmp_path / "kg.graphml"
    assert relatome("graph", "export", kg, "--format", "graphml", "--out", drawn).code == 0
    loaded = networkx.read_graphml(drawn, force_multigraph=True)
    assert loaded.number_of_nodes() == counts["nodes"]
    assert loaded.number_of_edges() == counts["edges"]
    assert relatome("graph", "export", kg, "--out", tmp_path / "kgx").code == 0
    nodes, edges = (
        (tmp_path / "kgx" / name).read_bytes().decode().splitlines()[1:]
        for name in ("nodes.tsv", "edges.tsv")
    )
    ids = {line.split("\t")[0] for line in nodes}
    assert (len(ids), len(edges)) == (counts["nodes"], counts["edges"])
    assert all({line.split("\t")[1], line.split("\t")[3]} <= ids for line in edges)
