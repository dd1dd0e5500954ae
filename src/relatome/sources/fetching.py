"""From ids to documents: the cache first, then the service, batch by batch, in the order asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from relatome.data.document import Document
from relatome.errors import (
    ID_UNKNOWN,
    NOT_CACHED,
    RECORD_EMPTY,
    RECORD_UNREADABLE,
    SERVICE_GIVEN_UP,
    InputError,
    Message,
    Place,
    WorkError,
)
from relatome.formats.records import Record, checked
from relatome.sources.cache import Cache
from relatome.sources.client import Client, Service
from relatome.sources.report import FetchReport

OnError = Callable[[WorkError], None]

# A service that has failed so often in a row, each time after several attempts, is left alone.
_MOST_FAILURES = 3

_RETRACTED = "retracted"
_TITLE = "title"


@dataclass(frozen=True)
class Answer:
    """The records a service sent, by id, and how many it sent besides."""

    records: Mapping[str, bytes]
    surplus: int = 0


@dataclass(frozen=True)
class Question:
    """One kind of record that a service can be asked for.

    Attributes:
        kind: its name in the cache.
        batch: how many are asked for at once.
        ask: asks for the records of some ids, of which unknown ones are missing in the answer.
        read: the document of a record, under the id it was asked for, not verified yet.
        more: what else to try for an id that is unknown.
    """

    kind: str
    batch: int
    ask: Callable[[Client, Sequence[str]], Answer]
    read: Callable[[str, bytes], Record]
    more: str = ""


class Fetcher:
    """Fetches documents of one service, and tells of every id that gives none."""

    def __init__(
        self,
        service: Service,
        *,
        client: Client | None,
        cache: Cache | None,
        offline: bool,
        report: FetchReport | None,
        on_error: OnError | None,
    ) -> None:
        self.client = client if client is not None else Client(service)
        self.report = report if report is not None else FetchReport()
        self._owned = client is None
        self._cache = cache if cache is not None else Cache()
        self._offline = offline
        self._on_error = on_error
        self._failures = 0  # in a row

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._owned:
            self.client.close()

    def documents(self, ids: Sequence[str], question: Question) -> Iterator[Document]:
        """The documents of `ids`, in their order.

        Raises:
            WorkError: the first problem, if there is no `on_error`.
        """
        for start in range(0, len(ids), question.batch):
            batch = ids[start : start + question.batch]
            kept = self._kept(batch, question)
            missing = [id for id in batch if id not in kept]
            sent, failure = self._sent(missing, question)
            for id in batch:
                record = kept.get(id, sent.get(id))
                if record is None:
                    self._missing(id, failure or self._unknown(id, question))
                    continue
                document = self._document(id, record, question)
                if document is not None:
                    self.report.cached += id in kept
                    yield document

    def note(self, message: Message, id: str, reason: str) -> None:
        """Tell of a part of a document that was left out; the caller counts it."""
        if self._on_error is not None:
            self._on_error(self._problem(message, id, reason=reason))

    def _kept(self, ids: Sequence[str], question: Question) -> dict[str, bytes]:
        kind = self._kind(question)
        found = {id: self._cache.load(kind, id, any_age=self._offline) for id in ids}
        return {id: record for id, record in found.items() if record is not None}

    def _sent(
        self, ids: Sequence[str], question: Question
    ) -> tuple[Mapping[str, bytes], WorkError | None]:
        """The records the service has sent, or why it has not."""
        if not ids or self._offline or self._failures >= _MOST_FAILURES:
            return {}, None
        try:
            answer = question.ask(self.client, ids)
        except WorkError as error:
            self._failures += 1
            return {}, error
        self._failures = 0
        self.report.surplus += answer.surplus
        for id, record in answer.records.items():
            self._keep(self._kind(question), id, record)
        return answer.records, None

    def _keep(self, kind: str, id: str, record: bytes) -> None:
        if self.report.cache_failure:
            return
        try:
            self._cache.store(kind, id, record)
        except WorkError as error:
            # The document is there all the same; that the next run fetches it again is said.
            self.report.cache_failure = error.what

    def _kind(self, question: Question) -> str:
        return "-".join(filter(None, (question.kind, self.client.key)))

    def _document(self, id: str, record: bytes, question: Question) -> Document | None:
        problems: list[InputError] = []
        try:
            read = question.read(id, record)
        except InputError as error:
            read = Record(error)
        for document in checked(iter([read]), self.client.url, problems.append):
            if any(passage.text.strip() for passage in document.passages):
                self._count(document)
                return document
            self._missing(id, self._problem(RECORD_EMPTY, id))
        for problem in problems:
            self._missing(id, self._problem(RECORD_UNREADABLE, id, reason=problem.what))
        return None

    def _count(self, document: Document) -> None:
        self.report.documents += 1
        if _RETRACTED in document.infons:
            self.report.retracted.append(document.id)
        if not any(p.text.strip() for p in document.passages if p.kind != _TITLE):
            self.report.without_abstract.append(document.id)

    def _unknown(self, id: str, question: Question) -> WorkError:
        """Why an id gave no record, where the service has not failed."""
        if self._offline:
            return self._problem(NOT_CACHED, id, id=id, folder=self._cache.folder)
        if self._failures >= _MOST_FAILURES:
            return self._problem(SERVICE_GIVEN_UP, id, id=id, failures=self._failures)
        return self._problem(ID_UNKNOWN, id, id=id, more=question.more)

    def _missing(self, id: str, error: WorkError) -> None:
        self.report.missing.append(id)
        located = error.located(Place(self.client.url, document=id))
        if self._on_error is None:
            raise located
        assert isinstance(located, WorkError)
        self._on_error(located)

    def _problem(self, message: Message, document: str, **values: object) -> InputError:
        place = Place(self.client.url, document=document)
        return InputError(message, at=place, service=self.client.service.name, **values)
