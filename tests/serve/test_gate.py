"""Bodies that are too large or too slow, keys, origins, and requests that are no HTTP."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

from relatome.pipeline import Pipeline
from relatome.serve.keys import Keys
from relatome.serve.limits import Limits

from .conftest import TEXT, Running
from .test_app import error

JSON = {"Content-Type": "application/json"}
KEY = "a-key-of-some-length"


def raw(service: Running, sent: list[bytes], pause: float = 0.0) -> bytes:
    """What comes back for bytes that are sent one after the other."""
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 20) as connection:
        with contextlib.suppress(OSError):  # answered, and closed, before all was sent
            for piece in sent:
                connection.sendall(piece)
                time.sleep(pause)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def told(received: bytes) -> tuple[int, str]:
    """Status and code of a raw answer."""
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["code"]


@pytest.fixture
def small(serve: Callable[..., Running], pipeline: Pipeline) -> Running:
    """A service with little patience for little bodies."""
    limits = Limits(body=20_000, bodies=30_000, body_seconds=0.6, pause_seconds=0.3)
    return serve(pipeline, limits=limits)


def test_bodies_that_are_too_large(small: Running) -> None:
    with small.client() as client:
        for size in (20_001, 3_000_000):
            response = client.post("/v1/extract", content=b" " * size, headers=JSON)
            assert "0.0190735 MiB" in error(response, 413, "R943")["what"]
        assert client.get("/health").status_code == 200


def test_a_body_that_does_not_tell_its_size(small: Running) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    with small.client() as client:
        error(client.post("/v1/extract", content=pieces(), headers=JSON), 413, "R943")

        def text() -> Iterator[bytes]:
            yield b'{"text": "Abadol '
            yield b'relieves migraine."}'

        response = client.post("/v1/extract", content=text(), headers=JSON)
        assert response.status_code == 200


HEAD = b"POST /v1/extract HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def test_a_body_that_stops_in_the_middle(small: Running) -> None:
    started = time.monotonic()
    received = raw(small, [HEAD + b"Content-Length: 100\r\n\r\n{"])
    assert told(received) == (408, "R944")
    assert b"connection: close" in received.lower()
    assert time.monotonic() - started < 5


def test_a_body_that_trickles(small: Running) -> None:
    sent = [HEAD + b"Content-Length: 1000\r\n\r\n", *[b" "] * 7]
    assert told(raw(small, sent, pause=0.1)) == (408, "R944")


def test_a_client_that_leaves_in_the_middle_of_a_body(small: Running) -> None:
    host, port = small.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), 20)
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    connection.close()
    with small.client() as client:
        assert client.get("/health").status_code == 200
        deadline = time.monotonic() + 10
        while small.app.state.gate.open and time.monotonic() < deadline:
            time.sleep(0.01)
    assert small.app.state.gate.open == 0


def test_large_bodies_of_many_share_a_bound(
    serve: Callable[..., Running], pipeline: Pipeline
) -> None:
    service = serve(pipeline, limits=Limits(body=20_000, bodies=10_000))
    with service.client() as client:
        refused = client.post("/v1/extract", content=b" " * 15_000, headers=JSON)
        error(refused, 429, "R949")
        assert int(refused.headers["retry-after"]) > 0
        # What was refused is not held.
        assert client.post("/v1/extract", json={"text": TEXT}).status_code == 200


def test_what_is_no_request(running: Running) -> None:
    for sent in (b"\x16\x03\x01\x02\r\n\r\n", b"GET\r\n\r\n", HEAD + b"Content-Length: x\r\n\r\n"):
        assert told(raw(running, [sent])) == (400, "R958")


def test_keys(serve: Callable[..., Running], pipeline: Pipeline) -> None:
    service = serve(pipeline, keys=Keys([KEY, "another-key-of-some-length"]))
    with service.client() as client:
        for path in ("/", "/health", "/ready", "/docs", "/openapi.json", "/page/main.js"):
            assert client.get(path).status_code == 200
        for path in ("/v1/models", "/metrics", "/v1/nothing"):
            refused = client.get(path)
            error(refused, 401, "R951")
            assert refused.headers["www-authenticate"] == "Bearer"
        body = {"text": TEXT}
        for headers in (
            {"X-API-Key": "x"},
            {"X-API-Key": KEY[:-1]},
            {"X-API-Key": "kĂ©y".encode()},
            {"Authorization": f"Basic {KEY}"},
            {"Authorization": "Bearer"},
        ):
            error(client.post("/v1/extract", json=body, headers=headers), 401, "R951")
        for headers in (
            {"X-API-Key": KEY},
            {"Authorization": f"Bearer {KEY}"},
            {"Authorization": "bearer another-key-of-some-length"},
        ):
            assert client.post("/v1/extract", json=body, headers=headers).status_code == 200


def test_a_refusal_is_heard_by_who_still_sends(
    serve: Callable[..., Running], pipeline: Pipeline
) -> None:
    text = json.dumps({"text": "a" * 5_000_000})
    with serve(pipeline, keys=Keys([KEY])).client() as client:
        error(client.post("/v1/extract", content=text, headers=JSON), 401, "R951")
        packed = JSON | {"Content-Encoding": "gzip", "X-API-Key": KEY}
        error(client.post("/v1/extract", content=text, headers=packed), 415, "R942")


def test_other_origins(serve: Callable[..., Running], pipeline: Pipeline) -> None:
    service = serve(pipeline, origins=["https://example.org"], keys=Keys([KEY]))
    asking = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-api-key",
    }
    with service.client() as client:
        allowed = client.options("/v1/extract", headers=asking)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://example.org"
        refused = client.get("/v1/models", headers={"Origin": "https://example.org"})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "https://example.org"
        other = client.get("/health", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_the_log_has_no_word_of_a_document(
    client: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.post("/v1/extract", json={"text": "Quixoticum relieves migraine."})
        client.post("/v1/extract", json={"content": "Quixoticum|t", "format": "pubtator"})
        client.get("/v1/extract?q=Quixoticum")
        client.get("/health")  # the line of a request is written after its answer
    lines = [record for record in caplog.records if record.name == "relatome.serve"][:3]
    assert [record.fields["status"] for record in lines] == [200, 422, 405]
    assert not any("quixoticum" in str(vars(record)).lower() for record in lines)


def test_a_failure_nobody_foresaw(
    serve: Callable[..., Running], pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(document: object) -> object:
        raise KeyError("Quixoticum")

    other = pipeline.under(tagger="given")
    service = serve(other)
    service.app.state.service.pipeline._tagging = "auto"
    service.app.state.service.pipeline._tagger = broken
    with service.client() as client, caplog.at_level(logging.INFO):
        response = client.post("/v1/extract", json={"text": TEXT})
        assert "KeyError" in error(response, 500, "R952")["what"]
        assert "Quixoticum" not in response.text
        assert client.get("/ready").status_code == 200
    (failed,) = (record for record in caplog.records if record.getMessage() == "failed")
    assert "in broken" in failed.fields["error"]
    assert "Quixoticum" not in str(vars(failed))
