"""One file to the tables of its shard: the same bytes however it is worked on, flat memory."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Passage
from relatome.formats import jsonl
from relatome.graph.tables import DOCUMENTS, ERRORS, RELATIONS
from relatome.scale.rows import document_rows
from relatome.scale.shard import ShardRecord, Task, extract_shard
from relatome.scale.tables import table_file
from tests.scale.stub import StubExtractor, document


def shard(source: Path, folder: Path, threads: int = 1) -> ShardRecord:
    task = Task("s", source, source.stat().st_size, folder)
    steps = list(extract_shard(task, StubExtractor(), "stub", "1", threads))
    record = steps[-1]
    assert isinstance(record, ShardRecord)
    assert record.tables == {
        path.stem: path.stat().st_size for path in sorted(folder.iterdir(), key=lambda p: p.name)
    }
    return record


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enough documents for several groups of rows, every hundredth of them bad."""
    monkeypatch.setattr("relatome.scale.tables._GROUP", 256)  # as it is it would take 9,000
    path = tmp_path / "many.jsonl"
    texts = ("Alpha Beta Gamma" if n % 100 else "Bad" for n in range(300))
    path.write_bytes(b"".join(jsonl.line(document(str(n), t)) for n, t in enumerate(texts)))
    return path


def test_threads_do_not_change_bytes(source: Path, tmp_path: Path) -> None:
    record = shard(source, tmp_path / "one")
    assert shard(source, tmp_path / "four", threads=4).counts == record.counts
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "four" / path.name).read_bytes()
    assert (record.counts.documents, record.counts.errors) == (297, 3)
    assert record.tally.documents == 297
    assert record.codes == {"R999": 3}


def test_groups_of_rows_are_bounded_and_positions_run_through(source: Path, tmp_path: Path) -> None:
    shard(source, tmp_path / "out")
    file = pq.ParquetFile(tmp_path / "out" / table_file(RELATIONS))
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sizes == [256, 256, 594 - 2 * 256]
    positions = [
        position
        for table in (DOCUMENTS, ERRORS)
        for position in pq.read_table(tmp_path / "out" / table_file(table))["position"].to_pylist()
    ]
    assert sorted(positions) == list(range(300))


INFONS = st.dictionaries(st.sampled_from(["year", "version", "journal", "retracted"]), st.text())


@given(text=st.text(), title=st.text(), infons=INFONS)
def test_any_document_has_rows(text: str, title: str, infons: dict[str, str]) -> None:
    passages = (Passage("title", 0, title), Passage("abstract", len(title) + 1, text))
    made = Document("1", passages, infons=infons)
    try:
        (row,) = document_rows(made, 3, "m", "1")[DOCUMENTS].to_pylist()
    except ValueError:
        with pytest.raises(UnicodeEncodeError):  # UTF-8 cannot hold it, and the row is an error
            (title + text + "".join(infons.values())).encode()
        return
    assert (row["title"], row["characters"]) == (title, len(made.text))
    assert row["version"] >= 1
    assert row["year"] is None or 0 <= row["year"] <= 9999
    assert row["retracted"] is (infons.get("retracted") == "yes")


def test_a_text_that_utf8_cannot_hold_is_an_error_of_its_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(jsonl.line(document(n, "Alpha Beta")) for n in "12"))

    def spoilt(self: StubExtractor, made: Document) -> Document:
        return document("\ud800", "Alpha") if made.id == "1" else made

    monkeypatch.setattr(StubExtractor, "extract", spoilt)
    record = shard(path, tmp_path / "out")
    assert (record.counts.documents, record.codes) == (1, {"R916": 1})


def test_a_file_that_changes_under_way_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(jsonl.line(document("1", "Alpha")))
    task = Task("s", path, 5, tmp_path / "out")
    work = partial(extract_shard, task, StubExtractor(), "stub", "1")
    with pytest.raises(Exception, match=r"R907.*had 5 bytes"):
        list(work())
