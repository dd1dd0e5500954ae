"""PubMed by id, through efetch."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.etree
import pytest

from relatome.data import Document, Passage
from relatome.errors import UsageError, WorkError
from relatome.formats import Problems, read
from relatome.sources import Cache, Client, FetchReport, pubmed
from relatome.sources.client import Service
from relatome.sources.pubmed import PUBMED

from . import service
from .service import Server, pubmed_record, send, status

Connect = Callable[[Service], Client]


class Fetch:
    """Fetches from the server, and keeps what it tells."""

    def __init__(self, connect: Connect, cache: Cache) -> None:
        self.client = connect(PUBMED)
        self.cache = cache
        self.report = FetchReport()
        self.problems = Problems()

    def __call__(self, *ids: str, **options: Any) -> list[Document]:
        self.report = FetchReport()
        self.problems = Problems()
        given: dict[str, Any] = {"client": self.client, "cache": self.cache, "report": self.report}
        return list(pubmed.fetch(ids, on_error=self.problems, **given | options))

    @property
    def told(self) -> list[tuple[str, str | None]]:
        return [(error.code, error.place.document) for error in self.problems.errors]


@pytest.fixture
def fetch(connect: Connect, cache: Cache) -> Fetch:
    return Fetch(connect, cache)


def test_a_record(server: Server, fetch: Fetch) -> None:
    server.pubmed = {"5": pubmed_record("5")}
    expected = Document(
        "5",
        (Passage("title", 0, "Of KCN9 and α."), Passage("abstract", 15, "It rose.")),
        infons={"publication_types": "Journal Article"},
    )
    assert fetch("5") == [expected]
    assert fetch("5") == [expected]
    (request,) = server.requests
    assert request.path == "/efetch.fcgi"
    assert request.query == {"db": "pubmed", "retmode": "xml", "tool": "relatome", "id": "5"}
    assert fetch.report == FetchReport(documents=1, cached=1)


def test_retracted_and_without_abstract_are_documents_and_told(
    server: Server, fetch: Fetch
) -> None:
    server.pubmed = {
        "1": pubmed_record("1", type="Retracted Publication"),
        "2": pubmed_record("2", abstract=""),
        "3": pubmed_record("3"),
    }
    retracted, bare, _ = fetch("1", "2", "3")
    assert retracted.infons["retracted"] == "yes"
    assert len(bare.passages) == 1
    assert fetch.report.summary() == [
        "3 documents fetched.",
        "1 document retracted: 1.",
        "1 document without abstract: 2.",
    ]
    fetch("1", "2", "3")
    assert fetch.report.retracted == ["1"], "from the cache too"


def test_batches_unknown_ids_and_order(server: Server, fetch: Fetch) -> None:
    ids = [str(n) for n in range(150, 0, -1)]
    server.pubmed = {id: pubmed_record(id) for id in ids if id != "77"}
    found = fetch(*ids)
    assert [document.id for document in found] == [id for id in ids if id != "77"]
    assert [len(request.ids) for request in server.requests] == [100, 50]
    assert fetch.told == [("R303", "77")]


@pytest.mark.parametrize(
    "answer",
    [
        service.records([]),
        send(b"<eFetchResult><ERROR>ID list is empty! No correct IDs.</ERROR>", code=400),
    ],
)
def test_nothing_known_is_no_failure(server: Server, fetch: Fetch, answer: Any) -> None:
    server.script = [answer]
    assert fetch("1", "2") == []
    assert fetch.told == [("R303", "1"), ("R303", "2")]


@pytest.mark.parametrize(
    "answer",
    [
        service.HTML,
        send(b"<PubmedArticleSet>" + pubmed_record("1").encode()),
        send(b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"),
        send(b'{"error":"API rate limit exceeded"}'),
        send(b""),
        send(b'<!DOCTYPE a [<!ENTITY x "y">]><PubmedArticleSet>&x;</PubmedArticleSet>'),
    ],
    ids=["HTML", "cut", "error", "JSON", "empty", "entity"],
)
def test_an_answer_that_is_none(server: Server, fetch: Fetch, answer: Any) -> None:
    server.script = [answer] * 5
    assert fetch("1") == []
    assert fetch.told == [("R308", "1")]
    assert len(server.requests) == 5


def test_records_that_are_empty_or_not_asked_for(server: Server, fetch: Fetch) -> None:
    bare = "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article/></MedlineCitation>"
    sent = [bare.format(n) + "</PubmedArticle>" for n in ("1", "x")]
    server.script = [service.records([*sent, pubmed_record("2"), pubmed_record("9")])]
    assert [document.id for document in fetch("1", "2")] == ["2"]
    assert fetch.told == [("R304", "1")]
    assert fetch.report.surplus == 2


def test_a_key_is_sent_and_never_shown(
    server: Server, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "s3cret")
    server.script = [status(403)]
    assert fetch("1") == []
    assert server.requests[0].query["api_key"] == "s3cret"
    assert "s3cret" not in str(fetch.problems.errors[0])


def test_offline_and_by_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pubmed = {"1": pubmed_record("1")}
    monkeypatch.setenv("RELATOME_PUBMED_URL", server.url)
    with pytest.raises(WorkError, match="offline") as caught:
        list(pubmed.fetch(["1"], offline=True))
    assert caught.value.code == "R305"
    (fetched,) = pubmed.fetch(["1"])
    (kept,) = pubmed.fetch(["PMID:1"], offline=True)
    assert kept == fetched
    assert len(server.requests) == 1


def test_ids_of_pmc_are_refused_at_once() -> None:
    with pytest.raises(UsageError, match="PMC1"):
        pubmed.fetch(["PMC1"])


def test_real_records(server: Server, fetch: Fetch, corpora_dir: Path) -> None:
    path = corpora_dir / "pubmed_xml" / "medline16n0902.xml.gz"
    expected = list(read(path))[:120]
    root = lxml.etree.fromstring(gzip.decompress(path.read_bytes()))
    whole = [lxml.etree.tostring(each, encoding="unicode", with_tail=False) for each in root]
    server.pubmed = {
        document.id: record for document, record in zip(expected, whole[:120], strict=True)
    }
    assert fetch(*server.pubmed) == expected
    assert fetch.told == []
