"""A browser that looks at the page of a real service, and what must never happen while it does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

import relatome
from relatome.data import Document

pytest.importorskip("playwright", reason="pytest-playwright is not installed")
pytest.importorskip("fastapi", reason="needs relatome[serve]")
pytest.importorskip("duckdb", reason="needs relatome[scale]")

from playwright.sync_api import BrowserContext, Page, sync_playwright

from relatome import graph
from relatome.scale import scan
from relatome.serve.answers import Answer, ModelName, answered
from relatome.serve.page import page_folder
from tests.serve.process import launched

CHROMIUM = Path("/usr/bin/chromium")
EXAMPLES = Path(__file__).parents[2] / "examples"
ABSTRACT = (EXAMPLES / "abstract.txt").read_text("utf-8")
TEXTS = page_folder().with_name("examples")

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

Opener = Callable[..., Page]


@cache
def annotated() -> list[Document]:
    """The annotated examples of the repository."""
    return list(relatome.read(EXAMPLES / "annotated.pubtator"))


@cache
def extracted(text: str) -> Document:
    """A text with its relations."""
    return relatome.load(threads=1)(text)


def answer(documents: Sequence[Document]) -> bytes:
    """Documents as the service answers them."""
    model = ModelName("relatome-small", "0.1.0")
    return msgspec.json.encode(Answer([*map(answered, documents)], model, [], []))


@pytest.fixture(scope="package")
def chromium() -> Iterator[BrowserContext]:
    """One browser for all tests of this folder: its event loop must not be there for others."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM}; install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(locale="en-GB", accept_downloads=True)
        context.set_default_timeout(20_000)
        context.add_init_script(WATCH)
        yield context
        browser.close()


@pytest.fixture(scope="package")
def address(chromium: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is: a service with a graph of a few examples, which asks no other service."""
    folder = tmp_path_factory.mktemp("service")
    scan([EXAMPLES / "annotated.pubtator", TEXTS / "*.txt"], folder / "scan", workers=1)
    graph.build([folder / "scan"], folder / "kg")
    options = ("--graph", str(folder / "kg"), "--offline")
    cache = str(folder / "cache")
    with launched(*options, log=subprocess.DEVNULL, RELATOME_CACHE=cache) as service:
        yield f"http://{service.address}"


@pytest.fixture
def opened(chromium: BrowserContext, address: str) -> Iterator[Opener]:
    """Opens the page, in a browser that remembers nothing; afterwards it must have been quiet.

    ``opened(documents, width=…, height=…, dark=…)``: with documents, they are the answer to
    whatever is extracted, and extracted they are. `routes` are other answers by their addresses;
    where `failing` is asked, the console may say that it failed.
    """
    page = chromium.new_page()
    wrong: list[str] = []
    expected: list[str] = []

    def said(message: Any) -> None:
        known = any(message.location["url"].endswith(each) for each in expected)
        if (message.type in ("error", "warning") and not known) or "[DOM]" in message.text:
            wrong.append(f"console: {message.text}")

    def asked(request: Any) -> None:
        if not request.url.startswith((address, "blob:", "data:")):
            wrong.append(f"asked elsewhere: {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
    page.on("request", asked)

    def open_page(
        documents: Sequence[Document] | None = None,
        *,
        width: int = 1280,
        height: int = 860,
        dark: bool = False,
        failing: str | None = None,
        routes: dict[str, bytes] | None = None,
    ) -> Page:
        expected[:] = [failing] if failing else []
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        answers = dict(routes or {})
        if documents is not None:
            answers["**/v1/extract"] = answer(documents)
        for pattern, body in answers.items():
            page.route(pattern, _answering(body))
        page.goto(address)
        page.wait_for_selector("body.ready")
        if documents is not None:
            page.fill("#text", "whatever")
            page.click("#submit")
            page.wait_for_selector("#result:not([hidden])")
        return page

    yield open_page
    wrong += page.evaluate("window.violations ?? []")
    if page.url.startswith(address):
        page.evaluate("localStorage.clear()")
    page.close()  # and with it what the tab has kept
    assert wrong == []


def _answering(body: bytes) -> Callable[[Any], None]:
    return lambda route: route.fulfill(body=body, content_type="application/json")
