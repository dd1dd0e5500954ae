"""The server, clients of it, and a cache, all without waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrate_limiter
import pytest
import stamina

from relatome.sources import Cache, Client
from relatome.sources.client import Service

from .service import Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """As many attempts as there would be, but at once."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "user-cache"
    monkeypatch.setenv("RELATOME_CACHE", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def limiter() -> pyrate_limiter.Limiter:
    return pyrate_limiter.Limiter(pyrate_limiter.Rate(10_000, pyrate_limiter.Duration.SECOND))


@pytest.fixture
def connect(
    server: Server, limiter: pyrate_limiter.Limiter
) -> Iterator[Callable[[Service], Client]]:
    opened: list[Client] = []

    def connected(service: Service) -> Client:
        opened.append(Client(service, server.url, timeout=0.3, limiter=limiter))
        return opened[-1]

    yield connected
    for client in opened:
        client.close()
