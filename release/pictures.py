"""Take the pictures of docs/images anew: the page, the graph and a report, as they are now.

    python -m release.pictures

They show what the shipped model says of the examples, so they are taken again when it changes.
Needs Debian's package chromium. Nothing is asked of another machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
EXAMPLES = "examples/annotated.pubtator"
CHROMIUM = "/usr/bin/chromium"
COLOURS = 256
_COMMAND = (sys.executable, "-m", "relatome")


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        scan, graph, report = (Path(folder) / name for name in ("scan", "kg", "report.html"))
        _relatome("scan", EXAMPLES, "--out", str(scan), "--workers", "1")
        _relatome("graph", "build", str(scan), "--out", str(graph))
        with _service("--graph", str(graph), "--offline") as address:
            _reading(_opened(browser, address), IMAGES / "page.png")
            _dark(_opened(browser, address, dark=True), IMAGES / "page-dark.png")
            _graph(_opened(browser, address), IMAGES / "page-graph.png")
        predicted = Path(folder) / "predicted.jsonl"
        _relatome("extract", EXAMPLES, "-o", str(predicted))
        against = ("--gold", EXAMPLES, "--rule", "biored-8")
        _relatome("report", str(predicted), *against, "-o", str(report))
        _report(browser, report, IMAGES / "report.png")
        browser.close()


def _relatome(*arguments: str) -> None:
    subprocess.run([*_COMMAND, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _service(*options: str) -> Iterator[str]:
    """The address of a service."""
    command = [*_COMMAND, "serve", "--port", "0", *options]
    quiet = {**os.environ, "RELATOME_CACHE": os.devnull}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=quiet
    ) as run:
        try:
            assert run.stdout is not None
            found = re.search(r"http://[\d.:]+\d", run.stdout.readline())
            if found is None:
                sys.exit("The service does not say where it is.")
            yield found[0]
        finally:
            run.kill()


def _opened(browser: Browser, address: str, *, dark: bool = False) -> Page:
    """The page with the annotated examples read, in a browser that remembers nothing."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="en-GB",
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("body.ready")
    page.set_input_files("#file", ROOT / EXAMPLES)
    page.locator(".relation").first.wait_for()
    return page


def _decided(page: Page) -> None:
    """The first two relations accepted, the third rejected, the fourth looked at."""
    for key in "jaar":
        page.keyboard.press(key)


def _reading(page: Page, target: Path) -> None:
    _decided(page)
    _taken(page, target)


def _dark(page: Page, target: Path) -> None:
    page.locator("#document-list button").nth(1).click()
    _decided(page)
    page.locator("#text-body .mention").first.click()
    _taken(page, target)


def _graph(page: Page, target: Path) -> None:
    page.click("#view-graph")
    page.fill("#graph-name", "simvastatin")
    page.keyboard.press("Enter")
    page.locator("#graph-edges button").nth(1).click()
    page.locator("#graph-evidence li").wait_for()
    _taken(page, target)


def _taken(page: Page, target: Path) -> None:
    page.wait_for_timeout(1500)  # the network comes to rest
    _kept(page.screenshot(), target)
    page.context.close()


def _kept(picture: bytes, target: Path) -> None:
    """Write a picture in as many colours as it needs, which takes half the room."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(target, optimize=True)
    print(f"Wrote {target.relative_to(ROOT)}")


def _report(browser: Browser, report: Path, target: Path) -> None:
    page = browser.new_page()
    page.set_viewport_size({"width": 1180, "height": 3150})
    page.goto(report.as_uri())
    _kept(page.screenshot(), target)


if __name__ == "__main__":
    main()
