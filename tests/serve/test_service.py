"""Many requests at once: side by side, in turns, within bounds; articles by id."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import httpx2
import pytest

from relatome.formats import text_document
from relatome.pipeline import Pipeline
from relatome.serve.limits import Limits
from tests.sources.service import Server as PubTator
from tests.sources.service import status

from .conftest import TEXT, Brake, Running
from .test_app import error


def documents(prefix: str, count: int) -> dict[str, object]:
    """A request of `count` texts that tell which it is."""
    return {
        "documents": [
            {"id": f"{prefix}{n}", "passages": [{"kind": "t", "offset": 0, "text": f"{prefix}{n}"}]}
            for n in range(count)
        ]
    }


def test_64_clients_at_once(running: Running, pipeline: Pipeline) -> None:
    expected = [r.type for r in pipeline.under().extract(text_document(TEXT)).relations]

    def ask(number: int) -> list[str]:
        with running.client() as client:
            answer = client.post("/v1/extract", json={"text": TEXT})
            assert answer.status_code == 200
            return [each["type"] for each in answer.json()["documents"][0]["relations"]]

    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(ask, range(96))) == [expected] * 96


@pytest.mark.slow
def test_64_clients_with_2000_requests(running: Running) -> None:
    def ask(number: int) -> int:
        with running.client() as client:
            statuses = [
                client.post("/v1/extract", json={"text": TEXT}).status_code for _ in range(32)
            ]
            return statuses.count(200)

    with ThreadPoolExecutor(64) as pool:
        assert sum(pool.map(ask, range(64))) == 64 * 32


def test_requests_take_turns(serve: Callable[..., Running], braked: Pipeline, brake: Brake) -> None:
    service = serve(braked, workers=1)
    with ThreadPoolExecutor(2) as pool, service.client() as client:
        first = pool.submit(client.post, "/v1/extract", json=documents("long", 20))
        brake.wait(1)
        second = pool.submit(client.post, "/v1/extract", json=documents("short", 1))
        waiting(service, 20)
        brake.free.set()
        assert second.result(20).status_code == first.result(20).status_code == 200
    assert brake.begun.index("short0") <= 2
    answered = [each["id"] for each in first.result().json()["documents"]]
    assert answered == [f"long{n}" for n in range(20)]


def test_a_full_queue_says_when_to_come_back(
    serve: Callable[..., Running], braked: Pipeline, brake: Brake
) -> None:
    service = serve(braked, workers=1, limits=Limits(queue=5))
    with ThreadPoolExecutor(3) as pool, service.client() as client:
        first = pool.submit(client.post, "/v1/extract", json=documents("a", 5))
        brake.wait(1)
        waiting(service, 4)
        refused = client.post("/v1/extract", json=documents("b", 2))
        error(refused, 429, "R949")
        assert int(refused.headers["retry-after"]) >= 1
        accepted = pool.submit(client.post, "/v1/extract", json=documents("c", 1))
        waiting(service, 5)
        brake.free.set()
        assert first.result(20).status_code == accepted.result(20).status_code == 200
        # Nothing waits: a request larger than the queue is taken all the same.
        assert client.post("/v1/extract", json=documents("d", 9)).status_code == 200


def test_an_answer_that_takes_too_long(
    serve: Callable[..., Running], braked: Pipeline, brake: Brake
) -> None:
    service = serve(braked, workers=1, limits=Limits(seconds=0.3))
    with service.client() as client:
        error(client.post("/v1/extract", json=documents("a", 10)), 503, "R950")
        waiting(service, 0)  # the rest is not worked on
        brake.free.set()
        assert client.post("/v1/extract", json=documents("b", 1)).status_code == 200
    assert brake.begun == ["a0", "b0"]


def test_who_leaves_is_not_worked_for(
    serve: Callable[..., Running], braked: Pipeline, brake: Brake
) -> None:
    service = serve(braked, workers=1)
    with pytest.raises(httpx2.ReadTimeout), service.client() as client:
        client.post("/v1/extract", json=documents("a", 10), timeout=0.5)
    waiting(service, 0)
    brake.free.set()
    with service.client() as client:
        assert client.post("/v1/extract", json=documents("b", 1)).status_code == 200
    assert brake.begun == ["a0", "b0"]


def waiting(service: Running, count: int) -> None:
    """Wait until so many documents wait."""
    end = time.monotonic() + 20
    while service.app.state.service.workers.waiting != count:
        assert time.monotonic() < end
        time.sleep(0.005)


# ---------------------------------------------------------------------------------------- articles


def bioc(pmid: str) -> dict[str, object]:
    """An article as PubTator3 sends it."""

    def mention(id: str, offset: int, text: str, type: str, identifier: str) -> dict[str, object]:
        return {
            "id": id,
            "infons": {"identifier": identifier, "type": type},
            "text": text,
            "locations": [{"offset": offset, "length": len(text)}],
        }

    return {
        "_id": f"{pmid}|None",
        "id": pmid,
        "infons": {},
        "pmid": int(pmid),
        "passages": [
            {
                "infons": {"type": "title"},
                "offset": 0,
                "text": "Abadol relieves migraine.",
                "annotations": [
                    mention("1", 0, "Abadol", "Chemical", "MESH:D000001"),
                    mention("2", 16, "migraine", "Disease", "MESH:D008881"),
                ],
                "relations": [],
            }
        ],
        "relations": [],
    }


@pytest.fixture
def pubtator(server: PubTator, monkeypatch: pytest.MonkeyPatch) -> PubTator:
    monkeypatch.setenv("RELATOME_PUBTATOR3_URL", server.url)
    server.abstracts = {pmid: bioc(pmid) for pmid in ("101", "102")}
    return server


def test_articles_by_their_ids(client: httpx2.Client, pubtator: PubTator) -> None:
    answer = client.post("/v1/extract/pmids", json={"pmids": ["102", "PMID:101", "999"]}).json()
    assert [each["id"] for each in answer["documents"]] == ["102", "101"]
    (entity, _) = answer["documents"][0]["entities"]
    assert entity["url"] == "https://meshb.nlm.nih.gov/record/ui?ui=D000001"
    assert answer["summary"][0].startswith("2 documents fetched")
    assert [each["code"] for each in answer["problems"]] == ["R303"]
    assert "999" in answer["problems"][0]["what"]


def test_articles_that_are_not_there(client: httpx2.Client, pubtator: PubTator) -> None:
    error(client.post("/v1/extract/pmids", json={"pmids": ["999"]}), 404, "R303")


def test_a_service_that_fails(client: httpx2.Client, pubtator: PubTator) -> None:
    pubtator.script = [status(500)] * 20
    error(client.post("/v1/extract/pmids", json={"pmids": ["101"]}), 502, "R307")


def test_a_fetch_that_nobody_waits_for_keeps_its_place(
    serve: Callable[..., Running], pipeline: Pipeline, pubtator: PubTator
) -> None:
    free = threading.Event()

    def wait(handler: BaseHTTPRequestHandler) -> None:
        assert free.wait(30)
        status(404)(handler)

    pubtator.script = [wait]
    service = serve(pipeline, limits=Limits(seconds=0.3, fetches=1))
    with service.client() as client:
        error(client.post("/v1/extract/pmids", json={"pmids": ["101"]}), 503, "R950")
        error(client.post("/v1/extract/pmids", json={"pmids": ["102"]}), 429, "R949")
        free.set()
        end = time.monotonic() + 20
        while client.post("/v1/extract/pmids", json={"pmids": ["102"]}).status_code == 429:
            assert time.monotonic() < end


def test_without_other_services(
    serve: Callable[..., Running], pipeline: Pipeline, pubtator: PubTator
) -> None:
    service = serve(pipeline, offline=True)
    with service.client() as client:
        error(client.post("/v1/extract/pmids", json={"pmids": ["101"]}), 503, "R305")
    assert pubtator.requests == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"pmids": []}, 422, "R945"),
        ({"pmids": ["x"]}, 422, "R301"),
        ({"pmids": ["/etc/passwd"]}, 422, "R301"),
        ({"pmids": ["@/etc/passwd"]}, 422, "R301"),
        ({"pmids": ["1" * 41]}, 422, "R945"),
        ({"pmids": [101]}, 422, "R945"),
        ({"pmids": [str(n) for n in range(1, 102)]}, 413, "R947"),
        ({"pmids": ["101"], "offline": True}, 422, "R945"),
    ],
)
def test_ids_that_are_none(
    client: httpx2.Client, pubtator: PubTator, body: dict[str, object], status: int, code: str
) -> None:
    error(client.post("/v1/extract/pmids", json=body), status, code)
    assert pubtator.requests == []
