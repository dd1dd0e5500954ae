"""Which records hold: updates replace what came before, deletions take it back.

A document may have several records, in one shard or in several: the baseline of PubMed and its
daily updates. Of those the one with the highest version holds; of equal versions that of the latest
shard, and within a shard the last. A deletion removes the records of its document in its own shard
and in all earlier ones; a later record brings the document back. Articles that were retracted are
left out of the graph.

Shards are numbered over all scans in the order they are given, by name within a scan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from relatome.errors import SHARD_ROWS, InputError, Place
from relatome.graph.engine import reading
from relatome.graph.scan import Shard
from relatome.graph.tables import DELETIONS, DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


class Records(NamedTuple):
    """How many records there are, and what became of them.

    Attributes:
        read: all records of documents.
        superseded: replaced by another record of the same document.
        deleted: removed by a deletion.
        retracted: current, and left out because the article was retracted.
        current: those the graph is made of.
    """

    read: int
    superseded: int
    deleted: int
    retracted: int
    current: int


def select_current(connection: DuckDBPyConnection, shards: Sequence[Shard]) -> Records:
    """Make the table ``current``: the records that hold.

    Its columns: record (a number), shard, position, document, version, year.

    Raises:
        InputError: if a table of documents or deletions cannot be read.
    """
    connection.execute("""
        CREATE TABLE records (
            document VARCHAR, version INTEGER, shard INTEGER, position INTEGER,
            year SMALLINT, retracted BOOLEAN);
        CREATE TABLE deletions (document VARCHAR, shard INTEGER)""")
    for shard in shards:
        file = shard.file(DOCUMENTS)
        with reading(file) as source:
            connection.execute(
                """INSERT INTO records
                SELECT document, coalesce(version, 1), $shard, position, year,
                    coalesce(retracted, false)
                FROM read_parquet($source)""",
                {"shard": shard.number, "source": source},
            )
        with reading(shard.file(DELETIONS)) as source:
            connection.execute(
                "INSERT INTO deletions SELECT DISTINCT document, $shard FROM read_parquet($source)",
                {"shard": shard.number, "source": source},
            )
    _require_places(connection, shards)
    # One number says which record of a document is the last, so that the choice is a plain maximum.
    connection.execute("""
        CREATE TABLE kept AS
        SELECT *, (version::HUGEINT << 64) + (shard::HUGEINT << 32) + position AS rank
        FROM records LEFT JOIN (
            SELECT document, max(shard) AS until FROM deletions GROUP BY document
        ) USING (document)
        WHERE until IS NULL OR shard > until;
        CREATE TABLE current AS
        SELECT (shard::BIGINT << 32) + position AS record, shard, position, document, version, year
        FROM kept JOIN (
            SELECT document, max(rank) AS rank FROM kept GROUP BY document
        ) USING (document, rank)
        WHERE NOT retracted
        ORDER BY record""")
    read, kept, documents, current = (
        _count(connection, query)
        for query in (
            "SELECT count(*) FROM records",
            "SELECT count(*) FROM kept",
            "SELECT count(DISTINCT document) FROM kept",
            "SELECT count(*) FROM current",
        )
    )
    connection.execute("DROP TABLE records; DROP TABLE deletions; DROP TABLE kept")
    return Records(read, kept - documents, read - kept, documents - current, current)


def _require_places(connection: DuckDBPyConnection, shards: Sequence[Shard]) -> None:
    """Refuse records without document or position, and two at one position of a shard."""
    found = connection.execute("""
        SELECT shard FROM records GROUP BY shard
        HAVING count(document) < count(*) OR count(DISTINCT position) < count(*)
            OR min(position) < 0 OR min(version) < 0
        ORDER BY shard LIMIT 1""").fetchone()
    if found is not None:
        file = shards[found[0]].file(DOCUMENTS)
        raise InputError(
            SHARD_ROWS, at=Place(str(file)), what="a document without identifier or own position"
        )


def _count(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
