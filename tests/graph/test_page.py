"""The page of a neighbourhood: whole, of itself, and every text as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree

from relatome.graph import Graph, build
from relatome.graph.page import neighbourhood_page
from tests.graph.scans import CHEMICAL, COX1, Doc, Rel, write_scan

EVIL = (
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "]]><svg/onload=alert(1)>",
    "🧬 \u202e\x00 &amp; \n tab\t",
    "javascript:alert(1)",
)


class Elements(HTMLParser):
    """Every element with its attributes, and the text of all."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(graph: Graph, name: str, depth: int = 1) -> str:
    found = graph.neighbours(name, depth=depth)
    return neighbourhood_page(found, {e.number: graph.evidence(e, 2) for e in found.edges})


def test_everything_is_said_in_tables(graph: Graph) -> None:
    page = page_of(graph, "headache", depth=2)
    elements = Elements(page)
    for text in (
        "Relations around headache",
        "Aspirin eased headache.",
        "Headache fell.",
        "COX-1 guards against ulcers.",
        "Negative Correlation –",
        "Positive Correlation →",
        "2001–2004",
        "0.929",
        "MESH:D001241",
        "3 neighbours, 4 relations",
    ):
        assert text in elements.text, text
    links = [attributes["href"] for tag, attributes in elements.found if tag == "a"]
    assert "https://pubmed.ncbi.nlm.nih.gov/101/" in links
    assert "https://www.ncbi.nlm.nih.gov/gene/5742" in links
    assert page == page_of(graph, "D006261", depth=2)


def test_the_drawing(graph: Graph) -> None:
    page = page_of(graph, "headache", depth=2)
    (drawing,) = re.findall(r"<svg [^>]*role=.*?</svg>", page, re.DOTALL)
    root = etree.fromstring(drawing)
    assert [text.text for text in root.iter("text")] == ["headache", "aspirin", "ulcer", "COX-1"]
    lines = [line for line in root.iter("path") if line.get("class", "").startswith("e ")]
    assert len(lines) == 4
    assert sum(line.get("marker-end") is not None for line in lines) == 1
    left, top, width, height = map(float, root.get("viewBox").split())
    for text in root.iter("text"):
        if text.get("x") and not text.get("transform"):
            assert left < float(text.get("x")) < left + width
            assert top < float(text.get("y")) < top + height


def test_it_loads_nothing(graph: Graph) -> None:
    page = page_of(graph, "aspirin")
    elements = Elements(page)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in elements.found}
    assert not [a for _, a in elements.found if "src" in a or any(n.startswith("on") for n in a)]
    assert "url(http" not in page
    assert "@import" not in page
    policy = [a["content"] for tag, a in elements.found if tag == "meta" and "http-equiv" in a]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    documents = [
        Doc(
            f"<i>{number}",
            ((f"<x>{number}", f"<u>{CHEMICAL}", name), COX1),
            (Rel(0, 1, f"<em>{number}", evidence=(f"It says {name} here.",)),),
        )
        for number, name in enumerate(EVIL)
    ]
    build([write_scan(folder / "scan", [documents])], folder / "kg")
    return folder / "kg"


def test_texts_are_no_markup(evil: Path) -> None:
    with Graph(evil) as graph:
        page = page_of(graph, "COX-1")
        around = page_of(graph, EVIL[0])
    for made in (page, around):
        elements = Elements(made)
        assert {tag for tag, _ in elements.found} <= {
            *("html", "head", "meta", "title", "style", "body", "header", "main", "figure"),
            *("h1", "h2", "p", "ul", "li", "q", "a", "code", "div", "figcaption"),
            *("table", "thead", "tbody", "tr", "th", "td"),
            *("svg", "defs", "marker", "path", "g", "text"),
        }
        for _, attributes in elements.found:
            assert not [name for name in attributes if name.startswith("on")]
            assert not (attributes.get("href") or "https:").startswith("javascript")
        assert "\x00" not in made
    said = Elements(page).text
    for name in EVIL[:3]:
        assert f"It says {name} here." in said


def test_many_neighbours(tmp_path: Path) -> None:
    many = tuple(
        Doc(str(i), ((f"D{i:06d}", CHEMICAL, f"c{i}"), COX1), (Rel(0, 1, "Bind"),))
        for i in range(60)
    )
    build([write_scan(tmp_path / "scan", [many])], tmp_path / "kg")
    with Graph(tmp_path / "kg") as graph:
        page = page_of(graph, "COX-1")
    assert "50 neighbours, 50 relations. Not shown: 10 more neighbours." in page
    marks = re.findall(r'<path transform="translate\((\S+) (\S+)\)', page)
    places = [(float(x), float(y)) for x, y in marks]
    assert len(places) == 51
    for index, (x, y) in enumerate(places):
        for other, above in places[:index]:
            assert (x - other) ** 2 + (y - above) ** 2 > 20**2
