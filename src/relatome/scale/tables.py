"""The Parquet files of one shard: written as rows come, the same bytes for the same rows."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from relatome.graph.tables import SCHEMAS
from relatome.scale.rows import Batches
from relatome.scale.writing import writing

# Rows of a group: what is held in memory at most, and what a reader may skip at once.
_GROUP = 8192


class ShardTables:
    """All tables of a shard, each a file ``TABLE.parquet``.

    Groups of rows end after a fixed number of them, so bytes depend on nothing but the rows.
    """

    def __init__(self, folder: Path) -> None:
        """Create the files.

        Raises:
            WorkError: if they cannot be written.
        """
        self._tables: dict[str, _Table] = {}
        with writing(folder):
            folder.mkdir()
        try:
            for table in SCHEMAS:
                self._tables[table] = _Table(folder / table_file(table), SCHEMAS[table])
        except BaseException:
            self.abandon()
            raise

    def add(self, batches: Batches) -> None:
        """Add rows.

        Raises:
            WorkError: if they cannot be written.
        """
        for table, rows in batches.items():
            self._tables[table].add(rows)

    def finish(self) -> dict[str, int]:
        """Write what is left, down to the disk; the bytes of each table.

        Raises:
            WorkError: if it cannot be written.
        """
        return {name: table.finish() for name, table in self._tables.items()}

    def abandon(self) -> None:
        """Close the files as they are."""
        for table in self._tables.values():
            table.abandon()


class _Table:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        with writing(path):
            # Ours, not Arrow's: what it raises keeps its number, and it can be synced.
            self._stream: BinaryIO = path.open("wb")
            self._writer = pq.ParquetWriter(self._stream, schema, compression="zstd")

    def add(self, rows: pa.RecordBatch) -> None:
        self._waiting.append(rows)
        self._rows += rows.num_rows
        if self._rows >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        table = pa.Table.from_batches(self._waiting).combine_chunks()
        with writing(self._path):
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._waiting, self._rows = [], 0

    def finish(self) -> int:
        if self._waiting:
            self._flush()
        with writing(self._path):
            self._writer.close()
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            return self._path.stat().st_size

    def abandon(self) -> None:
        # The writer says again what it said before when it is closed after a full disk.
        for each in (self._writer, self._stream):
            with suppress(OSError):
                each.close()


def table_file(table: str) -> str:
    """The name of a table's file before it has its place in the scan."""
    return f"{table}.parquet"
