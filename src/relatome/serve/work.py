"""Documents of many requests, worked on side by side by one thread per core.

A model reads one document at a time on a core, so nothing is gained by reading several in one pass;
what keeps all cores busy is that documents of all requests stand in one queue. Requests take turns
in it: one of two hundred documents does not make one of a single abstract wait for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread

from relatome.data import Document
from relatome.errors import SERVE_BUSY, SERVE_STOPPING, InputError, WorkError

Work = Callable[[Document], Document]

_FIRST_GUESS = 0.2  # seconds a document takes, until one has been read
_SHARE_OF_NEWEST = 0.1  # in the running mean of that
_LONGEST_WAIT = 120  # seconds a client is told to wait at most


class Job:
    """The documents of one request, and what came of each.

    Attributes:
        results: as many as documents, in their order: the document with its relations, or why it
            has none.
    """

    def __init__(self, work: Work, documents: Sequence[Document]) -> None:
        self.results: list[Document | InputError | None] = [None] * len(documents)
        self._work = work
        self._documents = documents
        self._taken = 0
        self._left = len(documents)
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[None] = self._loop.create_future()

    @property
    def waiting(self) -> int:
        """Documents that no worker has taken yet."""
        return len(self._documents) - self._taken

    async def finished(self) -> list[Document | InputError]:
        """The results, once all are there.

        Raises:
            WorkError: if the work failed for a reason that lies not in a document.
        """
        await self._done
        return [result for result in self.results if result is not None]

    def take(self) -> int:
        """The number of the next document. The caller sees to it that only one asks at a time."""
        self._taken += 1
        return self._taken - 1

    def drop(self) -> None:
        """Take no more documents."""
        self._taken = len(self._documents)

    def run(self, number: int) -> Exception | None:
        """Work on one document; the reason if the whole request has failed."""
        try:
            self.results[number] = self._work(self._documents[number])
        except InputError as error:
            self.results[number] = error
        except Exception as error:  # whatever it is, other requests go on
            return error
        return None

    def settle(self, failure: Exception | None) -> None:
        """Count a document as done, and tell who waits once all are, or if it failed."""
        self._left -= 1
        if failure is None and self._left:
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._tell, failure)

    def _tell(self, failure: Exception | None) -> None:
        if self._done.done():
            return
        if failure is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(failure)


class Workers:
    """A bounded queue of jobs, and the threads that work on them."""

    def __init__(
        self, count: int, queue: int, *, told: Callable[[float], None] = lambda seconds: None
    ) -> None:
        """Start the threads.

        Args:
            count: threads; the cores.
            queue: documents that may wait.
            told: of the seconds that each document took.
        """
        self.count = count
        self._most = queue
        self._told = told
        self._jobs: deque[Job] = deque()
        self._changed = Condition()
        self._waiting = 0
        self._stopping = False
        self._seconds = _FIRST_GUESS
        # A thread that computes must not keep the process from ending once nobody waits for it.
        self._threads = [
            Thread(target=self._run, name=f"worker-{n}", daemon=True) for n in range(count)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Documents that wait."""
        return self._waiting

    @property
    def jobs(self) -> int:
        """Requests with documents that wait."""
        return len(self._jobs)

    @property
    def alive(self) -> bool:
        """Whether there are threads to work, and they take more."""
        return not self._stopping and all(thread.is_alive() for thread in self._threads)

    def submit(self, job: Job) -> None:
        """Put a job at the end of the queue.

        Raises:
            WorkError: if the queue has no room for it, or is being stopped.
        """
        with self._changed:
            if self._stopping:
                raise WorkError(SERVE_STOPPING)
            if self._waiting and self._waiting + job.waiting > self._most:
                what = f"{self._waiting} documents"
                raise WorkError(SERVE_BUSY, what=what, seconds=self.patience())
            self._waiting += job.waiting
            if job.waiting:
                self._jobs.append(job)
            self._changed.notify(job.waiting)

    def patience(self) -> int:
        """Seconds until what waits now will have been worked on, as far as that can be told."""
        expected = math.ceil(self._waiting * self._seconds / self.count)
        return min(max(1, expected), _LONGEST_WAIT)

    def cancel(self, job: Job) -> None:
        """Leave the rest of a job; a document that is being worked on is finished."""
        with self._changed:
            self._leave(job)

    def stop(self) -> None:
        """Take no more jobs, finish those that are there, and end the threads; does not wait."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _leave(self, job: Job) -> None:
        if job in self._jobs:
            self._jobs.remove(job)
            self._waiting -= job.waiting
        job.drop()

    def _run(self) -> None:
        while (taken := self._next()) is not None:
            job, number = taken
            started = time.perf_counter()
            failure = job.run(number)
            seconds = time.perf_counter() - started
            with self._changed:
                self._seconds += _SHARE_OF_NEWEST * (seconds - self._seconds)
                if failure is not None:
                    self._leave(job)
                job.settle(failure)
            self._told(seconds)

    def _next(self) -> tuple[Job, int] | None:
        with self._changed:
            while not self._jobs:
                if self._stopping:
                    return None
                self._changed.wait()
            job = self._jobs.popleft()
            number = job.take()
            self._waiting -= 1
            if job.waiting:
                self._jobs.append(job)
            return job, number
