"""The graph over many documents, where the service has one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.page.conftest import Opener

pytestmark = pytest.mark.timeout(120)

ASPIRIN = {
    "id": "MESH:D001241",
    "type": "ChemicalEntity",
    "name": "aspirin",
    "documents": 9,
    "mentions": 20,
}
FEVER = {
    "id": "MESH:D005334",
    "type": "DiseaseOrPhenotypicFeature",
    "name": "<i>fever</i>",
    "documents": 4,
    "mentions": 6,
}
EDGE = {
    "number": 7,
    "head": ASPIRIN,
    "tail": FEVER,
    "type": "Negative_Correlation",
    "directed": False,
    "probability": 0.93,
    "documents": 3,
    "relations": 3,
    "novel": 1,
    "known": 2,
    "unjudged": 0,
    "first_year": 1999,
    "last_year": 2020,
}
ANSWERS: dict[str, Any] = {
    "**/v1/graph/search?*": {"nodes": [ASPIRIN]},
    "**/v1/graph/neighbours?*": {
        "centre": ASPIRIN,
        "nodes": [ASPIRIN, FEVER],
        "distances": [0, 1],
        "edges": [EDGE],
        "left_out": 2,
    },
    "**/v1/graph/evidence?*": {
        "evidence": [
            {
                "document": "12345",
                "year": 2020,
                "score": 0.9,
                "novel": True,
                "novel_score": 0.7,
                "sentences": [{"start": 0, "end": 23, "text": "Aspirin lowers <b>fever</b>."}],
                "url": "https://pubmed.ncbi.nlm.nih.gov/12345/",
            }
        ],
    },
}


def test_without_a_graph_there_is_no_way_to_it(opened: Opener) -> None:
    page = opened()
    page.wait_for_load_state("networkidle")
    assert not page.locator("#views").is_visible()


def test_search_neighbours_and_evidence(opened: Opener) -> None:
    page = opened(routes={pattern: json.dumps(body).encode() for pattern, body in ANSWERS.items()})
    page.click("#view-graph")
    assert page.evaluate("document.activeElement.id") == "graph-name"
    page.keyboard.type("aspirin")
    page.keyboard.press("Enter")
    page.locator("#graph-picture canvas").first.wait_for()
    assert page.locator(".found").count() == 1
    row = page.locator(".edge")
    assert " ".join(row.inner_text().split()) == (
        "C aspirin – D <i>fever</i> − Negative correlation 93 % · 3 documents"
    )
    # A click on the edge of the picture does what a click in the list does.
    page.evaluate("document.getElementById('graph-picture').cytoscape.edges()[0].emit('tap'); null")
    page.locator("#graph-evidence li").wait_for()
    assert page.inner_text("#graph-evidence blockquote") == "Aspirin lowers <b>fever</b>."
    assert page.locator("#graph-evidence a").get_attribute("href") == (
        "https://pubmed.ncbi.nlm.nih.gov/12345/"
    )
    assert "2 neighbours more" in page.inner_text("#graph-edges")
    page.click("#view-read")
    assert page.locator("#compose").is_visible()
