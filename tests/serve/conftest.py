"""Services on 127.0.0.1 for tests, each with a model of its own or all with the shipped one."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("fastapi", reason="needs relatome[serve]")

import httpx2
from fastapi import FastAPI

from relatome.data import Document
from relatome.pipeline import Pipeline, load
from relatome.serve.app import create_app
from relatome.serve.server import Server, address, listen
from tests.sources.conftest import no_waiting, own_cache, server

__all__ = ["no_waiting", "own_cache", "server"]  # fixtures

TEXT = """A variant of ABC1 weakens the response to abadol in migraine

Abadol relieves migraine by inhibiting ABC1. Carriers of rs12345 in ABC1 had more attacks."""

PAGE = {
    "index.html": "<!doctype html><title>relatome</title>",
    "main.js": "export {};",
    "vendored/style.css": "body {}",
    "notes.md": "not for readers",
}


class Running(NamedTuple):
    """A service that listens."""

    url: str
    app: FastAPI
    server: Server

    def client(self, **options: Any) -> httpx2.Client:
        """A client of it."""
        return httpx2.Client(base_url=self.url, timeout=60, trust_env=False, **options)


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The shipped model."""
    return load("small", threads=2)


@pytest.fixture(scope="session")
def tiny_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a few small files."""
    folder = tmp_path_factory.mktemp("page")
    for name, content in PAGE.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


def started(app: FastAPI) -> Iterator[Running]:
    """A service in a thread; stopped afterwards."""
    listening = listen("127.0.0.1", 0)
    url = address(listening)
    ready = threading.Event()
    server = Server(app, ready.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    assert ready.wait(30)
    yield Running(url, app, server)
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def running(pipeline: Pipeline, tiny_page: Path) -> Iterator[Running]:
    """The service as it is started by default, but for its page."""
    yield from started(create_app(pipeline, page=tiny_page))


@pytest.fixture
def client(running: Running) -> Iterator[httpx2.Client]:
    with running.client() as opened:
        yield opened


@pytest.fixture
def serve(tiny_page: Path) -> Iterator[Callable[..., Running]]:
    """Starts services with options of their own."""
    open_ones: list[Iterator[Running]] = []

    def start(pipeline: Pipeline, **options: Any) -> Running:
        service = started(create_app(pipeline, page=tiny_page, **options))
        open_ones.append(service)
        return next(service)

    yield start
    for service in open_ones:
        next(service, None)


class Brake:
    """A tagger that finds nothing, and only once it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.begun: list[str] = []

    def __call__(self, document: Document) -> Document:
        if document.passages:  # not that of warming up
            self.begun.append(document.text)
            assert self.free.wait(30)
        return document

    def wait(self, count: int) -> None:
        """Wait until it has been asked so often."""
        end = time.monotonic() + 20
        while len(self.begun) < count:
            assert time.monotonic() < end
            time.sleep(0.005)


@pytest.fixture
def brake() -> Iterator[Brake]:
    made = Brake()
    yield made
    made.free.set()


@pytest.fixture
def braked(pipeline: Pipeline, brake: Brake) -> Pipeline:
    """The shipped model with a tagger that waits."""
    other = pipeline.under(tagger="given")
    other._tagging, other._tagger = "auto", brake
    return other


@pytest.fixture(autouse=True)
def full_log() -> None:
    """All that the service logs is caught."""
    logging.getLogger("relatome.serve").setLevel(logging.INFO)
