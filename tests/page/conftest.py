"""A browser that looks at the page, and what must never happen while it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.page import service

pytest.importorskip("playwright", reason="pytest-playwright is not installed")

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")

# Only this may fail, and does where the service has no graph: so the page learns that.
GRAPH = "/v1/graph/search?name=a"

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a worker."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM}; install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the page is."""
    with service.running() as address:
        yield address


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Opener]:
    """Opens the page, in a browser that remembers nothing; afterwards it must have been quiet.

    ``opened(documents, width=…, height=…, dark=…)``: with documents, they are the answer to
    whatever is extracted, and extracted they are. The service answers otherwise.
    """
    contexts = []
    wrong: list[str] = []

    def watch(page: Page, failing: str) -> None:
        def said(message: Any) -> None:
            known = message.location["url"].endswith((GRAPH, failing))
            if message.type in ("error", "warning") and not known:
                wrong.append(f"console: {message.text}")

        page.on("console", said)
        page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "blob:", "data:"))
                else wrong.append(f"asked elsewhere: {request.url}")
            ),
        )

    def open_page(
        documents: list[Any] | None = None,
        *,
        width: int = 1280,
        height: int = 860,
        dark: bool = False,
        failing: str = GRAPH,
        routes: dict[str, bytes] | None = None,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(WATCH)
        watch(page, failing)
        answers = dict(routes or {})
        if documents is not None:
            answers["**/v1/extract"] = service.answer(documents)
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
    for context in contexts:
        for page in context.pages:
            wrong += page.evaluate("window.violations ?? []")
        context.close()
    assert wrong == []


def _answering(body: bytes) -> Callable[[Any], None]:
    return lambda route: route.fulfill(body=body, content_type="application/json")
