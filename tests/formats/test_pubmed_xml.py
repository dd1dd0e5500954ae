"""PubMed XML: what of a record becomes the document, and what is refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from relatome import formats
from relatome.data import Document
from relatome.errors import InputError
from relatome.formats import detect, read_records, read_stream

RECORD = """<MedlineCitation Status="MEDLINE"><PMID Version="{version}">{pmid}</PMID>
<Article><Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>
</JournalIssue><Title>A Journal</Title></Journal>
<ArticleTitle>Effects of <i>KCN9</i> on
  Ca<sup>2+</sup>.</ArticleTitle>
<ELocationID EIdType="doi">10.1/x</ELocationID>
<Abstract><AbstractText Label="AIM">To see.</AbstractText><AbstractText Label="EMPTY"/>
<AbstractText>It <b>rose</b> &lt; 3.</AbstractText>
<CopyrightInformation>Mine.</CopyrightInformation>
</Abstract><Language>{language}</Language>
<PublicationTypeList><PublicationType>{type}</PublicationType></PublicationTypeList></Article>
<OtherAbstract Language="fre"><AbstractText>Voir.</AbstractText></OtherAbstract>{more}
</MedlineCitation>"""
DECLARED = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN"
 "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
"""


def record(
    pmid: str = "1",
    version: str = "1",
    language: str = "eng",
    type: str = "Journal Article",
    more: str = "",
) -> str:
    made = RECORD.format(pmid=pmid, version=version, language=language, type=type, more=more)
    return f"<PubmedArticle>{made}<PubmedData/></PubmedArticle>"


def whole(*records: str) -> bytes:
    return f"{DECLARED}<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>".encode()


def read(content: bytes) -> list[Document]:
    return list(read_stream(BytesIO(content), "pubmed.xml"))


def test_a_record_is_title_and_abstract_by_section() -> None:
    (document,) = read(whole(record()))
    assert document.id == "1"
    assert document.text == "Effects of KCN9 on Ca2+. AIM: To see. It rose < 3."
    assert [(p.kind, p.infons) for p in document.passages] == [
        ("title", {}),
        ("abstract", {"section": "AIM"}),
        ("abstract", {}),
    ]
    assert document.infons == {
        "journal": "A Journal",
        "year": "1998",
        "doi": "10.1/x",
        "publication_types": "Journal Article",
    }


def test_what_is_out_of_the_ordinary_is_said() -> None:
    (document,) = read(whole(record(version="2", language="fre", type="Retracted Publication")))
    assert document.infons["version"] == "2"
    assert document.infons["language"] == "fre"
    assert document.infons["retracted"] == "yes"
    notice = '<CommentsCorrections RefType="RetractionIn"><PMID>9</PMID></CommentsCorrections>'
    more = f"<CommentsCorrectionsList>{notice}</CommentsCorrectionsList>"
    (document,) = read(whole(record(more=more)))
    assert document.infons["retracted"] == "yes"


def test_a_record_without_abstract_is_a_title_and_one_of_nothing_is_empty() -> None:
    bare = "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article>{}</Article></MedlineCitation>"
    bare += "</PubmedArticle>"
    titled, empty = read(
        whole(bare.format(1, "<ArticleTitle>Only this.</ArticleTitle>"), bare.format(2, ""))
    )
    assert titled.text == "Only this."
    assert empty.passages == ()


def test_books_and_the_old_root() -> None:
    book = """<PubmedBookArticle><BookDocument><PMID>7</PMID><Book><BookTitle>Genes</BookTitle>
    <PubDate><Year>1999</Year></PubDate></Book><ArticleTitle>KCN9</ArticleTitle>
    <Abstract><AbstractText>A gene.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"""
    (document,) = read(whole(book))
    assert document.text == "KCN9 A gene."
    assert document.infons == {"journal": "Genes", "year": "1999"}
    inner = RECORD.format(pmid=5, version=1, language="eng", type="Review", more="")
    old = f"<MedlineCitationSet>{inner}{inner.replace('>5<', '>6<')}</MedlineCitationSet>"
    assert [each.id for each in read(old.encode())] == ["5", "6"]


def test_deletions_are_listed_and_are_no_documents() -> None:
    gone = "<DeleteCitation><PMID>3</PMID><PMID>4</PMID></DeleteCitation>"
    content = whole(record(), gone)
    assert [each.id for each in read(content)] == ["1"]
    deleted: list[str] = []
    (only,) = read_records(BytesIO(content), "pubmed.xml", on_deletion=deleted.append)
    assert only.content == read(content)[0]
    assert deleted == ["3", "4"]


def test_a_deletion_that_is_no_pmid_is_a_problem_and_the_rest_is_read() -> None:
    gone = "<DeleteCitation><PMID>3</PMID><PMID>x</PMID></DeleteCitation>"
    deleted: list[str] = []
    content = BytesIO(whole(gone, record()))
    problem, found = read_records(content, "pubmed.xml", on_deletion=deleted.append)
    assert isinstance(problem.content, InputError)
    assert problem.content.code == "R157"
    assert isinstance(found.content, Document)
    assert deleted == ["3"]


def test_every_record_of_a_document_is_handed_over_to_who_wants_them() -> None:
    content = BytesIO(whole(record(), record(version="2"), record()))
    found = [each.content for each in read_records(content, "pubmed.xml")]
    versions = [d.infons.get("version") for d in found if isinstance(d, Document)]
    assert versions == [None, "2", None]


def test_it_is_recognized_by_content() -> None:
    assert detect(whole(record())) == "pubmed-xml"
    assert detect(b"<MedlineCitationSet>") == "pubmed-xml"
    assert detect(b"<collection>") == "bioc-xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (whole(record("x1")), "R157"),
        (whole("<PubmedArticle><MedlineCitation/></PubmedArticle>"), "R157"),
        (whole(record(), record()), "R107"),
        (whole(record())[:-60], "R123"),
        (whole(record()).replace(b"<Abstract>", b"<Abstract", 1), "R134"),
    ],
)
def test_what_is_broken_is_refused_with_the_place(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert caught.value.place.path == "pubmed.xml"
    assert caught.value.code == code


def test_one_broken_record_costs_no_other() -> None:
    problems = formats.Problems()
    content = whole(record("1"), record("x"), record("3"))
    found = list(read_stream(BytesIO(content), "pubmed.xml", on_error=problems))
    assert [each.id for each in found] == ["1", "3"]
    assert problems.count == 1


def test_real_records(corpora_dir: Path) -> None:
    found = list(formats.read(corpora_dir / "pubmed_xml" / "medline16n0902.xml.gz"))
    assert len(found) == 604
    assert sum(len(each.passages) > 1 for each in found) == 526
    assert all(len(each.infons["year"]) == 4 for each in found)
