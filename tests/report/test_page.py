"""The page: well formed, complete, and nothing but text of what documents say."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import pytest
from lxml import etree

from relatome.data import Document, Relation
from relatome.errors import UsageError
from relatome.report.page import Answer, report_page
from relatome.scoring import find_rule
from tests.tiny import document

NASTY = "<script>alert(1)</script><img src=https://x.y/z onerror='a'>&amp;\u202e\U0001f600"
TEXT = f"{{Abadol|C|C1}} relieves {{pain|D|D1}}. {NASTY} {{<b>KCN9</b>|G|G1}} binds {{TPO2|G|G2}}."
GOLD = document(
    "<i>1</i>",
    TEXT,
    ("C1", "D1", "Negative_Correlation", True),
    ("G1", "G2", "Bind", True),
    ("C1", "G1", "Association", True),
)
FIRST = GOLD.with_relations(
    (
        Relation("C1", "D1", "Negative_Correlation", 0.9, False, 0.2),
        Relation("G1", "G2", "Association", 0.8, True, 0.9),
        Relation("D1", "G2", "Association", 0.7, True, 0.9),
    )
)
SECOND = GOLD.with_relations(
    (
        Relation("C1", "D1", "Negative_Correlation", 0.9, False, 0.2),
        Relation("G1", "G2", "Bind", 0.8, True, 0.9),
    )
)
HISTORY = {"loss": [(1.0, 0.5), (2.0, 0.2)], "all": [(1.0, 0.1), (2.0, 0.4)]}


def answer(name: str, predicted: Document | None, **more: object) -> Answer:
    documents = None if predicted is None else [predicted]
    return Answer(name, documents, {"answer": NASTY}, **{"history": {}, **more})  # type: ignore[arg-type]


def page(
    answers: Sequence[Answer],
    *,
    gold: Document = GOLD,
    rule: str | None = "biored-8",
    show_errors: bool = True,
) -> str:
    known = None if rule is None else find_rule(rule)
    return report_page([gold], answers, known, {"command": NASTY}, show_errors=show_errors)


def parsed(html: str) -> etree._Element:
    """The page, read as XML too, which forgives nothing."""
    return etree.fromstring(html.encode("utf-8"), etree.XMLParser(resolve_entities=False))


def texts(root: etree._Element, path: str) -> list[str]:
    return ["".join(found.itertext()) for found in root.findall(path)]


ONE = page([answer("one", FIRST, history=HISTORY)])
TWO = page([answer("one", FIRST), answer("two", SECOND)])
MENTIONS = page([answer("tagger", document("<i>1</i>", TEXT.replace("|G|", "|D|")))], rule=None)


def test_every_section_is_there_and_linked() -> None:
    root = parsed(ONE)
    assert texts(root, ".//h2") == [
        "Scores",
        "Learning curves",
        "Types taken for one another",
        "Where it is good and where not",
        "What scores are worth",
        "Errors",
        "Entities missed by the tagger",
        "What this rests on",
    ]
    ids = [f"#{section.get('id')}" for section in root.iter("section")]
    assert [link.get("href") for link in root.iter("a")] == ids


@pytest.mark.parametrize("html", [ONE, TWO, MENTIONS], ids=["one", "two", "mentions"])
def test_nothing_of_a_document_is_markup_and_nothing_is_loaded(html: str) -> None:
    root = parsed(html)
    tags = {element.tag for element in root.iter()}
    assert not tags & {"script", "img", "i", "iframe", "link", "object", "form", "input"}
    for element in root.iter():
        assert not any(name.startswith("on") or name == "src" for name in element.attrib)
        assert element.get("href", "#").startswith("#")
        assert "url(" not in element.get("style", "")
    style = root.findtext(".//style") or ""
    assert not re.search(r"url\(|@import|http", style)
    assert "<script>alert(1)</script>" in "".join(root.itertext())
    policy = root.find(".//meta[@http-equiv]")
    assert policy is not None
    assert policy.get("content") == "default-src 'none'; style-src 'unsafe-inline'"


def test_exact_scores_and_errors() -> None:
    root = parsed(ONE)
    tables = {
        row[0]: row[1:]
        for row in ([cell.text or "" for cell in row] for row in root.iter("tr"))
        if row
    }
    assert tables["pair"][-3:] == ["2", "1", "1"]
    assert tables["all"][-3:] == ["0", "3", "3"]
    kinds = ("false positive", "missed", "wrong type", "wrong novelty")
    assert [tables[kind][0] for kind in kinds] == ["1"] * 4
    assert texts(root, ".//details[@class='kind']/summary") == [f"{kind}: 1" for kind in kinds]
    cases = texts(root, ".//article/p[@class='told']")
    assert cases == [
        "annotated: nonepredicted: Association, novelscore 0.70novelty 0.90",
        "annotated: Association, novelpredicted: none",
        "annotated: Bind, novelpredicted: Association, novelscore 0.80novelty 0.90",
        "annotated: Negative_Correlation, novelpredicted: Negative_Correlation, not novel"
        "score 0.90novelty 0.20",
    ]
    assert "<b>KCN9</b>" in texts(root, ".//article/h4/bdi")


def test_every_chart_has_its_figures() -> None:
    root = parsed(ONE)
    figures = [each for each in root.iter("figure") if each.find("svg") is not None]
    assert len(figures) == 6
    for figure in figures:
        assert figure.find("svg/title") is not None
        assert figure.find("details/div/table/tbody/tr") is not None
    alike = [text for text in texts(root, ".//figure/p") if "nothing to compare" in text]
    assert [text.rpartition(": ")[2] for text in alike] == ["same sentence.", "once."]


def test_errors_of_a_test_split_are_counted_and_not_shown() -> None:
    root = parsed(page([answer("one", FIRST)], show_errors=False))
    assert not list(root.iter("article"))
    assert not root.findall(".//details[@class='kind']")
    assert any("not shown" in text for text in texts(root, ".//section[@id='errors']/p"))
    assert "wrong novelty" in texts(root, ".//section[@id='errors']//tr/th")
    assert "relieves" not in "".join(root.itertext()).replace(NASTY, "")


def test_two_side_by_side() -> None:
    root = parsed(TWO)
    summaries = texts(root, ".//details[@class='kind']/summary")
    assert summaries == [
        "false positive only in one: 1",
        "false positive only in two: 0",
        "missed only in one: 0",
        "missed only in two: 0",
        "wrong type only in one: 1",
        "wrong type only in two: 0",
        "wrong novelty only in one: 0",
        "wrong novelty only in two: 0",
    ]
    assert texts(root, ".//section[@id='errors']/h3") == [
        "false positive: 0 in both",
        "missed: 1 in both",
        "wrong type: 0 in both",
        "wrong novelty: 1 in both",
    ]
    head = texts(root, ".//section[@id='scores']/div[1]//thead/tr/th")
    assert head[:4] == ["score", "one", "two", "difference"]
    rows = [
        ["".join(cell.itertext()) for cell in row]
        for row in root.findall(".//section[@id='scores']/div[1]//tbody/tr")
    ]
    assert [row[:4] for row in rows] == [
        ["pair", "66.67", "80.00", "-13.33"],
        ["pair+type", "33.33", "80.00", "-46.67"],
        ["pair+novelty", "33.33", "40.00", "-6.67"],
        ["all", "0.00", "40.00", "-40.00"],
    ]


def test_without_scores_there_are_no_curves_but_a_sentence() -> None:
    unscored = msgspec.structs.replace(GOLD, relations=GOLD.relations[:1])
    section = parsed(page([answer("one", unscored)])).find(".//section[@id='curves']")
    assert section is not None
    assert section.find(".//svg") is None
    assert "without a score" in "".join(section.itertext())


def test_a_tagger_has_mentions_and_no_relations() -> None:
    root = parsed(MENTIONS)
    assert texts(root, ".//h2") == ["Entities missed by the tagger", "What this rests on"]
    (missed,) = root.findall(".//table[@class='words']")[:1]
    names = texts(missed, "tbody/tr/th")
    assert names == ["<b>KCN9</b>", "TPO2"]


def test_a_tagger_that_finds_nothing_missed_everything() -> None:
    root = parsed(page([answer("tagger", GOLD.without_annotations())], rule=None))
    assert "Of 4 annotated entities, 4 were missed" in "".join(root.itertext())


def test_an_unfinished_run_has_its_learning_curves() -> None:
    root = parsed(page([answer("one", None, history=HISTORY)]))
    assert texts(root, ".//h2") == ["Learning curves", "What this rests on"]
    assert any("not finished" in text for text in texts(root, ".//header/p"))


def test_the_organisers_program_stands_beside_the_rule() -> None:
    gold = document("1", "{A|C|T1} {B|G|T2}")
    gold = gold.with_relations((Relation("T1", "T2", "INHIBITOR"),))
    root = parsed(page([answer("one", gold)], gold=gold, rule="drugprot"))
    assert texts(root, ".//section[@id='scores']//tbody/tr/th") == [
        "pair+type",
        "drugprot-script: pair+type",
    ]


def test_a_rule_across_documents_is_refused() -> None:
    with pytest.raises(UsageError, match=r"R960.*--rule drugprot;"):
        page([answer("one", FIRST)], rule="drugprot-script")


def test_the_same_page_every_time() -> None:
    assert page([answer("one", FIRST), answer("two", SECOND)]) == TWO
