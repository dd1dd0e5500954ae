"""``relatome scan``: files in, tables out, and what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

import pyarrow.parquet as pq

from relatome import formats
from relatome.cli.scan import described
from relatome.pipeline import load
from relatome.scale import State
from relatome.scale.shard import Progress
from tests.cli.conftest import Relatome

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_bundled_model_fills_the_tables(relatome: Relatome, tmp_path: Path) -> None:
    out = tmp_path / "out"
    annotated = EXAMPLES / "annotated.pubtator"
    ran = relatome("scan", annotated, EXAMPLES / "abstract.txt", "--out", out, "--workers", 1)
    assert ran.code == 0, ran.err
    assert ran.out == ""
    assert "2 shards of 2 done." in ran.err
    assert re.search(r"^4 documents \(1 tagged\), \d+ mentions", ran.err, re.MULTILINE)
    table = pq.read_table(out / "relations" / "000000-annotated.pubtator.parquet").to_pylist()
    expected = [
        (d.id, r.head, r.tail, r.type, pytest.approx(r.score))
        for d in load(threads=1)(formats.read(annotated))
        for r in d.relations
    ]
    found = [(r["document"], r["head"], r["tail"], r["type"], r["score"]) for r in table]
    assert found == expected
    assert {r["model"] for r in table} == {"relatome-small"}
    assert all(r["evidence"] for r in table)
    again = relatome("scan", annotated, EXAMPLES / "abstract.txt", "--out", out)
    assert (again.code, "2 of them done before" in again.err) == (0, True)
    other = relatome("scan", annotated, "--out", out, "--min-score", 0.5)
    assert other.code == 2
    assert "[R906]" in other.err
    assert "min score was 0.0, is 0.5" in other.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["absent.xml"], "R901"),
        (["nothing-*.xml"], "R901"),
        (["@absent.txt"], "R901"),
        (["."], "R900"),
        ([EXAMPLES / "own-corpus" / "train"], "R903"),
        ([EXAMPLES / "abstract.txt", "--gpus-per-worker", "1"], "R919"),
        ([EXAMPLES / "abstract.txt", "--tagger", "pubtator3"], "R348"),
        ([EXAMPLES / "abstract.txt", "--model", "absent"], "R5"),
        ([EXAMPLES / "abstract.txt", "--dictionary", "absent"], "R902"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    arguments: list[str],
    code: str,
    relatome: Relatome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = relatome("scan", *arguments, "--out", tmp_path / "out")
    assert ran.code == 2, ran.err
    assert f"[{code}" in ran.err
    assert not (tmp_path / "out").exists()


def test_progress_is_a_line() -> None:
    state = State(shards=1300, bytes=1000)
    state.begin()
    assert described(state) == "0 of 1,300 shards, 0 documents, 0.0 a second"
    state.running("one", Progress(1200, 3, 10, "why"))
    line = described(state)
    assert line.startswith("0 of 1,300 shards, 1,200 documents, ")
    assert line.endswith(" left, 3 errors")
