"""The graph over many documents, where the service has one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relatome.serve.page import examples
from tests.page.conftest import Opener

pytestmark = pytest.mark.timeout(120)

ARTHRITIS = next(each for each in examples() if each.id == "il6-arthritis")
AROUND = "document.getElementById('graph-picture').cytoscape"


def test_without_a_graph_there_is_no_way_to_it(opened: Opener) -> None:
    without = json.dumps({"models": [{"name": "m", "version": "1"}], "graph": False}).encode()
    page = opened(routes={"**/v1/models": without})
    page.locator("#model", has_text="m 1").wait_for()
    assert not page.locator("#views").is_visible()


def search(page: Any, name: str) -> None:
    page.click("#view-graph")
    assert page.evaluate("document.activeElement.id") == "graph-name"
    page.fill("#graph-name", name)
    page.keyboard.press("Enter")
    page.locator(".found, #graph-found .empty").first.wait_for()


def test_search_neighbours_and_evidence(opened: Opener) -> None:
    page = opened()
    search(page, "IL-6")
    page.locator("#graph-picture canvas").first.wait_for()
    found = page.locator("#graph-found li")
    assert " ".join(found.inner_text().split()) == "G IL-6 1 document no identifier"
    assert found.locator("button").get_attribute("aria-current") == "true"
    rows = page.locator(".edge")
    assert rows.count() == page.evaluate(f"{AROUND}.edges().length") > 2
    # A click on an edge of the picture does what a click in the list does.
    page.evaluate(f"{AROUND}.edges()[0].emit('tap'); null")
    page.locator("#graph-evidence li").wait_for()
    assert rows.first.get_attribute("aria-current") == "true"
    sentence = page.inner_text("#graph-evidence blockquote >> nth=0")
    assert sentence in ARTHRITIS.text
    assert "il6-arthritis" in page.inner_text("#graph-evidence p >> nth=0")
    # The pane has become lower, and shows all of the picture still.
    page.wait_for_function(f"""() => {{
        const box = {AROUND}.elements().renderedBoundingBox();
        return box.y1 >= 0 && box.y2 <= document.getElementById("graph-picture").clientHeight;
    }}""")


def test_from_neighbour_to_neighbour(opened: Opener) -> None:
    page = opened()
    search(page, "IL-6")
    page.locator("#graph-picture canvas").first.wait_for()
    label = page.evaluate(f"{AROUND}.nodes()[1].data('label')")
    page.evaluate(f"{AROUND}.nodes()[1].emit('tap'); null")
    page.locator("#status", has_text=f"{label}: ").wait_for(state="attached")
    assert page.evaluate(f"{AROUND}.nodes('.lit').data('label')") == label


def test_an_identifier_leads_to_its_page(opened: Opener) -> None:
    page = opened()
    search(page, "10599")
    link = page.locator("#graph-found a")
    assert link.inner_text() == "NCBI Gene 10599"
    assert link.get_attribute("href") == "https://www.ncbi.nlm.nih.gov/gene/10599"


def test_what_the_graph_does_not_know(opened: Opener) -> None:
    page = opened()
    search(page, "IL-6")
    page.locator("#graph-picture canvas").first.wait_for()
    page.fill("#graph-name", "<b>nobody</b>")
    page.keyboard.press("Enter")
    page.locator("#graph-found .empty", has_text="No entity is called “<b>nobody</b>”.").wait_for()
    assert page.locator(".edge").count() == 0
    assert page.locator("#graph-empty").is_visible()
    assert not page.locator("#graph-picture").is_visible()


def test_new_text_leads_back_to_reading(opened: Opener) -> None:
    page = opened()
    page.locator(".example").first.click()
    page.locator(".relation").first.wait_for()
    page.click("#view-graph")
    assert not page.locator("#open-export").is_visible()
    page.click("#again")
    assert page.locator("#text").is_visible()
    assert page.locator("#view-read").get_attribute("aria-current") == "page"


NODE = {"id": "MESH:C1", "type": "ChemicalEntity", "documents": 9, "mentions": 20}
ASPIRIN, FEVER = NODE | {"name": "aspirin"}, NODE | {"id": "MESH:D1", "name": "<i>fever</i>"}
EDGE = {
    "number": 7,
    "head": ASPIRIN,
    "tail": FEVER,
    "type": "Negative_Correlation",
    "directed": True,
    "probability": 0.93,
    "documents": 3,
}
EVIDENCE = {
    "document": "12345",
    "year": 2020,
    "score": 0.9,
    "novel": True,
    "sentences": [{"start": 0, "end": 23, "text": "Aspirin lowers <b>fever</b>."}],
    "url": "https://pubmed.ncbi.nlm.nih.gov/12345/",
}
ANSWERS = {
    "**/v1/graph/search?*": {"nodes": [ASPIRIN]},
    "**/v1/graph/neighbours?*": {
        "centre": ASPIRIN,
        "nodes": [ASPIRIN, FEVER],
        "edges": [EDGE],
        "left_out": 2,
    },
    "**/v1/graph/evidence?*": {"evidence": [EVIDENCE]},
}


def test_what_documents_say_is_text(opened: Opener) -> None:
    page = opened(routes={where: json.dumps(body).encode() for where, body in ANSWERS.items()})
    search(page, "aspirin")
    row = page.locator(".edge")
    row.wait_for()
    assert " ".join(row.inner_text().split()) == (
        "C aspirin → C <i>fever</i> − Negative correlation 93 % · 3 documents"
    )
    row.click()
    page.locator("#graph-evidence li").wait_for()
    assert page.inner_text("#graph-evidence blockquote") == "Aspirin lowers <b>fever</b>."
    assert page.inner_text("#graph-evidence p") == "12345 · 2020 · 90 % · novel"
    assert page.locator("#graph-evidence a").get_attribute("href") == EVIDENCE["url"]
    assert "2 neighbours more" in page.inner_text("#graph-edges")
