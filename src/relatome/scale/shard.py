"""One input file through the pipeline into the tables of its shard."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import msgspec

from relatome.data import Document, Schema
from relatome.errors import (
    SCAN_INPUT_CHANGED,
    SCAN_UNEXPECTED,
    SCAN_UNREADABLE,
    InputError,
    Place,
    RelatomeError,
)
from relatome.formats import Record, read_records
from relatome.graph.tables import DELETIONS
from relatome.pipeline import Tally
from relatome.runtime import in_order
from relatome.scale.rows import Batches, batch, document_rows, error_rows
from relatome.scale.tables import ShardTables

_EVERY = 1.0  # seconds between two reports of how far it is
_BLOCK = 1 << 20


class Task(msgspec.Struct, frozen=True):
    """One shard to be done.

    Attributes:
        name: of the shard.
        input: the file.
        bytes: its size when the scan was begun.
        folder: where to write the tables, to be made; its parent is there.
    """

    name: str
    input: Path
    bytes: int
    folder: Path


class Counts(msgspec.Struct):
    """What a shard holds; sums of them are what a scan holds.

    `without_text` are documents among the others, `errors` records that gave no document.
    """

    documents: int = 0
    without_text: int = 0
    entities: int = 0
    relations: int = 0
    deletions: int = 0
    errors: int = 0

    def add(self, other: Counts) -> None:
        """Count what another counted."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class ShardRecord(msgspec.Struct, frozen=True):
    """What is known of a shard that is done.

    Attributes:
        input: the file, as the scan names it.
        bytes: its size.
        modified: when it was last changed, in nanoseconds.
        sha256: of its bytes.
        counts: what the tables hold.
        codes: errors by code.
        tally: what the pipeline met.
        tables: bytes of each table.
        seconds: it took.
    """

    input: str
    bytes: int
    modified: int
    sha256: str
    counts: Counts
    codes: dict[str, int]
    tally: Tally
    tables: dict[str, int]
    seconds: float


class Progress(NamedTuple):
    """How far a shard is: documents and errors so far, bytes read, and the last error."""

    documents: int
    errors: int
    bytes: int
    last: str


class Extractor(Protocol):
    """What finds relations; `relatome.pipeline.Pipeline` is one."""

    tally: Tally

    @property
    def input_schema(self) -> Schema | None:
        """The entity types that documents must fit, if they are to be judged while reading."""

    def extract(self, document: Document) -> Document:
        """The document with its relations."""


def extract_shard(
    task: Task, extractor: Extractor, model: str, version: str, threads: int = 1
) -> Iterator[Progress | ShardRecord]:
    """Do a shard; how far it is every second or so, and lastly its record.

    What is wrong with a document, or with the file from some place on, is a row of the table of
    errors. Rows stand in the order of the file, whatever the number of threads.

    Raises:
        InputError: if the file cannot be read, or is another than when the scan was begun.
        WorkError: if the tables cannot be written.
    """
    started = reported = time.monotonic()
    counts, codes, last = Counts(), Counter[str](), ""
    extractor.tally = Tally()
    source = _Source(task.input)
    deleted: list[str] = []
    tables = ShardTables(task.folder)
    try:
        records = read_records(
            source,  # type: ignore[arg-type]  # all of a stream that is asked for
            str(task.input),
            schema=extractor.input_schema,
            any_label=True,
            on_deletion=deleted.append,
        )
        work = partial(_rows, extractor=extractor, model=model, version=version)
        for made in in_order(work, enumerate(records), threads):
            tables.add(made.rows)
            counts.add(made.counts)
            if made.error is not None:
                codes[made.error.code] += 1
                last = str(made.error)
            if time.monotonic() - reported >= _EVERY:
                reported = time.monotonic()
                yield Progress(counts.documents, counts.errors, source.count, last)
        source.drain()
        if source.count != task.bytes:
            reason = f"it had {task.bytes:,} bytes, now it has {source.count:,}"
            raise InputError(SCAN_INPUT_CHANGED, path=task.input, reason=reason)
        if deleted:
            rows = [{"document": document} for document in deleted]
            tables.add({DELETIONS: batch(DELETIONS, rows)})
            counts.deletions = len(deleted)
        sizes = tables.finish()
    except BaseException:
        tables.abandon()
        raise
    finally:
        source.close()
    yield Progress(counts.documents, counts.errors, source.count, last)
    yield ShardRecord(
        input=str(task.input),
        bytes=source.count,
        modified=source.modified,
        sha256=source.sha256,
        counts=counts,
        codes=dict(sorted(codes.items())),
        tally=extractor.tally,
        tables=sizes,
        seconds=round(time.monotonic() - started, 3),
    )


class _Made(NamedTuple):
    """What became of a record."""

    rows: Batches
    counts: Counts
    error: RelatomeError | None = None


def _rows(item: tuple[int, Record], extractor: Extractor, model: str, version: str) -> _Made:
    position, record = item
    content = record.content
    if not isinstance(content, Document):
        return _left_out(content, position, record.line)
    try:
        empty = not content.text.strip()
        found = content if empty else extractor.extract(content)
        rows = document_rows(found, position, model, version)
    except Exception as error:  # one document must not stop millions, whatever it brings to light
        return _left_out(known(error, content.id), position, record.line)
    return _Made(rows, Counts(1, int(empty), len(found.entities), len(found.relations)))


def _left_out(error: RelatomeError, position: int, line: int | None) -> _Made:
    return _Made(error_rows(error, position, line), Counts(errors=1), error)


def known(error: Exception, document: str | None = None) -> RelatomeError:
    """The error as one of relatome's, with the document."""
    if isinstance(error, RelatomeError):
        return error.located(Place(document=document))
    reason = str(error).strip() or "no reason given"
    at = Place(document=document)
    return InputError(SCAN_UNEXPECTED, at=at, kind=type(error).__name__, reason=reason)


class _Source:
    """An input file that is hashed and counted while it is read, once.

    A failure of the disk or the network is kept apart from what is wrong with the content: it says
    nothing of the file, and the shard is to be done again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sha256 = hashlib.sha256()
        self.count = 0
        self._failure: OSError | None = None
        try:
            self._stream: BinaryIO = path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from None
        self.modified = modified(path)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def read(self, size: int = -1) -> bytes:
        try:
            content = self._stream.read(size)
        except OSError as error:
            self._failure = error
            raise
        self._sha256.update(content)
        self.count += len(content)
        return content

    def drain(self) -> None:
        """Read what the reader left, as behind damage.

        Raises:
            InputError: if the file could not be read, now or before.
        """
        try:
            while self._failure is None and self.read(_BLOCK):
                pass
        except OSError:
            pass
        if self._failure is not None:
            raise self._unreadable(self._failure)

    def close(self) -> None:
        self._stream.close()

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(SCAN_UNREADABLE, path=self._path, reason=error.strerror or error)


def modified(path: Path) -> int:
    """When a file was last changed, in nanoseconds."""
    return path.stat().st_mtime_ns


def sha256(path: Path) -> str:
    """The hash of a file.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


Steps = Iterator[Progress | ShardRecord]
DoShard = Callable[[Task], Steps]
