"""What a worker of any engine does: load once, then shard after shard, telling how far it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import NamedTuple

from relatome.errors import (
    CANNOT_WRITE,
    SCAN_DISK_FULL,
    SCAN_WORKER_MODEL,
    RelatomeError,
    WorkError,
)
from relatome.scale.manifest import differences
from relatome.scale.shard import DoShard, Progress, ShardRecord, Task, known
from relatome.scale.work import Identity, Work


class Failure(NamedTuple):
    """What went wrong with a shard; `fatal` if it would go wrong with every other too."""

    error: RelatomeError
    fatal: bool


Step = Progress | ShardRecord | Failure


class Worker:
    """Does shards, one at a time."""

    def __init__(self, work: Work, identity: Identity) -> None:
        self._work, self._identity = work, identity
        self._do: DoShard | None = None

    def begin(self) -> Failure | None:
        """Load what the work needs; the reason, if that is not what the scan was begun with."""
        host = socket.gethostname()
        try:
            if changes := differences(self._identity, self._work.identity()):
                reason = f"it has another model ({'; '.join(changes)})."
                return Failure(WorkError(SCAN_WORKER_MODEL, host=host, reason=reason), True)
            self._do = self._work.load()
        except Exception as error:
            reason = str(known(error))
            return Failure(WorkError(SCAN_WORKER_MODEL, host=host, reason=reason), True)
        return None

    def do(self, task: Task) -> Iterator[Step]:
        """Do a shard: how far it is, again and again, then its record or why there is none."""
        assert self._do is not None
        try:
            yield from self._do(task)
        except Exception as error:  # told, so that the others can go on
            found = known(error)
            yield Failure(found, found.message in (SCAN_DISK_FULL, CANNOT_WRITE))
