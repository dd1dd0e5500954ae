"""How far a scan is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from relatome.scale.shard import Progress


@dataclass
class State:
    """How far a scan is; what is still running counts as far as it is.

    Attributes:
        shards: of the scan.
        done: shards done, now or earlier.
        failed: shards given up in this run.
        lost: workers that died in this run.
        documents: read, in all runs.
        errors: records that could not be used, in all runs.
        last: the last error.
        bytes: of all inputs.
        bytes_done: of them.
    """

    shards: int
    bytes: int
    done: int = 0
    failed: int = 0
    lost: int = 0
    last: str = ""
    _documents: int = 0
    _errors: int = 0
    _bytes: int = 0
    _running: dict[str, Progress] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _documents_before: int = 0
    _bytes_before: int = 0

    def finish(self, documents: int, errors: int, bytes: int) -> None:
        """Count a shard that is done."""
        self.done += 1
        self._documents += documents
        self._errors += errors
        self._bytes += bytes

    def begin(self) -> None:
        """What was done before this counts as done by an earlier run."""
        self._began = time.monotonic()
        self._documents_before, self._bytes_before = self._documents, self._bytes

    def running(self, shard: str, progress: Progress | None) -> None:
        """How far a shard is; None if it is not running any more."""
        if progress is None:
            self._running.pop(shard, None)
            return
        self._running[shard] = progress
        self.last = progress.last or self.last

    @property
    def documents(self) -> int:
        """Documents so far."""
        return self._documents + sum(each.documents for each in self._running.values())

    @property
    def errors(self) -> int:
        """Errors so far."""
        return self._errors + sum(each.errors for each in self._running.values())

    @property
    def bytes_done(self) -> int:
        """Bytes of inputs so far."""
        return self._bytes + sum(each.bytes for each in self._running.values())

    @property
    def seconds(self) -> float:
        """Since this run began."""
        return time.monotonic() - self._began

    @property
    def rate(self) -> float:
        """Documents a second, of this run."""
        return (self.documents - self._documents_before) / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Judged by the bytes of this run; None before there are any."""
        read = self.bytes_done - self._bytes_before
        if read <= 0:
            return None
        return self.seconds * max(0, self.bytes - self.bytes_done) / read
