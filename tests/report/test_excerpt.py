"""Excerpts: which sentences, and what is marked in them."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, Passage
from relatome.data.document import Span
from relatome.report.excerpt import EVIDENCE, HEAD, TAIL, excerpt, spans_of
from tests.tiny import document

MADE = document(
    "1",
    "Nothing was seen here. {KCN9|G|G1} binds <b>{TPO2|G|G2}</b>. Nothing else was found. "
    "{KCN9|G|G1} is a gene. The end was near.",
)


def marked(**of: str) -> dict[str, list[Span]]:
    return {name: spans_of(MADE, MADE.entity_by_id[id].mentions) for name, id in of.items()}


def test_sentences_with_a_mark_and_gaps() -> None:
    shown = ElementTree.fromstring(excerpt(MADE, marked(head="G1", tail="G2")))
    assert "".join(shown.itertext()) == ("[…] KCN9 binds <b>TPO2</b>. […] KCN9 is a gene. […]")
    assert [(mark.attrib["class"], mark.text) for mark in shown.iter("mark")] == [
        ("head", "KCN9"),
        ("tail", "TPO2"),
        ("head", "KCN9"),
    ]


def test_evidence_around_an_entity() -> None:
    start = MADE.text.index("KCN9 binds")
    evidence = Span(start, MADE.text.index(" Nothing else"))
    shown = excerpt(MADE, {**marked(head="G1"), EVIDENCE: [evidence]})
    assert (
        '<mark class="head evidence" title="head">KCN9</mark>'
        '<span class="evidence"> binds &lt;b&gt;TPO2&lt;/b&gt;.</span>' in shown
    )


def test_overlapping_marks() -> None:
    spans = {HEAD: [Span(0, 7)], TAIL: [Span(4, 12)]}
    made = Document("1", (Passage("abstract", 0, "TNF alpha12 is."),))
    shown = ElementTree.fromstring(excerpt(made, spans))
    assert [(mark.attrib["class"], mark.text) for mark in shown.iter("mark")] == [
        ("head", "TNF "),
        ("head tail", "alp"),
        ("tail", "ha12 "),
    ]


def test_nothing_marked_shows_the_first_sentence() -> None:
    assert "Nothing was seen here." in excerpt(MADE, {HEAD: [Span(5000, 5004)]})
    assert excerpt(Document("1", ()), {}) == '<p class="excerpt"><bdi></bdi></p>'


def test_many_sentences_are_cut_to_those_with_most_marks() -> None:
    text = " ".join("{KCN9|G|G1} was raised." for _ in range(9)) + " {KCN9|G|G1} binds {TPO2|G|G2}."
    made = document("1", text)
    spans = {
        name: spans_of(made, made.entity_by_id[id].mentions)
        for name, id in ((HEAD, "G1"), (TAIL, "G2"))
    }
    shown = "".join(ElementTree.fromstring(excerpt(made, spans)).itertext())
    assert shown.count("KCN9") == 6
    assert shown.endswith("[…] KCN9 binds TPO2.")


@given(
    st.text(max_size=60),
    st.dictionaries(
        st.sampled_from((HEAD, TAIL, EVIDENCE)),
        st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70)), max_size=4),
    ),
)
@settings(deadline=None)
def test_any_text_and_any_spans(content: str, spans: dict[str, list[tuple[int, int]]]) -> None:
    made = Document("1", (Passage("abstract", 0, content),))
    marks = {name: [Span(*each) for each in given] for name, given in spans.items()}
    shown = ElementTree.fromstring(excerpt(made, marks))
    assert {element.tag for element in shown.iter()} <= {"p", "bdi", "mark", "span"}
