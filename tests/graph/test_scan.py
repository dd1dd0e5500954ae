"""What is no scan, or a damaged one, is refused with a remedy; nothing is left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from relatome.errors import InputError, RelatomeError, UsageError, WorkError
from relatome.graph import Graph, build, builder, engine
from tests.graph.scans import SMALL, write_scan

RELATIONS = "relations/00000-part.parquet"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return write_scan(tmp_path / "scan", SMALL)


def altered(path: Path, **columns: list[object]) -> None:
    """Write a table again with other values in some columns."""
    table = pq.read_table(path)
    for name, values in columns.items():
        index = table.schema.get_field_index(name)
        field = table.schema.field(name)
        table = table.set_column(index, field, pa.array(values, field.type))
    pq.write_table(table, path)


def damaged(path: Path) -> None:
    """Change bytes in the middle of the data, and leave the footer."""
    content = bytearray(path.read_bytes())
    content[8:200] = b"\xff" * 192
    path.write_bytes(content)


def without(path: Path, column: str) -> None:
    pq.write_table(pq.read_table(path).drop_columns([column]), path)


@pytest.mark.parametrize(
    ("code", "harm"),
    [
        ("R920", lambda scan: (scan / "scan.json").unlink()),
        ("R920", shutil.rmtree),
        ("R921", lambda scan: (scan / "scan.json").write_text('{"format": 2}')),
        ("R921", lambda scan: (scan / "scan.json").write_text('{"format": 2, "work": 3}')),
        ("R922", lambda scan: shutil.rmtree(scan / "shards")),
        ("R924", lambda scan: (scan / "scan.json").write_bytes(b"\xff{")),
        ("R924", lambda scan: (scan / "scan.json").write_text("[" * 100_000)),
        ("R924", lambda scan: (scan / RELATIONS).write_bytes(b"")),
        ("R924", lambda scan: (scan / RELATIONS).write_bytes(b"PAR1 and no more PAR1")),
        ("R924", lambda scan: damaged(scan / RELATIONS)),
        ("R924", lambda scan: damaged(scan / "documents/00000-part.parquet")),
        ("R925", lambda scan: (scan / "deletions/00001-part.parquet").unlink()),
        ("R926", lambda scan: without(scan / RELATIONS, "score")),
        ("R927", lambda scan: altered(scan / RELATIONS, position=[0, 0, 1, 7])),
        ("R927", lambda scan: altered(scan / RELATIONS, position=[0, 0, 1, None])),
        ("R927", lambda scan: altered(scan / RELATIONS, score=[0.5, 1.5, 0.5, 0.5])),
        ("R927", lambda scan: altered(scan / RELATIONS, score=[0.5, float("nan"), 0.5, 0.5])),
        ("R927", lambda scan: altered(scan / RELATIONS, head=["x", "x", "x", None])),
        ("R927", lambda scan: altered(scan / "documents/00000-part.parquet", position=[0, 0])),
        ("R927", lambda scan: altered(scan / "documents/00000-part.parquet", document=["1", None])),
        ("R927", lambda scan: altered(scan / "documents/00000-part.parquet", position=[0, None])),
    ],
)
def test_what_is_refused(
    scan: Path, tmp_path: Path, code: str, harm: Callable[[Path], object]
) -> None:
    harm(scan)
    with pytest.raises(RelatomeError, match=code):
        build([scan], tmp_path / "kg")
    assert not [path for path in tmp_path.iterdir() if path.name != "scan"]


def test_the_same_scan_twice(scan: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R923"):
        build([scan, tmp_path / "kg" / ".." / "scan"], tmp_path / "kg")


def test_a_place_that_is_taken(scan: Path, tmp_path: Path) -> None:
    build([scan], tmp_path / "kg")
    before = (tmp_path / "kg" / "graph.duckdb").read_bytes()
    with pytest.raises(UsageError, match="R156"):
        build([scan], tmp_path / "kg")
    assert (tmp_path / "kg" / "graph.duckdb").read_bytes() == before


@pytest.mark.parametrize("memory", ["", "much", "-1GB", "100MB", "1 PB", "GB"])
def test_memory_that_is_none(scan: Path, tmp_path: Path, memory: str) -> None:
    with pytest.raises(UsageError, match="R928"):
        build([scan], tmp_path / "kg", memory=memory)


def test_sizes() -> None:
    assert engine.parse_memory("1GB") == 10**9
    assert engine.parse_memory(" 1.5 gib ") == 1_500_000_000
    assert engine.parse_memory("500000k") == 500_000_000


def test_too_little_memory_and_no_room(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    for error, code in (
        (duckdb.OutOfMemoryException("Out of Memory Error: 300 MB"), "R929"),
        (duckdb.OutOfMemoryException("max_temp_directory_size reached"), "R111"),
        (duckdb.IOException('Could not write file "x": No space left on device'), "R111"),
    ):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(builder, "_make_nodes", fail)
        with pytest.raises(WorkError, match=code):
            build([scan], tmp_path / "kg")
        assert [path.name for path in tmp_path.iterdir()] == ["scan"]


def test_names_of_folders_are_no_patterns_and_no_code(tmp_path: Path) -> None:
    odd = tmp_path / "it's [a]*; DROP TABLE x --"
    odd.mkdir()
    scan = write_scan(tmp_path / "?mode=x [a]*'" / "scan", SMALL)
    assert build([scan], odd / "kg").counts.relations == 5
    with pytest.raises(UsageError, match="R938"):
        build([scan], scan / "kg")
    with Graph(odd / "kg") as graph:
        assert len(graph.relations()) == 4


@pytest.mark.parametrize(
    ("code", "harm"),
    [
        ("R930", lambda kg: (kg / "graph.json").unlink()),
        ("R930", lambda kg: (kg / "graph.duckdb").unlink()),
        ("R930", shutil.rmtree),
        ("R931", lambda kg: (kg / "graph.json").write_text('{"format": 7}')),
        ("R932", lambda kg: (kg / "graph.json").write_text("{")),
        ("R932", lambda kg: (kg / "graph.json").write_text('{"format": 1}')),
        ("R932", lambda kg: (kg / "graph.duckdb").write_bytes(b"x")),
        (
            "R932",
            lambda kg: (kg / "graph.duckdb").write_bytes(
                b"\0" * (kg / "graph.duckdb").stat().st_size
            ),
        ),
    ],
)
def test_a_graph_that_is_none(
    small_graph: Path, tmp_path: Path, code: str, harm: Callable[[Path], object]
) -> None:
    kg = tmp_path / "kg"
    shutil.copytree(small_graph, kg)
    harm(kg)
    with pytest.raises((InputError, UsageError), match=code):
        Graph(kg).relations()


def test_another_database_under_its_name(small_graph: Path, tmp_path: Path) -> None:
    import duckdb

    kg = tmp_path / "kg"
    shutil.copytree(small_graph, kg)
    (kg / "graph.duckdb").unlink()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nb\n")
    with duckdb.connect(str(kg / "graph.duckdb")) as other:
        other.execute(
            f"CREATE VIEW edges AS SELECT * FROM read_csv('{secret}');"
            "CREATE TABLE nodes AS SELECT 1 AS number"
        )
    size = (kg / "graph.duckdb").stat().st_size
    told = (kg / "graph.json").read_text()
    old = f'"size": {(small_graph / "graph.duckdb").stat().st_size}'
    assert old in told
    (kg / "graph.json").write_text(told.replace(old, f'"size": {size}'))
    with Graph(kg) as graph, pytest.raises(InputError, match="R932"):
        graph.relations()
    with Graph(kg) as graph, pytest.raises(InputError, match=r"R932.*disabled"):
        list(graph.stream("FROM edges"))
