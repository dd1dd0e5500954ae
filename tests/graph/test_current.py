"""Which of several records of a document holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relatome.graph import Graph, build
from relatome.graph.folder import Counts
from tests.graph.scans import ASPIRIN, HEADACHE, Doc, Rel, write_scan


def record(id: str, says: str, **more: object) -> Doc:
    relation = Rel(0, 1, says)
    return Doc(id, (ASPIRIN, HEADACHE), (relation,), **more)  # type: ignore[arg-type]


def held(folder: Path, *scans: Path) -> tuple[dict[str, str], Counts]:
    """Which record of each document holds, by what it says; and the counts."""
    counts = build(scans, folder / "kg").counts
    with Graph(folder / "kg") as graph:
        found = {
            evidence.document: edge.type
            for edge in graph.relations()
            for evidence in graph.evidence(edge)
        }
    return found, counts


def numbers(counts: Counts) -> tuple[int, ...]:
    return (
        counts.records,
        counts.superseded,
        counts.deleted,
        counts.retracted,
        counts.documents,
    )


@pytest.mark.parametrize(
    ("shards", "expected"),
    [
        ([[record("1", "old"), record("1", "new")]], "new"),  # the last of a shard
        ([[record("1", "old")], [record("1", "new")]], "new"),  # the latest shard
        ([[record("1", "new", version=2)], [record("1", "old")]], "new"),  # the highest version
        ([[record("1", "new", version=10), record("1", "old", version=9)]], "new"),
    ],
)
def test_one_holds(tmp_path: Path, shards: Sequence[Sequence[Doc]], expected: str) -> None:
    found, counts = held(tmp_path, write_scan(tmp_path / "scan", shards))
    assert found == {"1": expected}
    assert numbers(counts) == (2, 1, 0, 0, 1)


def test_deletions(tmp_path: Path) -> None:
    shards = [
        [record("1", "a"), record("2", "a"), record("3", "a", version=3)],
        [record("2", "b")],
        [record("3", "b"), record("4", "a")],
    ]
    # 1 goes; 2 goes from its own shard and before; 3 comes back, in a lower version.
    scan = write_scan(tmp_path / "scan", shards, deletions={1: ["1", "2", "3", "unheard of"]})
    found, counts = held(tmp_path, scan)
    assert found == {"3": "b", "4": "a"}
    assert numbers(counts) == (6, 0, 4, 0, 2)


def test_retracted_articles_are_left_out(tmp_path: Path) -> None:
    shards = [
        [record("1", "a"), record("2", "a", retracted=True)],
        [record("1", "b", retracted=True)],
    ]
    found, counts = held(tmp_path, write_scan(tmp_path / "scan", shards))
    assert found == {}
    assert numbers(counts) == (3, 1, 0, 2, 0)


def test_a_withdrawn_retraction_counts(tmp_path: Path) -> None:
    shards = [[record("1", "a", retracted=True)], [record("1", "b")]]
    assert held(tmp_path, write_scan(tmp_path / "scan", shards))[0] == {"1": "b"}


def test_shards_that_are_not_done_do_not_count(tmp_path: Path) -> None:
    shards = [[record("1", "a")], [record("1", "b"), record("2", "b")]]
    found, counts = held(tmp_path, write_scan(tmp_path / "scan", shards, done=[True, False]))
    assert found == {"1": "a"}
    assert (counts.shards, counts.unfinished_shards) == (1, 1)


def test_later_scans_replace_earlier_ones(tmp_path: Path) -> None:
    base = write_scan(tmp_path / "base", [[record("1", "a"), record("2", "a"), record("3", "a")]])
    update = write_scan(tmp_path / "update", [[record("1", "b")]], deletions={0: ["2"]})
    found, counts = held(tmp_path, base, update)
    assert found == {"1": "b", "3": "a"}
    assert numbers(counts) == (4, 1, 1, 0, 2)


def expected(shards: list[list[Doc]], deletions: dict[int, list[str]]) -> dict[str, str]:
    """The rule, said once more in the plainest way."""
    best: dict[str, tuple[tuple[int, int, int], Doc]] = {}
    for number, documents in enumerate(shards):
        for position, each in enumerate(documents):
            if any(each.id in ids and shard >= number for shard, ids in deletions.items()):
                continue
            rank = (each.version, number, position)
            if each.id not in best or best[each.id][0] < rank:
                best[each.id] = (rank, each)
    return {id: made.relations[0].type for id, (_, made) in best.items() if not made.retracted}


RECORDS = st.builds(
    record,
    st.sampled_from("123"),
    st.sampled_from("abcdef"),
    version=st.integers(1, 3),
    retracted=st.sampled_from([False, False, True]),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(RECORDS, max_size=4), min_size=1, max_size=4),
    st.dictionaries(st.integers(0, 3), st.lists(st.sampled_from("123"), max_size=2), max_size=3),
)
def test_the_rule(
    tmp_path_factory: pytest.TempPathFactory,
    shards: list[list[Doc]],
    deletions: dict[int, list[str]],
) -> None:
    folder = tmp_path_factory.mktemp("rule")
    deletions = {shard: ids for shard, ids in deletions.items() if shard < len(shards)}
    found, counts = held(folder, write_scan(folder / "scan", shards, deletions=deletions))
    assert found == expected(shards, deletions)
    assert counts.records == sum(map(len, shards))
    assert counts.records == (
        counts.superseded + counts.deleted + counts.retracted + counts.documents
    )
