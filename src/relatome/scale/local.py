"""Workers as processes of this machine, each on a core of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any

from relatome.runtime import cores
from relatome.scale.schedule import Died, Event, Ready
from relatome.scale.shard import Task
from relatome.scale.work import Identity, Work
from relatome.scale.worker import Worker

# A worker begins with an interpreter of its own: libraries with threads do not survive a fork.
_CONTEXT = multiprocessing.get_context("spawn")


class LocalEngine:
    """Processes. Each has a pipe of its own, so that one that is killed disturbs no other."""

    def __init__(self, work: Work, identity: Identity) -> None:
        self._work, self._identity = work, identity
        self._workers: dict[int, tuple[Any, Connection]] = {}

    @property
    def most(self) -> int:
        """Workers that have a core."""
        return cores()

    def start(self, worker: int) -> None:
        """Start a process."""
        ours, its = _CONTEXT.Pipe()
        process = _CONTEXT.Process(
            target=_serve, args=(its, self._work, self._identity, worker), daemon=True
        )
        process.start()
        its.close()  # else its death would not show
        self._workers[worker] = process, ours

    def give(self, worker: int, task: Task) -> None:
        """Send a task."""
        with suppress(OSError):  # it has died, which is told by its pipe
            self._workers[worker][1].send(task)

    def events(self, timeout: float) -> list[tuple[int, Event]]:
        """What workers sent."""
        by_pipe = {pipe: worker for worker, (_, pipe) in self._workers.items()}
        found: list[tuple[int, Event]] = []
        for pipe in wait(list(by_pipe), timeout):
            worker = by_pipe[pipe]  # type: ignore[index]  # it is one of those given
            try:
                found.append((worker, self._workers[worker][1].recv()))
            except (EOFError, OSError):
                found.append((worker, Died(self._buried(worker))))
        return found

    def kill(self, worker: int) -> None:
        """Kill a process; its pipe will tell."""
        self._workers[worker][0].kill()

    def close(self) -> None:
        """Kill all; nothing they have under way counts."""
        for process, _ in self._workers.values():
            process.kill()
        for worker in list(self._workers):
            self._buried(worker)

    def _buried(self, worker: int) -> str:
        process, pipe = self._workers.pop(worker)
        pipe.close()
        process.join()
        code: int = process.exitcode
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


def _serve(pipe: Connection, work: Work, identity: Identity, number: int) -> None:
    """What the process does."""
    # Ctrl-C goes to every process of the terminal; the scan says what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _pin(number)
    worker = Worker(work, identity)
    with suppress(EOFError, OSError):  # the scan is over
        failure = worker.begin()
        pipe.send(Ready() if failure is None else failure)
        while failure is None:
            for step in worker.do(pipe.recv()):
                pipe.send(step)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _pin(number: int) -> None:
    """Keep to one core: caches stay warm, and libraries that ask start one thread."""
    if hasattr(os, "sched_setaffinity"):  # not on macOS and Windows
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[number % len(allowed)]})
