"""The folder of a scan: one run writes it at a time, and a shard is in it whole or not at all.

Workers write into a folder of the run, below ``.work``. Names in the tables are given by the
run alone, which holds the lock: what is left of a killed run cannot touch what is done.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from relatome.errors import SCAN_FOLDER, SCAN_LOCKED, UsageError
from relatome.graph.tables import SCHEMAS, SHARDS
from relatome.scale.manifest import Manifest
from relatome.scale.shard import ShardRecord, Task
from relatome.scale.tables import table_file
from relatome.scale.writing import sync_folder, write_whole, writing

MANIFEST = "scan.json"
_LOCK, _WORK = ".lock", ".work"


class ScanFolder:
    """A locked folder of a scan; use it through `scan_folder`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._work = path / _WORK / uuid.uuid4().hex

    @property
    def _manifest(self) -> Path:
        return self.path / MANIFEST

    def require_ours(self) -> None:
        """Refuse a folder that no scan has written to.

        A scan without manifest was killed before its first shard: its tables are empty folders.

        Raises:
            UsageError: if it holds something else.
        """
        if self._manifest.is_file():
            return
        ours = {_LOCK, _WORK, f".{MANIFEST}.part"}
        tables = {SHARDS, *SCHEMAS}
        for each in self.path.iterdir():
            empty = each.name in tables and each.is_dir() and not any(each.iterdir())
            if each.name not in ours and not empty:
                raise UsageError(SCAN_FOLDER, folder=self.path)

    def prepare(self) -> None:
        """Make what is missing, and remove what killed runs left.

        Raises:
            WorkError: if it cannot be written.
        """
        with writing(self.path):
            shutil.rmtree(self.path / _WORK, ignore_errors=True)
            self._work.mkdir(parents=True)
            for each in (*SCHEMAS, SHARDS):
                (self.path / each).mkdir(exist_ok=True)
            for left in (*self.path.glob(".*.part"), *(self.path / SHARDS).glob(".*.part")):
                left.unlink()

    def empty(self) -> None:
        """Remove all of an earlier scan, the records first: half of it must not look done.

        Raises:
            WorkError: if it cannot be removed.
        """
        with writing(self.path):
            for each in (SHARDS, *SCHEMAS):
                if (self.path / each).is_dir():
                    shutil.rmtree(self.path / each)
            self._manifest.unlink(missing_ok=True)

    def clear_work(self) -> None:
        """Remove what workers have under way."""
        shutil.rmtree(self._work, ignore_errors=True)
        with suppress(OSError):  # it is another's, or not there
            self._work.parent.rmdir()

    def read_manifest(self) -> Manifest | None:
        """What the folder holds a scan of; None if it holds none.

        Raises:
            UsageError: if it is of another version.
        """
        if not self._manifest.is_file():
            return None
        return Manifest.decode(self._manifest.read_bytes(), self._manifest)

    def write_manifest(self, manifest: Manifest) -> None:
        """Say what the folder holds a scan of.

        Raises:
            WorkError: if it cannot be written.
        """
        write_whole(self._manifest, manifest.encode())

    def record(self, shard: str) -> ShardRecord | None:
        """The record of a shard; None if it is not done, or its tables are not as they were."""
        try:
            content = self._record(shard).read_bytes()
            record = msgspec.json.decode(content, type=ShardRecord)
            sizes = {each: self.table(each, shard).stat().st_size for each in SCHEMAS}
        except (OSError, msgspec.MsgspecError):
            return None
        return record if sizes == record.tables else None

    def table(self, table: str, shard: str) -> Path:
        """Where a table of a shard is."""
        return self.path / table / f"{shard}.parquet"

    def work_place(self, shard: str, attempt: int) -> Path:
        """Where a worker is to write the tables of a shard."""
        return self._work / f"{shard}.{attempt}"

    def commit(self, task: Task, record: ShardRecord) -> None:
        """Give the tables of a shard their names, and say that it is done.

        Raises:
            WorkError: if that cannot be written.
        """
        # Before the tables are replaced: a record of others must not vouch for these.
        with writing(self._record(task.name)):
            self._record(task.name).unlink(missing_ok=True)
        for each in SCHEMAS:
            target = self.table(each, task.name)
            with writing(target):
                (task.folder / table_file(each)).replace(target)
                sync_folder(target.parent)
        write_whole(self._record(task.name), msgspec.json.encode(record) + b"\n")
        shutil.rmtree(task.folder, ignore_errors=True)

    def _record(self, shard: str) -> Path:
        return self.path / SHARDS / f"{shard}.json"


@contextmanager
def scan_folder(path: Path) -> Iterator[ScanFolder]:
    """The folder, made if it is not there, and nobody else's until the block ends.

    Raises:
        UsageError: if another scan is writing to it, or it holds something else.
        WorkError: if it cannot be written.
    """
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        folder = ScanFolder(path)
        folder.require_ours()  # before anything in it is touched
        lock = FileLock(path / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(SCAN_LOCKED, folder=path) from None
    try:
        yield folder
    finally:
        folder.clear_work()
        lock.release()
