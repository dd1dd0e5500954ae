"""A scan from beginning to end: what is missing is done, what is done stays."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Literal

from relatome.errors import (
    SCAN_ERRORS,
    SCAN_FAILED,
    SCAN_GPUS_ENGINE,
    SCAN_INPUT_CHANGED,
    UsageError,
    WorkError,
)
from relatome.graph.tables import ERRORS
from relatome.pipeline import AUTO, DEFAULT_MODEL, shipped_models
from relatome.runtime import Weights
from relatome.scale.first_errors import first_errors
from relatome.scale.folder import ScanFolder, scan_folder
from relatome.scale.inputs import find_inputs
from relatome.scale.local import LocalEngine
from relatome.scale.manifest import Input, Manifest, require_unchanged
from relatome.scale.report import ScanReport
from relatome.scale.schedule import GivenUp, Unit, schedule
from relatome.scale.shard import ShardRecord, Task, modified, sha256
from relatome.scale.state import State
from relatome.scale.work import Extraction, Work

EngineName = Literal["local", "ray"]

MAX_ERROR_RATE = 0.5
# Records before which a rate says nothing.
_LEAST_RECORDS = 1000

_NAMED = 5  # shards in a message

# Documents a GPU works on at a time: one does not keep it busy.
_GPU_THREADS = 8


def scan(
    inputs: Sequence[str | Path],
    out: Path | str,
    *,
    engine: EngineName = "local",
    workers: int | None = None,
    gpus_per_worker: float = 0.0,
    model: str | Path = DEFAULT_MODEL,
    tagger: str | Path = AUTO,
    dictionary: Path | str | None = None,
    weights: Weights | None = None,
    min_score: float = 0.0,
    precision: float | None = None,
    fresh: bool = False,
    max_error_rate: float = MAX_ERROR_RATE,
    watch: Callable[[State], None] | None = None,
) -> ScanReport:
    """Extract the relations of many files into the tables of a folder.

    Every file is a shard. Called again, it does the shards that are missing, and those of inputs
    that are new; the tables are byte for byte what one unbroken run would have written, on
    processors of one kind.

    Example::

        report = relatome.scale.scan(["baseline/", "updatefiles/"], "scan", workers=8)

    Args:
        inputs: files, folders, patterns, ``@LIST``; see `relatome.scale.inputs.find_inputs`.
        out: the folder; its layout is that of `relatome.graph.tables`.
        engine: processes of this machine, or actors of a Ray cluster.
        workers: that many at a time; by default one for each core, of the machine or the cluster.
        gpus_per_worker: with ``ray``, compute on GPUs, each worker on such a share of one.
        model: as for `relatome.load`; so are `tagger`, `weights`, `min_score` and `precision`.
        tagger: a name or a model folder.
        dictionary: a file as for `relatome.entities.Dictionary`.
        fresh: forget what the folder holds of an earlier scan.
        max_error_rate: the share of records in error above which the run stops, judged once there
            are a thousand, and at the end.
        watch: told how far it is, every second or so.

    Raises:
        UsageError: if the folder is another scan's, or an input or option is wrong.
        WorkError: if the disk is full, too many records are in error, or shards could not be done.
        KeyboardInterrupt: at Ctrl-C, and at SIGTERM, after workers have ended.
    """
    if gpus_per_worker and engine != "ray":
        raise UsageError(SCAN_GPUS_ENGINE)
    work = Extraction(
        model=_absolute(model),
        tagger=_absolute(tagger),
        dictionary=None if dictionary is None else os.path.abspath(dictionary),
        weights=weights,
        min_score=min_score,
        precision=precision,
        device="cuda" if gpus_per_worker else "cpu",
        threads=_GPU_THREADS if gpus_per_worker else 1,
    )
    return carry_out(
        work,
        [str(each) for each in inputs],
        Path(out),
        engine=engine,
        workers=workers,
        gpus_per_worker=gpus_per_worker,
        fresh=fresh,
        max_error_rate=max_error_rate,
        watch=watch,
    )


def carry_out(
    work: Work,
    inputs: Sequence[str],
    out: Path,
    *,
    engine: EngineName = "local",
    workers: int | None = None,
    gpus_per_worker: float = 0.0,
    fresh: bool = False,
    max_error_rate: float = MAX_ERROR_RATE,
    watch: Callable[[State], None] | None = None,
) -> ScanReport:
    """`scan`, with any work."""
    started = time.monotonic()
    files = find_inputs(inputs, out)
    identity = work.identity()
    with scan_folder(out) as folder:
        if fresh:
            folder.empty()
        before = folder.read_manifest()
        manifest = before or Manifest.begin(identity)
        manifest.require_same(identity, out)
        manifest = manifest.extended(files.paths)
        report = ScanReport(out, len(manifest.inputs), passed_over=files.passed_over)
        state = State(len(manifest.inputs), sum(each.bytes for each in manifest.inputs))
        missing = _missing(manifest, folder, report, state)
        folder.prepare()
        if manifest != before:
            folder.write_manifest(manifest)

        def look() -> None:
            _judge(state, max_error_rate, least=_LEAST_RECORDS)
            if watch is not None:
                watch(state)

        def commit(task: Task, record: ShardRecord) -> None:
            folder.commit(task, record)
            report.add(record)
            report.done += 1

        given_up: list[GivenUp] = []
        if missing:
            units = [Unit(each.shard, partial(_task, each, folder)) for each in missing]
            running: LocalEngine | RayEngine
            if engine == "ray":
                from relatome.scale.cluster import RayEngine

                running = RayEngine(work, identity, gpus_per_worker)
            else:
                running = LocalEngine(work, identity)
            with _stoppable():
                try:
                    state.begin()
                    most = workers or running.most
                    given_up = schedule(units, running, most, state, commit, look)
                finally:
                    running.close()
        report.first_errors = first_errors(
            (each, folder.table(ERRORS, each.shard))
            for each in manifest.inputs
            if each.path in report.with_errors
        )
        report.lost, report.seconds = state.lost, time.monotonic() - started
    _require_all(given_up, report)
    _judge(state, max_error_rate, least=1)
    return report


def _missing(
    manifest: Manifest, folder: ScanFolder, report: ScanReport, state: State
) -> list[Input]:
    """Inputs whose shards are not done; the others are counted."""
    missing = []
    for each in manifest.inputs:
        record = folder.record(each.shard)
        if record is None:
            require_unchanged(each)
            missing.append(each)
            continue
        _require_as_read(record)
        report.add(record)
        report.before += 1
        state.finish(record.counts.documents, record.counts.errors, record.bytes)
    return missing


def _require_as_read(record: ShardRecord) -> None:
    """Refuse an input that was changed after it was read; one that is gone is not needed any more.

    The content is looked at only where the time of the last change is another.
    """
    path = Path(record.input)
    try:
        if modified(path) == record.modified or sha256(path) == record.sha256:
            return
    except OSError:
        return
    raise UsageError(SCAN_INPUT_CHANGED, path=path, reason="its content is another")


def _task(given: Input, folder: ScanFolder, attempt: int) -> Task:
    place = folder.work_place(given.shard, attempt)
    return Task(given.shard, Path(given.path), given.bytes, place)


def _judge(state: State, most: float, least: int) -> None:
    records = state.documents + state.errors
    if records >= least and state.errors > most * records:
        raise WorkError(
            SCAN_ERRORS,
            errors=f"{state.errors:,}",
            records=f"{records:,}",
            rate=f"{most:g}",
            last=state.last or "see the errors tables.",
        )


def _require_all(given_up: list[GivenUp], report: ScanReport) -> None:
    if given_up:
        more = f" and {len(given_up) - _NAMED:,} more" if len(given_up) > _NAMED else ""
        raise WorkError(
            SCAN_FAILED,
            failed=len(given_up),
            shards=f"{report.shards:,}",
            names=", ".join(each.name for each in given_up[:_NAMED]) + more,
            first=str(given_up[0].error),
        )


def _absolute(name: str | Path) -> str:
    """A path that holds wherever a worker runs; names stay."""
    known = str(name) in (*shipped_models(), "auto", "local", "given")
    return str(name) if known else os.path.abspath(name)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM stops the block as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
