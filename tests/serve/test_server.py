"""A process of its own: how it starts, what it logs, and that it leaves no request unanswered."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException

import pytest

from .conftest import TEXT
from .process import Process, launched

BODY = json.dumps({"text": TEXT})


@pytest.fixture
def launch() -> Iterator[Callable[..., Process]]:
    """Starts ``relatome serve``."""
    with ExitStack() as running:
        yield lambda *options: running.enter_context(launched(*options))


class Tally:
    """What clients met."""

    def __init__(self) -> None:
        self.answered = 0
        self.refused = 0
        self.broken: list[str] = []
        self.lock = threading.Lock()


def ask_until_refused(address: str, tally: Tally) -> None:
    """Ask again and again, on one connection as long as it is kept, until none can be had."""
    while True:
        connection = HTTPConnection(address, timeout=60)
        try:
            connection.connect()
        except ConnectionError:
            with tally.lock:
                tally.refused += 1
            return
        kept = True
        while kept:
            try:
                connection.request(
                    "POST", "/v1/extract", BODY, {"Content-Type": "application/json"}
                )
                response = connection.getresponse()
            except (OSError, HTTPException):
                break  # closed before it took the request; whether it did is compared below
            try:
                whole = json.loads(response.read())["documents"]
                kept = response.getheader("Connection") != "close"
                with tally.lock:
                    tally.answered += bool(whole)
            except (OSError, HTTPException, KeyError, ValueError) as error:
                with tally.lock:
                    tally.broken.append(f"{response.status}: {error!r}")
                break
        connection.close()


def stopped_under_load(service: Process, clients: int, seconds: float) -> None:
    tally = Tally()
    threads = [
        threading.Thread(target=ask_until_refused, args=(service.address, tally))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    service.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    code, log = service.ended()
    assert code == 0
    assert tally.broken == []
    assert tally.refused == clients
    assert log[-1]["event"] == "stopped"
    assert log[-1]["unanswered"] == 0
    # Every request that it took was answered, and the answer arrived whole.
    assert tally.answered == log[-1]["accepted"]
    assert tally.answered > clients
    assert all(line["status"] == 200 for line in log if line["event"] == "request")


def test_a_stop_under_load_leaves_no_request_unanswered(launch: Callable[..., Process]) -> None:
    stopped_under_load(launch(), clients=8, seconds=1.5)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0, 10.0])
def test_a_stop_with_64_clients(launch: Callable[..., Process], seconds: float) -> None:
    stopped_under_load(launch(), clients=64, seconds=8 + seconds)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /health HTTP/1.1\r\n",
        # Until the service has no more patience with it, which are ten seconds.
        pytest.param(
            b"POST /v1/extract HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_stop_does_not_wait_for_who_does_not_ask(
    launch: Callable[..., Process], sent: bytes
) -> None:
    service = launch("--timeout", "15")
    host, port = service.address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(sent)
        time.sleep(0.2)
        started = time.monotonic()
        service.process.send_signal(signal.SIGINT)
        code, log = service.ended()
    assert code == 0
    assert time.monotonic() - started < 20
    assert [line["event"] for line in log if line["event"] != "request"] == ["stopping", "stopped"]


def test_a_port_in_use(launch: Callable[..., Process]) -> None:
    service = launch()
    port = service.address.split(":")[1]
    command = [sys.executable, "-m", "relatome", "serve", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "[R956]" in done.stderr
    assert "Traceback" not in done.stderr
