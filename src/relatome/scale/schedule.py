"""Which worker does which shard, whatever engine it runs on; what becomes of those that die."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from relatome.errors import SCAN_WORKER_LOST, SCAN_WORKER_START, RelatomeError, WorkError
from relatome.scale.shard import Progress, ShardRecord, Task
from relatome.scale.state import State
from relatome.scale.worker import Failure, Step

_TICK = 1.0  # seconds without news until it is looked how far the scan is
MOST_LOSSES = 3  # of workers on one shard, or one after the other as they start
# Seconds without news of a shard until its worker is taken to hang. A worker tells every second or
# so how far it is, a little later if a document is enormous.
PATIENCE = 900.0


class Ready(NamedTuple):
    """A worker has loaded its work."""


class Died(NamedTuple):
    """A worker is gone; `reason` continues "because it"."""

    reason: str


Event = Ready | Died | Step


class Engine(Protocol):
    """Runs workers, each of which does one shard at a time."""

    def start(self, worker: int) -> None:
        """Start a worker under a number, or another one in place of one that died."""

    def give(self, worker: int, task: Task) -> None:
        """Have a worker that is ready do a shard."""

    def events(self, timeout: float) -> list[tuple[int, Event]]:
        """What happened since, in its order for each worker; empty after `timeout` seconds."""

    def kill(self, worker: int) -> None:
        """End a worker, whatever it is at; its death is told as any other."""

    def close(self) -> None:
        """End all workers at once, whatever they are at."""


class Unit(NamedTuple):
    """A shard to be done, and where, depending on the attempt."""

    name: str
    task: Callable[[int], Task]


class GivenUp(NamedTuple):
    """A shard that could not be done, and why."""

    name: str
    error: RelatomeError


def schedule(
    units: Iterable[Unit],
    engine: Engine,
    workers: int,
    state: State,
    commit: Callable[[Task, ShardRecord], None],
    watch: Callable[[], None],
    patience: float = PATIENCE,
) -> list[GivenUp]:
    """Have all shards done.

    A shard whose worker died, or hung and was killed, is given to another one, three times at most.

    Args:
        units: in the order they are to be begun.
        engine: runs the workers; not closed.
        workers: at most.
        state: is told how far everything is.
        commit: called once for each shard that is done.
        watch: called after news, and every second without.
        patience: seconds without news of a shard until its worker is killed.

    Returns:
        The shards that could not be done.

    Raises:
        RelatomeError: if what went wrong would go wrong with every shard; what `commit` and `watch`
            raise.
    """
    return _Schedule(units, engine, state, commit, patience).run(workers, watch)


class _Schedule:
    def __init__(
        self,
        units: Iterable[Unit],
        engine: Engine,
        state: State,
        commit: Callable[[Task, ShardRecord], None],
        patience: float,
    ) -> None:
        self._engine, self._state, self._commit = engine, state, commit
        self._patience = patience
        self._waiting = deque(units)
        self._ready: set[int] = set()
        self._running: dict[int, tuple[Unit, Task]] = {}
        self._silent: dict[int, float] = {}  # seconds since their last news
        self._hung: set[int] = set()  # killed for their silence, which is not told yet
        self._losses: Counter[str] = Counter()
        self._bad_starts = 0
        self._given_up: list[GivenUp] = []

    def run(self, workers: int, watch: Callable[[], None]) -> list[GivenUp]:
        for worker in range(min(workers, len(self._waiting))):
            self._engine.start(worker)
        looked = time.monotonic()
        while self._waiting or self._running:
            for worker, event in self._engine.events(_TICK):
                self._silent[worker] = 0.0
                self._handle(worker, event)
            now = time.monotonic()
            # No more than a look should take: while all of this was suspended, nobody was silent.
            self._kill_silent(min(now - looked, 2 * _TICK))
            looked = now
            for worker in sorted(self._ready):
                if self._waiting:
                    self._give(worker)
            watch()
        return self._given_up

    def _give(self, worker: int) -> None:
        unit = self._waiting.popleft()
        task = unit.task(self._losses[unit.name])
        self._ready.remove(worker)
        self._running[worker], self._silent[worker] = (unit, task), 0.0
        self._engine.give(worker, task)

    def _kill_silent(self, seconds: float) -> None:
        for worker in self._running:
            self._silent[worker] += seconds
            if self._silent[worker] > self._patience:
                self._hung.add(worker)
                self._engine.kill(worker)

    def _handle(self, worker: int, event: Event) -> None:
        if isinstance(event, Ready):
            self._ready.add(worker)
            self._bad_starts = 0
        elif isinstance(event, Died):
            self._lose(worker, event.reason)
        elif isinstance(event, Progress):
            self._state.running(self._running[worker][0].name, event)
        elif isinstance(event, Failure):
            if event.fatal:
                raise event.error
            self._give_up(self._end(worker)[0], event.error)
            self._ready.add(worker)
        else:
            _, task = self._end(worker)
            self._ready.add(worker)
            self._commit(task, event)
            counts = event.counts
            self._state.finish(counts.documents, counts.errors, event.bytes)

    def _end(self, worker: int) -> tuple[Unit, Task]:
        unit, task = self._running.pop(worker)
        self._state.running(unit.name, None)
        return unit, task

    def _lose(self, worker: int, reason: str) -> None:
        if worker in self._hung:
            self._hung.remove(worker)
            reason = f"told nothing for {self._patience:,.0f} seconds and was killed"
        self._state.lost += 1
        self._ready.discard(worker)
        if worker in self._running:
            unit, task = self._end(worker)
            self._losses[unit.name] += 1
            if self._losses[unit.name] < MOST_LOSSES:
                self._waiting.appendleft(unit)
            else:
                path, times = task.input, MOST_LOSSES
                error = WorkError(SCAN_WORKER_LOST, path=path, times=times, reason=reason)
                self._give_up(unit, error)
        else:
            self._bad_starts += 1
            if self._bad_starts == MOST_LOSSES:
                raise WorkError(SCAN_WORKER_START, reason=reason)
        self._engine.start(worker)

    def _give_up(self, unit: Unit, error: RelatomeError) -> None:
        self._state.failed += 1
        self._state.last = str(error)
        self._given_up.append(GivenUp(unit.name, error))
