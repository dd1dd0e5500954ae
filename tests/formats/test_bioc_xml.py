"""BioC XML: what is read and written, and XML that is broken or hostile."""

from __future__ import annotations

import pytest

from relatome.data.document import Document, Mention, Passage, Relation, Span
from tests.formats.examples import FULL, problems_of, read_bytes, whereabouts, written

DOCTYPE = "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE collection SYSTEM \"BioC.dtd\">\n"
DOCUMENT = """<document><id>1</id><infon key="licence">CC &amp; BY</infon>
<passage><infon key="type">title</infon><offset>0</offset><text>Gene A.</text>
<annotation id="0"><infon key="identifier">10</infon><infon key="type">Gene</infon>
<location offset="0" length="6"/><text>Gene A</text></annotation></passage>
<passage><infon key="section_type">ABSTRACT</infon><infon key="type">abstract</infon>
<offset> 12 </offset><text>left &lt;and&gt; right lung</text>
<annotation id="T"><infon key="MESH">-1</infon><infon key="type">Organ</infon>
<location offset="12" length="4"/><location offset="29" length="4"/><text>left lung</text>
</annotation></passage>
<relation id="R0"><infon key="entity1">10</infon><infon key="entity2">10</infon>
<infon key="type">Bind</infon><infon key="novel">Novel</infon></relation></document>"""


def _collection(*documents: str) -> bytes:
    return (DOCTYPE + "<collection>" + "\n".join(documents) + "</collection>").encode()


EXPECTED = Document(
    "1",
    (
        Passage("title", 0, "Gene A."),
        Passage("abstract", 12, "left <and> right lung", {"section_type": "ABSTRACT"}),
    ),
    (
        Mention("0", 0, 6, "Gene A", "Gene", ("10",)),
        Mention("T", 12, 33, "left lung", "Organ", (), (Span(12, 16), Span(29, 33))),
    ),
    (Relation("10", "10", "Bind", novel=True),),
    {"licence": "CC & BY"},
)


def test_reads_a_collection_without_fetching_its_dtd() -> None:
    assert read_bytes(_collection(DOCUMENT)) == [EXPECTED]


def test_reads_a_single_document_comments_and_all() -> None:
    assert read_bytes(DOCUMENT.replace("Gene A.", "Gene<!-- x --> A.").encode()) == [EXPECTED]


def test_reads_sentences_and_nodes() -> None:
    content = """<collection><document><id>1</id><passage><offset>0</offset>
    <sentence><offset>0</offset><text>ab.</text><annotation id="a"><infon key="type">T</infon>
    <infon key="identifier">x</infon><location offset="0" length="2"/><text>ab</text></annotation>
    </sentence><sentence><offset>4</offset><text>cd.</text></sentence></passage>
    <relation id="r"><infon key="type">L</infon><node refid="a" role="1"/><node refid="a"/>
    </relation></document></collection>"""
    (document,) = read_bytes(content.encode())
    assert document.text == "ab. cd."
    assert document.relations == (Relation("x", "x", "L", infons={"id": "r"}),)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("<id>1</id>", "", "R133", 2),
        ("<offset>0</offset>", "", "R133", 3),
        ("<offset>0</offset>", "<offset>zero</offset>", "R133", 3),
        ('offset="0"', 'offset="0.5"', "R133", 5),
        ("<text>Gene A</text>", "", "R133", 4),
        ("Gene A</text>", "Gene B</text>", "R104", 4),
        ("Gene A.", "Gene <b>A</b>.", "R133", 3),
        ("Gene A.", "Gene &alpha;.", "R135", 3),
        ('key="entity1">10', 'key="entity1">11', "R106", 11),
        ('key="novel">Novel', 'key="novel">New', "R133", 11),
    ],
)
def test_a_document_that_does_not_fit_is_left_out(old: str, new: str, code: str, line: int) -> None:
    assert old in DOCUMENT
    other = DOCUMENT.replace("<id>1</id>", "<id>2</id>")
    documents, (problem,) = problems_of(_collection(DOCUMENT.replace(old, new), other))
    assert [document.id for document in documents] == ["2"]
    assert (problem.code, problem.place.line) == (code, line)


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        ("<document><id>2", "R123"),
        ("", "R123"),
        ("<document></collection>", "R134"),
        ("<document><id>\x01</id></document></collection>", "R134"),
    ],
)
def test_broken_xml_is_reported_once_after_what_came_before(tail: str, code: str) -> None:
    content = (DOCTYPE + "<collection>" + DOCUMENT + "\n" + tail).encode()
    documents, problems = problems_of(content)
    assert documents == [EXPECTED]
    assert [whereabouts(problem) for problem in problems] == [(code, 13, None)]


def test_bytes_that_are_not_utf8() -> None:
    content = _collection(DOCUMENT, DOCUMENT.replace("Gene", "X")).replace(b"X A.", b"\xff A.")
    documents, problems = problems_of(content)
    assert documents == [EXPECTED]
    assert [whereabouts(problem)[:2] for problem in problems] == [("R122", 14)]


def test_another_root_is_named() -> None:
    _, (problem,) = problems_of(b"<PubmedArticleSet><x/></PubmedArticleSet>", "bioc-xml")
    assert problem.code == "R133"
    assert "<PubmedArticleSet>" in problem.what


def test_entities_are_refused(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    declared = f'<!DOCTYPE collection [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    content = declared + "<collection>" + DOCUMENT.replace("Gene A.", "&x;") + "</collection>"
    documents, (problem,) = problems_of(content.encode())
    assert documents == []
    assert problem.code == "R135"
    assert "secret words" not in str(problem)


@pytest.mark.parametrize("inside", ["<text>&a9;</text>", '<infon key="&a9;">x</infon>'])
def test_an_entity_bomb_is_refused(inside: str) -> None:
    entities = '<!ENTITY a0 "xxxxxxxxxx">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
    )
    content = f"<!DOCTYPE collection [{entities}]><collection><document>{inside}</document>"
    documents, (problem,) = problems_of(content.encode())
    assert documents == []
    assert problem.code in ("R134", "R135")


def test_deep_and_huge_xml_is_refused() -> None:
    for content in (b"<collection>" + b"<a>" * 100_000, b"<collection><a>" + b"x" * 11_000_000):
        documents, (problem,) = problems_of(content)
        assert documents == []
        assert problem.code == "R134"


def test_writing_holds_everything() -> None:
    content, report = written([FULL, EXPECTED], "bioc-xml")
    assert not report.lost
    assert read_bytes(content) == [FULL, EXPECTED]


def test_characters_that_xml_forbids_are_replaced_and_counted() -> None:
    text = "a\x00b\x1fc\r\nd\ufffe"
    document = Document("1", (Passage("title", 0, text),), (Mention("x", 1, 3, "\x00b", "T"),))
    content, report = written([document], "bioc-xml")
    assert dict(report.lost) == {"character that XML forbids": 4}
    (read,) = read_bytes(content)
    assert read.text == "a\ufffdb\ufffdc\r\nd\ufffd"
