"""The page on narrow screens, in the dark, on paper, and without motion."""

from __future__ import annotations

import re
from typing import Any

import pytest

from relatome.serve.page import page_folder
from tests.page.conftest import Opener, annotated
from tests.tiny import document

INDEX = page_folder() / "index.html"

pytestmark = pytest.mark.timeout(120)

# Of every element with text of its own: contrast of text and ground, both as computed.
CONTRAST = """() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const over = ([r, g, b, a = 1], under) =>
        [r, g, b].map((value, i) => value * a + under[i] * (1 - a));
    const ground = (element) => {
        if (!element) return [255, 255, 255];
        const own = channels(getComputedStyle(element).backgroundColor);
        const under = own[3] === 1 ? own : ground(element.parentElement);
        return over(own, under);
    };
    const luminance = (rgb) => rgb
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const low = [];
    for (const element of document.querySelectorAll("body *")) {
        const texts = [...element.childNodes].filter((node) => node.nodeType === 3);
        if (!texts.some((node) => node.data.trim()) || !element.checkVisibility()) continue;
        if (element.closest(".unseen, .skip, option")) continue;
        const under = ground(element);
        const text = over(channels(getComputedStyle(element).color), under);
        const [light, dark] = [luminance(text), luminance(under)].sort((a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05);
        if (ratio < 4.5) low.push(`${ratio} ${element.className} ${element.textContent}`);
    }
    return low;
}"""

KINDS = "{a|G|1} {b|D|2} {c|C|3} {d|V|4} {e|O|5} {f|L|6} and {g|G|}"


def overflow(page: Any) -> list[str]:
    """What stands out of the screen to the right, but for what scrolls by itself."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll("body *")]
        .filter((each) => each.checkVisibility() && !each.closest("#document-list, .unseen, .skip"))
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .map((each) => `${each.tagName} ${each.id} ${each.className}`)""")
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_is_enough(opened: Opener, dark: bool) -> None:
    page = opened([*annotated()[:2], document("kinds", KINDS)], dark=dark)
    for key in ("j", "a", "r"):
        page.keyboard.press(key)
    assert page.evaluate(CONTRAST) == []
    page.locator(".document").nth(2).click()
    assert page.evaluate(CONTRAST) == []
    page.locator(".mention").first.focus()
    assert page.evaluate(CONTRAST) == []
    page.click("#open-export")
    assert page.evaluate(CONTRAST) == []
    page.keyboard.press("Escape")
    page.click("#again")
    assert page.evaluate(CONTRAST) == []


def test_dark_is_dark(opened: Opener) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert opened(dark=True).evaluate(ground) == "rgb(20, 23, 27)"
    assert opened().evaluate(ground) == "rgb(246, 244, 239)"


def test_a_phone_shows_one_pane_at_a_time(opened: Opener) -> None:
    page = opened(annotated()[:2], width=360, height=740)
    assert overflow(page) == []
    assert page.locator("#text-pane").is_visible()
    assert not page.locator("#relations-pane").is_visible()
    page.click("#panes [data-pane=relations]")
    assert page.locator("#relations-pane").is_visible()
    assert not page.locator("#text-pane").is_visible()
    page.locator(".relation .decide.accepted").first.click()
    assert page.inner_text("#progress").startswith("1 accepted")
    assert overflow(page) == []
    page.click("#panes [data-pane=network]")
    page.locator("#network canvas").first.wait_for()
    assert overflow(page) == []
    page.click("#again")
    assert overflow(page) == []


def test_long_words_do_not_widen_a_phone(opened: Opener) -> None:
    word = "pneumono" * 30
    page = opened(
        [document(word, f"{{{word}|D|D1}} {{x|G|1}}", ("1", "D1", "Association", True))],
        width=360,
        height=740,
    )
    assert overflow(page) == []
    page.click("#panes [data-pane=relations]")
    page.keyboard.press("j")
    assert overflow(page) == []


def test_paper_shows_text_and_relations_in_full(opened: Opener) -> None:
    given = annotated()[0]
    page = opened([given], dark=True)
    page.keyboard.press("a")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not page.locator("#open-export").is_visible()
    assert not page.locator("#network-pane").is_visible()
    last = page.locator(".relation").last.bounding_box()
    text = page.locator("#text-body").bounding_box()
    assert last is not None
    assert text is not None
    assert last["y"] > text["y"] + text["height"]
    scrolls = "all => all.filter(e => e.scrollHeight > e.clientHeight + 1).length"
    assert page.eval_on_selector_all("#relations, #text-pane, #relations-pane", scrolls) == 0


def test_motion_is_reduced_where_asked(opened: Opener) -> None:
    page = opened()
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("document.body.classList.add('busy')")
    name = "getComputedStyle(document.querySelector('.working'), '::after').animationName"
    assert page.evaluate(name) == "none"


def test_every_module_is_fetched_at_once() -> None:
    """What main.js imports, directly or not, stands in the head: one round trip, not five."""
    named = set(re.findall(r'modulepreload" href="/page/(\S+)"', INDEX.read_text("utf-8")))
    modules = {path.name for path in page_folder().glob("*.js")}
    assert named == modules - {"main.js", "cytoscape.js"}
