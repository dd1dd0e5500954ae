"""Everything can be done without a mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import relatome
from tests.page.conftest import ABSTRACT, Opener, annotated, answer

pytestmark = pytest.mark.timeout(120)


def focused(page: Any) -> str:
    """What has the focus, by its id or class."""
    found: str = page.evaluate("document.activeElement.id || document.activeElement.className")
    return found


def words(type: str) -> str:
    return type.replace("_", " ").capitalize()


def tab_to(page: Any, selector: str) -> None:
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with Tab")


def test_from_text_to_file_without_a_mouse(opened: Opener, tmp_path: Path) -> None:
    page = opened()
    tab_to(page, "#text")
    page.keyboard.insert_text(ABSTRACT)
    page.keyboard.press("Control+Enter")
    page.locator(".relation").first.wait_for()
    page.keyboard.press("j")
    assert focused(page).startswith("relation")
    page.keyboard.press("a")  # and on to the second
    page.keyboard.press("r")  # and on to the third
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.locator(".relation").first.get_attribute("aria-current") == "true"
    page.keyboard.press("Tab")
    assert focused(page) == "decide accepted"
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "#open-export")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    path = tmp_path / "curated.jsonl"
    download.value.save_as(path)
    (document,) = relatome.read(path)
    assert [each.infons for each in document.relations] == [{"curation": "accepted"}]


def test_undo_goes_back_to_what_was_decided(opened: Opener) -> None:
    page = opened(annotated()[:2])
    for key in ("j", "a", "j", "r"):
        page.keyboard.press(key)
    assert page.inner_text("#progress").startswith("1 accepted · 1 rejected")
    page.keyboard.press("]")
    assert page.locator(".document").nth(1).get_attribute("aria-current") == "true"
    page.keyboard.press("u")
    assert page.locator(".document").nth(0).get_attribute("aria-current") == "true"
    assert page.inner_text("#progress").startswith("1 accepted · 0 rejected")
    assert page.locator(".relation").nth(2).get_attribute("aria-current") == "true"
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert page.inner_text("#progress").startswith("0 accepted · 0 rejected")
    assert page.inner_text("#status") == "Nothing to undo."


def test_what_is_not_listed_is_not_decided_on(opened: Opener) -> None:
    document = annotated()[0]
    page = opened([document])
    hidden = document.relations[0]
    page.locator("#relation-types label", has_text=words(hidden.type)).click()
    listed = page.locator(".relation").count()
    assert 0 < listed < len(document.relations)
    mention = next(i for i, m in enumerate(document.mentions) if hidden.head in m.entity_ids)
    page.locator(f'.mention[data-mention="{mention}"]').click()
    page.keyboard.press("a")
    assert page.locator(".relation.accepted").count() == 1


def test_undo_ends_where_other_documents_begin(opened: Opener) -> None:
    page = opened(annotated()[:1])
    page.keyboard.press("a")
    page.click("#again")
    page.click("#submit")
    page.locator(".relation.accepted").wait_for()
    page.keyboard.press("u")
    assert page.inner_text("#status") == "Nothing to undo."
    assert page.inner_text("#progress").startswith("1 accepted")


def test_the_same_key_again_takes_a_decision_back(opened: Opener) -> None:
    page = opened(annotated()[:1])
    for key in ("a", "k", "a"):
        page.keyboard.press(key)
    assert page.locator(".relation.accepted").count() == 0


def test_keys_are_letters_while_one_types(opened: Opener) -> None:
    page = opened(annotated()[:1])
    page.click("#again")
    page.fill("#text", "")
    page.keyboard.type("ajar?")
    assert page.input_value("#text") == "ajar?"
    assert not page.locator("#help").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("a")
    page.click("#back")
    assert page.inner_text("#progress").startswith("0 accepted")


def test_the_arrow_keys_walk_through_the_mentions(opened: Opener) -> None:
    document = annotated()[0]
    page = opened([document])
    tab_to(page, ".mention")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == document.mentions[2].text
    assert page.inner_text("#entity-card bdi") == document.mentions[2].text
    page.keyboard.press("Enter")
    current = page.locator(".relation[aria-current]")
    assert document.mentions[2].text in current.inner_text()


def test_help_is_shown_and_closed(opened: Opener) -> None:
    page = opened()
    page.locator("body").press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()


def test_changes_are_announced(opened: Opener) -> None:
    document = annotated()[0]
    page = opened([document])
    found = len(document.relations)
    assert page.inner_text("#status").startswith(f"{found} relations found in 1 document.")
    page.keyboard.press("a")
    assert page.inner_text("#status").startswith("Accepted: ")
    assert page.inner_text("#status").endswith(f"{found - 1} left to decide.")


def test_everything_that_can_be_pressed_has_a_name(opened: Opener) -> None:
    page = opened(annotated()[:2])
    nameless = page.evaluate("""() =>
        [...document.querySelectorAll("button, input, select, textarea, a")]
        .filter((each) => !(each.getAttribute("aria-label") || each.textContent.trim()
            || each.labels?.length))
        .map((each) => each.outerHTML)""")
    assert nameless == []


def test_a_service_with_a_key_is_asked_with_it(opened: Opener) -> None:
    page = opened(failing="/v1/extract", documents=None)
    asked: list[str | None] = []

    def guard(route: Any) -> None:
        asked.append(route.request.headers.get("authorization"))
        if asked[-1] == "Bearer right":
            body = answer(annotated()[:1])
            route.fulfill(body=body, content_type="application/json")
        else:
            route.fulfill(status=401, body="{}")

    page.route("**/v1/extract", guard)
    page.fill("#text", ABSTRACT)
    page.click("#submit")
    for key, dialog in (("wrong", "#key-value"), ("right", "#key-wrong")):
        page.locator(dialog).wait_for()
        page.keyboard.type(key)
        page.keyboard.press("Enter")
    page.locator(".relation").first.wait_for()
    assert asked == [None, "Bearer wrong", "Bearer right"]
