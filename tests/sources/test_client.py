"""The client, against a server that answers late, in part, elsewhere, too much or not at all."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable
from typing import Any

import pyrate_limiter
import pytest

from relatome.errors import UsageError, WorkError
from relatome.sources import Client
from relatome.sources.client import Service, _shared_limiter, retry_after

from . import service
from .service import Answer, Server, send, status

SERVICE = Service("Example", "https://example.org/api", "RELATOME_EXAMPLE_URL")

Connect = Callable[[Service], Client]


def ask(client: Client) -> Any:
    return client.get("publications/export/biocjson", {"pmids": "1"}, json.loads, unknown=b"none")


GOOD = send(b'{"a": 1}')


@pytest.mark.parametrize(
    "failure",
    [
        status(429),
        status(500),
        status(503, Retry_After="0"),
        service.silent,
        service.hanging_up,
        send(b'{"a": 1}', claim=100),
        send(b'{"a": '),
        service.HTML,
    ],
    ids=["429", "500", "503", "late", "hangs up", "short", "cut", "HTML"],
)
def test_a_failure_that_passes_is_asked_again(
    server: Server, connect: Connect, failure: Answer
) -> None:
    server.script = [failure, failure, GOOD]
    assert ask(connect(SERVICE)) == {"a": 1}
    assert len(server.requests) == 3
    assert server.requests[0].agent.startswith("relatome/")


@pytest.mark.parametrize(
    ("failure", "requests", "code", "says"),
    [
        (status(429), 5, "R307", "429 Too Many Requests"),
        (status(502), 5, "R307", "502 Bad Gateway"),
        (service.hanging_up, 5, "R306", "disconnected"),
        (service.silent, 5, "R306", "cannot be reached"),
        (send(b'{"a": 1}', claim=100), 5, "R306", "complete message body"),
        (service.HTML, 5, "R308", "no usable answer"),
        (status(404), 1, "R307", "404 Not Found"),
        (status(401), 1, "R307", "401 Unauthorized"),
        (send(b"Bad", code=400), 1, "R307", "400 Bad Request"),
        (status(503, Retry_After="3600"), 1, "R311", "3,600 seconds"),
        (service.endless, 1, "R310", "longer than 64 MiB"),
    ],
)
def test_what_does_not_pass_is_an_error(
    server: Server, connect: Connect, failure: Answer, requests: int, code: str, says: str
) -> None:
    server.script = [failure] * 5
    with pytest.raises(WorkError, match=says) as caught:
        ask(connect(SERVICE))
    assert (caught.value.code, len(server.requests)) == (code, requests)
    assert caught.value.place.path == f"{server.url}/publications/export/biocjson"
    assert "Example" in caught.value.what


def test_an_answer_that_trickles_for_ever_is_given_up(
    server: Server, limiter: pyrate_limiter.Limiter
) -> None:
    server.script = [service.trickling, GOOD]
    with Client(SERVICE, server.url, timeout=0.1, limiter=limiter) as client:
        assert ask(client) == {"a": 1}
    first, second = server.requests
    assert second.at - first.at < 20.0, "it would have gone on for 30 seconds"


def test_nobody_there(connect: Connect, server: Server) -> None:
    client = connect(SERVICE)
    client.url = "http://127.0.0.1:1"
    with pytest.raises(WorkError, match="cannot be reached") as caught:
        ask(client)
    assert caught.value.code == "R306"


def test_a_refusal_because_nothing_is_known_is_none(server: Server, connect: Connect) -> None:
    server.script = [send(b'{"detail":"none of them"}', code=400)]
    assert ask(connect(SERVICE)) is None
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_server_is_followed(
    server: Server, connect: Connect, code: int
) -> None:
    server.script = [status(code, Location="/other?pmids=1"), GOOD]
    assert ask(connect(SERVICE)) == {"a": 1}
    assert [request.path for request in server.requests][1:] == ["/other"]


@pytest.mark.parametrize(
    "target",
    ["https://127.0.0.1/x", "http://localhost:{port}/x", "http://127.0.0.1:1/x", "//example.org"],
)
def test_a_redirect_elsewhere_is_not_followed(
    server: Server, connect: Connect, target: str
) -> None:
    server.script = [status(302, Location=target.format(port=server.server_port))]
    with pytest.raises(WorkError, match="refers to another server") as caught:
        ask(connect(SERVICE))
    assert (caught.value.code, len(server.requests)) == ("R309", 1)
    assert "RELATOME_EXAMPLE_URL" in caught.value.next_step


def test_redirects_in_a_circle_end(server: Server, connect: Connect) -> None:
    server.script = [status(302, Location="/x?pmids=1")] * 50
    with pytest.raises(WorkError, match="302") as caught:
        ask(connect(SERVICE))
    assert (caught.value.code, len(server.requests)) == ("R307", 5)


@pytest.mark.parametrize("dated", [False, True])
def test_the_time_asked_for_is_kept(
    server: Server, limiter: pyrate_limiter.Limiter, dated: bool
) -> None:
    when = email.utils.formatdate(time.time() + 60, usegmt=True) if dated else "60"
    server.script = [status(503, Retry_After=when), GOOD]
    waits: list[tuple[float, str]] = []
    with Client(
        SERVICE, server.url, limiter=limiter, on_wait=lambda *each: waits.append(each)
    ) as client:
        assert ask(client) == {"a": 1}
    ((seconds, reason),) = waits
    assert 50 < seconds <= 60
    assert "503" in reason


def test_it_really_waits(
    server: Server, limiter: pyrate_limiter.Limiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    import stamina

    server.script = [status(429, Retry_After="1"), GOOD]
    with stamina.set_testing(False), Client(SERVICE, server.url, limiter=limiter) as client:
        ask(client)
    first, second = server.requests
    assert second.at - first.at >= 1.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("0", 0.0),
        ("soon", None),
        ("-1", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)
def test_reading_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_three_requests_a_second_and_no_more(server: Server) -> None:
    """By the limiter that all clients share, two services together."""
    server.script = [GOOD] * 5
    _shared_limiter.cache_clear()
    with Client(SERVICE, server.url) as one, Client(SERVICE, server.url) as other:
        for client in (one, other, one, other, one):
            ask(client)
    times = [request.at for request in server.requests]
    assert times[2] - times[0] < 1.0, "the first three need not wait"
    assert all(later - first >= 0.95 for first, later in zip(times, times[3:], strict=False))


def test_retries_are_requests_too(server: Server) -> None:
    server.script = [status(500), status(500), status(500), GOOD]
    _shared_limiter.cache_clear()
    with Client(SERVICE, server.url) as client:
        ask(client)
    assert server.requests[3].at - server.requests[0].at >= 0.95


def test_no_answer_shows_what_was_asked(server: Server, connect: Connect) -> None:
    server.script = [status(404)]
    with pytest.raises(WorkError) as caught:
        connect(SERVICE).get("x", {"pmids": "1", "api_key": "s3cret"}, json.loads, unknown=b"-")
    assert "s3cret" not in str(caught.value)


def test_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client(SERVICE).url == "https://example.org/api"
    assert Client(SERVICE).key == ""
    monkeypatch.setenv("RELATOME_EXAMPLE_URL", "http://127.0.0.1:8000/")
    assert Client(SERVICE).url == "http://127.0.0.1:8000"
    assert len(Client(SERVICE).key) == 8
    monkeypatch.setenv("RELATOME_EXAMPLE_URL", "")
    assert Client(SERVICE).url == "https://example.org/api"


@pytest.mark.parametrize(
    "url",
    ["example.org", "ftp://example.org", "file:///etc/passwd", "http://", "http://[", "https:"],
)
def test_what_is_no_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("RELATOME_EXAMPLE_URL", url)
    with pytest.raises(UsageError) as caught:
        Client(SERVICE)
    assert (caught.value.code, caught.value.values["variable"]) == ("R313", "RELATOME_EXAMPLE_URL")


@pytest.mark.parametrize("url", ["http://a b", "http://\x00", "http://" + "a" * 70 + "."])
def test_an_address_that_turns_out_to_be_none(url: str) -> None:
    with pytest.raises((UsageError, WorkError)):
        ask(Client(SERVICE, url))
