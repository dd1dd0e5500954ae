"""Extraction for many clients: one set of models, one queue, an answer within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import NamedTuple

from starlette.requests import ClientDisconnect

from relatome.data import Document
from relatome.data.predicates import require_predicates, with_predicates
from relatome.errors import (
    SERVE_BUSY,
    SERVE_NOTHING,
    SERVE_TIMEOUT,
    SERVE_TOO_MANY,
    Place,
    UsageError,
    WorkError,
)
from relatome.formats import Problems
from relatome.pipeline import Pipeline
from relatome.serve.answers import ModelName
from relatome.serve.bodies import Articles, Extract, Options, bounded, documents_of
from relatome.serve.limits import Limits
from relatome.serve.metrics import Metrics
from relatome.serve.threads import in_thread
from relatome.serve.work import Job, Workers
from relatome.sources import FetchReport, pubtator3
from relatome.sources.ids import require_ids

Gone = Callable[[], Coroutine[None, None, None]]

# Reading this much takes a few milliseconds; a thread for it is not worth while.
_SMALL_BODY = 32 * 1024


class Extracted(NamedTuple):
    """What came of a request: documents with relations, sentences about them, what was left out."""

    documents: list[Document]
    summary: list[str]
    problems: Problems


class Service:
    """The models, and the threads that run them."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        limits: Limits,
        metrics: Metrics,
        workers: int | None = None,
        offline: bool = False,
    ) -> None:
        """Start the workers.

        Args:
            pipeline: is loaded whole, so that the first request is as quick as any other.
            limits: of every request.
            metrics: told of what is done.
            workers: threads; as many as the pipeline would use if not given.
            offline: take articles from what was fetched before, and ask no other service.
        """
        self.pipeline = pipeline
        self.limits = limits
        self.offline = offline
        self.metrics = metrics
        pipeline.extract(_WARMING_UP)
        manifest = pipeline.model.folder.manifest
        self.model = ModelName(manifest.name, manifest.version)
        self.workers = Workers(workers or pipeline.threads, limits.queue, told=metrics.document)
        self._fetching = 0
        metrics.watch("queue_documents", "Documents that wait.", lambda: self.workers.waiting)
        metrics.watch("queue_requests", "Requests that wait.", lambda: self.workers.jobs)
        metrics.watch("workers", "Threads that read documents.", lambda: self.workers.count)

    async def extract(self, body: Extract, size: int, gone: Gone) -> Extracted:
        """Extract from what a request holds.

        Args:
            body: the request.
            size: its bytes.
            gone: comes to an end when the client has gone; the rest is not worked on then.

        Raises:
            UsageError: if the request asks for what cannot be.
            InputError: if none of its documents can be used.
            WorkError: if the queue is full, or time is up.
        """
        problems = Problems()

        def found() -> list[Document]:
            asked = self.pipeline.under(tagger=body.options.tagger)
            return documents_of(body, asked.input_schema, self.limits, problems)

        documents = await in_thread(found) if size > _SMALL_BODY else found()
        return await self._within(self._extracted(documents, body.options, problems, gone))

    async def articles(self, body: Articles, gone: Gone) -> Extracted:
        """Extract from articles by their ids, with PubTator3's entities.

        Args:
            body: the request.
            gone: as for `extract`.

        Raises:
            UsageError: if one of the ids is none, or there are too many.
            WorkError: if none of them gives a document, or time is up.
        """
        if len(body.pmids) > self.limits.ids:
            raise UsageError(SERVE_TOO_MANY, what="ids", limit=self.limits.ids)
        ids = require_ids(body.pmids, ("pmid", "pmcid"))
        return await self._within(self._fetched(ids, body.options, gone))

    async def _fetched(self, ids: Sequence[str], options: Options, gone: Gone) -> Extracted:
        report, problems = FetchReport(), Problems()

        def found() -> list[Document]:
            fetched = pubtator3.fetch(ids, offline=self.offline, report=report, on_error=problems)
            return bounded(fetched, self.limits, problems)

        if self._fetching == self.limits.fetches:
            raise WorkError(SERVE_BUSY, what="requests for articles", seconds=10)
        self._fetching += 1
        documents = await in_thread(found, self._fetched_one)
        extracted = await self._extracted(documents, options, problems, gone)
        return extracted._replace(summary=[*report.summary(), *extracted.summary])

    def _fetched_one(self) -> None:
        self._fetching -= 1

    async def _extracted(
        self,
        documents: Sequence[Document],
        options: Options,
        problems: Problems,
        gone: Gone,
    ) -> Extracted:
        _require_some(documents, problems)
        pipeline = self.pipeline.under(
            tagger=options.tagger, min_score=options.min_score, precision=options.precision
        )
        job = Job(self._work(pipeline, options), documents)
        self.workers.submit(job)
        waiting = asyncio.ensure_future(job.finished())
        leaving = asyncio.ensure_future(gone())
        try:
            await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise ClientDisconnect
            results = waiting.result()
        finally:
            self.workers.cancel(job)
            waiting.cancel()
            leaving.cancel()
        kept = []
        for document, result in zip(documents, results, strict=True):
            if isinstance(result, Document):
                kept.append(result)
            else:
                problems(result.located(Place(document=document.id)))
        _require_some(kept, problems)
        self.metrics.answer(
            len(kept), sum(len(each.relations) for each in kept), dict(problems.by_code)
        )
        return Extracted(kept, pipeline.tally.summary(), problems)

    def _work(self, pipeline: Pipeline, options: Options) -> Callable[[Document], Document]:
        if options.predicates is None:
            return pipeline.extract
        vocabulary = options.predicates
        require_predicates(pipeline.schema, vocabulary)
        return lambda document: with_predicates(pipeline.extract(document), vocabulary)

    async def _within(self, work: Awaitable[Extracted]) -> Extracted:
        try:
            return await asyncio.wait_for(work, self.limits.seconds)
        except TimeoutError:
            raise WorkError(SERVE_TIMEOUT, seconds=self.limits.seconds) from None


_WARMING_UP = Document("", ())


def _require_some(documents: Sequence[Document], problems: Problems) -> None:
    """Refuse a request of which nothing is left, with the first reason if there is one."""
    if documents:
        return
    if problems.errors:
        raise problems.errors[0]
    raise UsageError(SERVE_NOTHING, what="document")
