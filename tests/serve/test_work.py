"""The queue by itself: turns, bounds, failures that stay with their request."""

from __future__ import annotations

import asyncio
import threading

import pytest

from relatome.data import Document
from relatome.errors import OFFSET_OUTSIDE, InputError, WorkError
from relatome.serve.work import Job, Workers


def documents(prefix: str, count: int) -> list[Document]:
    return [Document(f"{prefix}{number}", ()) for number in range(count)]


class Bench:
    """Work that notes its order, and begins when it may."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.seen: list[str] = []

    def __call__(self, document: Document) -> Document:
        assert self.free.wait(20)
        self.seen.append(document.id)
        return document


def test_each_request_in_its_turn() -> None:
    async def run() -> None:
        bench, workers = Bench(), Workers(1, 100)
        jobs = [Job(bench, documents(prefix, 3)) for prefix in "abc"]
        for job in jobs:
            workers.submit(job)
        bench.free.set()
        for prefix, job in zip("abc", jobs, strict=True):
            assert [each.id for each in await job.finished()] == [f"{prefix}{n}" for n in range(3)]
        # Nobody has a second document read before all have had their first, or nearly: one may
        # have been taken while there was no other request.
        assert {each[0] for each in bench.seen[:4]} == set("abc")
        workers.stop()

    asyncio.run(run())


def test_a_document_that_cannot_be_read_leaves_the_others() -> None:
    def work(document: Document) -> Document:
        if document.id == "a1":
            raise InputError(OFFSET_OUTSIDE, start=1, end=2, length=0)
        return document

    async def run() -> None:
        workers = Workers(2, 10)
        job = Job(work, documents("a", 3))
        workers.submit(job)
        first, second, third = await job.finished()
        assert isinstance(second, InputError)
        assert isinstance(first, Document)
        assert isinstance(third, Document)
        workers.stop()

    asyncio.run(run())


@pytest.mark.parametrize("failure", [KeyError("x"), MemoryError(), RecursionError()])
def test_a_failure_stays_with_its_request(failure: Exception) -> None:
    def broken(document: Document) -> Document:
        raise failure

    async def run() -> None:
        workers = Workers(1, 100)
        bad, good = Job(broken, documents("bad", 50)), Job(lambda each: each, documents("good", 5))
        workers.submit(bad)
        workers.submit(good)
        with pytest.raises(type(failure)):
            await bad.finished()
        assert len(await good.finished()) == 5
        assert workers.waiting == workers.jobs == 0
        assert workers.alive
        workers.stop()

    asyncio.run(run())


def test_what_is_cancelled_makes_room() -> None:
    async def run() -> None:
        bench, workers = Bench(), Workers(1, 5)
        first, second = Job(bench, documents("a", 5)), Job(bench, documents("b", 4))
        workers.submit(first)
        with pytest.raises(WorkError, match="R949"):
            workers.submit(Job(bench, documents("c", 5)))
        workers.cancel(first)
        workers.cancel(first)  # once more does nothing
        workers.submit(second)
        bench.free.set()
        await second.finished()
        assert bench.seen[-4:] == ["b0", "b1", "b2", "b3"]
        assert len(bench.seen) <= 5
        workers.stop()

    asyncio.run(run())


def test_a_stop_finishes_what_waits_and_takes_nothing_more() -> None:
    async def run() -> None:
        bench, workers = Bench(), Workers(2, 100)
        job = Job(bench, documents("a", 8))
        workers.submit(job)
        workers.stop()
        assert not workers.alive
        with pytest.raises(WorkError, match="R954"):
            workers.submit(Job(bench, documents("b", 1)))
        bench.free.set()
        assert len(await job.finished()) == 8

    asyncio.run(run())


def test_patience_grows_with_what_waits() -> None:
    async def run() -> None:
        bench, workers = Bench(), Workers(1, 1000)
        before = workers.patience()
        workers.submit(Job(bench, documents("a", 100)))
        assert 1 <= before < workers.patience() <= 120
        bench.free.set()
        workers.stop()

    asyncio.run(run())
