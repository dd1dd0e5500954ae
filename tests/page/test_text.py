"""Documents enter the page as text, character for character."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation, Span
from tests.page.conftest import Opener
from tests.tiny import document

pytestmark = pytest.mark.timeout(120)

HOSTILE = (
    "{<b>KCN9</b>|G|99} &amp; <script>window.hacked = 1</script> "
    "{\"><img src=x onerror='window.hacked = 2'>|D|D1} 'quotes' \"too\" 👩‍🔬🦠 "
    "{𝒟-glucose|C|C1} בְּרֵאשִׁית {إنسولين|C|C2} \u202eabc\u202c <!-- {p.V600E|V|</style>} -->"
)


def marked(page: Any) -> dict[int, str]:
    """The text of every mention, as the page marks it; its pieces are joined."""
    pieces = page.eval_on_selector_all(
        ".mention", "marks => marks.map(m => [Number(m.dataset.mention), m.textContent])"
    )
    found: dict[int, str] = {}
    for index, text in pieces:
        found[index] = found.get(index, "") + text
    return found


def shown(page: Any) -> list[str]:
    texts: list[str] = page.eval_on_selector_all(".passage", "all => all.map(p => p.textContent)")
    return texts


def test_markup_quotes_emoji_and_right_to_left_text_are_text(opened: Opener) -> None:
    given = document(
        "<i>x</i>", HOSTILE, ("99", "D1", "Association", True), ("C1", "</style>", "Bind", None)
    )
    page = opened([given])
    assert shown(page) == [given.text]
    assert marked(page) == {i: mention.text for i, mention in enumerate(given.mentions)}
    for place in ("#text-body", "#relations-pane", "#entities", "#text-head", "#documents"):
        assert page.locator(f"{place} :is(b, i, img, script, style)").count() == 0
    assert page.locator("#relations bdi").first.inner_text() == "<b>KCN9</b>"
    page.locator(".mention").nth(1).focus()
    assert "<img src=x" in page.inner_text("#entity-card")
    page.locator("#network canvas").first.wait_for()
    labels = page.evaluate(
        "document.getElementById('network').cytoscape.nodes().map(n => n.data('label'))"
    )
    assert "<b>KCN9</b>" in labels
    assert page.evaluate("window.hacked") is None


def test_right_to_left_text_runs_right_to_left(opened: Opener) -> None:
    page = opened([document("rtl", "الميتفورمين {إنسولين|C|C2} في الدم")])
    assert page.eval_on_selector(".passage", "p => getComputedStyle(p).direction") == "rtl"


def test_an_address_that_is_no_web_page_is_no_link(opened: Opener) -> None:
    page = opened()
    addresses = ["javascript:alert(1)", "data:text/html,x", "no", "https://example.org/a b"]
    safe = page.evaluate(
        "async (all) => { const { safeAddress } = await import('/page/links.js');"
        " return all.map(safeAddress); }",
        addresses,
    )
    assert safe == [None, None, None, "https://example.org/a%20b"]


def test_a_pubmed_id_leads_to_pubmed(opened: Opener) -> None:
    page = opened([document("18439317", "{x|G|1}")])
    link = page.locator("#text-head a")
    assert link.inner_text() == "PubMed 18439317"
    assert link.get_attribute("href") == "https://pubmed.ncbi.nlm.nih.gov/18439317/"
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_nested_crossing_and_discontinuous_mentions(opened: Opener) -> None:
    text = "🧬 human breast cancer cell line, ovarian and breast tumours"
    spans = [(2, 21, "D"), (2, 7, "O"), (2, 31, "L"), (15, 26, "D"), (2, 7, "G")]
    mentions = [
        Mention(f"m{i}", start, end, text[start:end], kind, (f"E{i}",))
        for i, (start, end, kind) in enumerate(spans)
    ]
    start = text.index("ovarian")
    fragments = (Span(start, start + 7), Span(len(text) - 7, len(text)))
    mentions.append(
        Mention("m9", start, len(text), "ovarian tumours", "Disease", ("E9",), fragments)
    )
    given = Document("nest", (Passage("abstract", 0, text),), tuple(mentions))
    given.check()
    page = opened([given])
    assert shown(page) == [text]
    expected = {i: mention.text for i, mention in enumerate(given.mentions)}
    assert marked(page) == expected | {5: "ovariantumours"}
    outer = page.locator('.mention[data-mention="2"]').first
    assert outer.locator('.mention[data-mention="0"]').count() == 1


def test_passages_with_gaps_and_a_mention_across_them(opened: Opener) -> None:
    passages = (Passage("title", 0, "A 🦠 title"), Passage("abstract", 12, "Then text."))
    mention = Mention("m", 4, 16, "title   Then", "Disease", ("D1",))
    given = Document("gap", passages, (mention,))
    given.check()
    page = opened([given])
    assert shown(page) == ["A 🦠 title", "Then text."]
    assert marked(page) == {0: "titleThen"}


def test_evidence_is_lit_in_the_text(opened: Opener) -> None:
    text = "🧪 First. Aspirin lowers fever. Last."
    start = text.index("Aspirin")
    span = Span(start, text.index(" Last"))
    given = Document(
        "evidence",
        (Passage("abstract", 0, text),),
        (
            Mention("m1", start, start + 7, "Aspirin", "ChemicalEntity", ("C1",)),
            Mention("m2", start + 15, start + 20, "fever", "DiseaseOrPhenotypicFeature", ("D1",)),
        ),
        (Relation("C1", "D1", "Negative_Correlation", 0.9, evidence=(span,)),),
    )
    given.check()
    page = opened([given])
    page.keyboard.press("j")
    assert page.locator(".evidence.lit").all_inner_texts() == ["Aspirin lowers fever."]
    assert page.locator(".relation .quote").inner_text() == "Aspirin lowers fever."


def test_mentions_are_known_by_more_than_their_colour(opened: Opener) -> None:
    marks = "{a|G|1} {b|D|2} {c|C|3} {d|V|4} {e|O|5} {f|L|6}"
    page = opened([document("six", marks)])
    look = """marks => marks.map(mark => {
        const style = getComputedStyle(mark);
        return [style.textDecorationStyle + style.textDecorationThickness,
            getComputedStyle(mark, "::after").content];
    })"""
    looks = page.eval_on_selector_all(".mention", look)
    assert len({underline for underline, _ in looks}) == 6
    words = ("gene", "disease", "chemical", "variant", "species", "cell line")
    for word, (_, content) in zip(words, looks, strict=True):
        assert f'/ "{word}"' in content
    shapes = page.eval_on_selector_all(
        "#kinds .badge", "all => all.map(b => getComputedStyle(b).clipPath)"
    )
    assert len(set(shapes)) == 6


@pytest.fixture
def blank(opened: Opener) -> Any:
    """The page, whose modules are called directly."""
    return opened()


NEST = """async ([spans, length]) => {
    const { nest } = await import("/page/segments.js");
    const seen = [];
    const walk = (pieces, inside) => pieces.forEach((piece) => {
        const spans = piece.span ? [...inside, piece.span.id] : inside;
        if (piece.children.length) walk(piece.children, spans);
        else for (let i = piece.start; i < piece.end; i++) seen.push([i, spans]);
    });
    walk(nest(spans, 0, length), []);
    return seen;
}"""


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(1, 9)), max_size=9))
def test_every_character_is_in_the_spans_that_cover_it(
    blank: Any, spans: list[tuple[int, int]]
) -> None:
    given = [{"start": s, "end": s + n, "id": i} for i, (s, n) in enumerate(spans)]
    seen = blank.evaluate(NEST, [given, 20])
    assert [index for index, _ in seen] == list(range(20))
    for index, inside in seen:
        covering = [each["id"] for each in given if each["start"] <= index < each["end"]]
        assert sorted(inside) == covering


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.data())
def test_code_points_are_counted_as_python_counts_them(
    blank: Any, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = blank.evaluate(
        "async ([text, start, end]) => { const { CodePoints } = await import('/page/offsets.js');"
        " const points = new CodePoints(text);"
        " return [points.length, points.slice(start, end)]; }",
        [text, start, end],
    )
    assert found == [len(text), text[start:end]]


def test_ten_thousand_mentions_are_laid_out_in_a_second(blank: Any) -> None:
    spans = [{"start": i * 3, "end": i * 3 + 4, "id": i} for i in range(10_000)]
    taken = blank.evaluate(
        "async (spans) => { const { nest } = await import('/page/segments.js');"
        " const from = performance.now(); nest(spans, 0, 30003);"
        " return performance.now() - from; }",
        spans,
    )
    assert taken < 1000
