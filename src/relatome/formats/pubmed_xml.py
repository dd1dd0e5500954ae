"""PubMed's own XML: records without annotation, from efetch, the baseline and the update files.

Roots are ``PubmedArticleSet`` and, until 2016, ``MedlineCitationSet``. A record becomes a document
under its PMID: the title, and the abstract section by section, each with its label in front as
PubMed shows it (``METHODS: …``). Markup within the text (italics, indices, formulas) is dropped and
what it marks kept; runs of white space become one space. Abstracts in other languages and for lay
readers, and copyright lines, are left out.

What the record says besides is kept as infons: ``journal``, ``year``, ``language`` (unless it is
English), ``version`` (unless it is the first), ``doi``, ``publication_types``, and ``retracted``
where the article has been. Deletions, which update files list, are no documents; `read` tells them
to whoever asks.

DTDs: https://www.nlm.nih.gov/databases/dtd/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from relatome.data.document import Document, Passage
from relatome.errors import PUBMED_INVALID, InputError, Place
from relatome.formats.records import Names, OnDeletion, Record
from relatome.formats.source import clipped
from relatome.formats.xml_stream import Element, elements

COLLECTIONS = ("PubmedArticleSet", "MedlineCitationSet")
RECORDS = ("PubmedArticle", "MedlineCitation", "PubmedBookArticle")
_DELETIONS = "DeleteCitation"

_SPACE = re.compile(r"\s+")
_YEAR = re.compile(r"[0-9]{4}")
_PMID = re.compile(r"[0-9]{1,9}")
_ENGLISH = "eng"
_RETRACTED = ("Retracted Publication",)
_RETRACTIONS = ("RetractionIn",)


def read(stream: BinaryIO, names: Names, on_deletion: OnDeletion | None = None) -> Iterator[Record]:
    """Read the records of a PubMed XML file one after the other.

    Args:
        stream: the bytes of the file.
        names: has no say, since there are neither mentions nor relations.
        on_deletion: called with each PMID that an update file takes back.

    Raises:
        InputError: where the XML itself is broken; nothing after that place can be read.
    """
    wanted = RECORDS if on_deletion is None else (*RECORDS, _DELETIONS)
    for element in elements(stream, COLLECTIONS, wanted, _invalid):
        try:
            if element.tag == _DELETIONS and on_deletion is not None:
                for child in element.iterchildren("PMID"):
                    on_deletion(_pmid(child))
                continue
            record = Record(_document(element), element.sourceline)
        except InputError as error:
            record = Record(error, element.sourceline)
        yield record


def _document(element: Element) -> Document:
    citation = element.find("MedlineCitation")
    if citation is None:
        book = element.find("BookDocument")
        citation = element if book is None else book
    number = citation.find("PMID")
    if number is None:
        raise _invalid("a record has no PMID", element)
    pmid = _pmid(number)
    article = citation.find("Article")
    article = citation if article is None else article
    return Document(pmid, _passages(article), infons=_infons(citation, article, number))


def _passages(article: Element) -> tuple[Passage, ...]:
    title = article.find("ArticleTitle")
    titled = "" if title is None else _text(title)
    texts: list[tuple[str, str, dict[str, str]]] = [("title", titled, {})]
    abstract = article.find("Abstract")
    for section in () if abstract is None else abstract.iterchildren("AbstractText"):
        label, text = section.get("Label", ""), _text(section)
        infons = {"section": label} if label else {}
        texts.append(("abstract", f"{label}: {text}" if label and text else text, infons))
    passages: list[Passage] = []
    for kind, text, infons in texts:
        if text:
            offset = passages[-1].end + 1 if passages else 0
            passages.append(Passage(kind, offset, text, infons))
    return tuple(passages)


def _infons(citation: Element, article: Element, number: Element) -> dict[str, str]:
    journal = _first(article, "Journal/ISOAbbreviation", "Journal/Title", "Book/BookTitle")
    dated = _first(
        article,
        "Journal/JournalIssue/PubDate/Year",
        "Journal/JournalIssue/PubDate/MedlineDate",
        "Book/PubDate/Year",
    )
    year = _YEAR.search(dated)
    languages = [_text(each) for each in article.iterchildren("Language")]
    types = [_text(each) for each in article.iterfind("PublicationTypeList/PublicationType")]
    doi = [_text(i) for i in article.iterchildren("ELocationID") if i.get("EIdType") == "doi"]
    corrections = {each.get("RefType") for each in citation.iterfind("CommentsCorrectionsList/*")}
    retracted = not corrections.isdisjoint(_RETRACTIONS) or not set(types).isdisjoint(_RETRACTED)
    version = number.get("Version", "1")
    found = {
        "journal": journal,
        "year": year[0] if year else "",
        "language": ", ".join(languages) if languages != [_ENGLISH] else "",
        "version": version if version != "1" else "",
        "doi": doi[0] if doi else "",
        "publication_types": "; ".join(types),
        "retracted": "yes" if retracted else "",
    }
    return {name: value for name, value in found.items() if value}


def _pmid(element: Element) -> str:
    text = _text(element)
    if not _PMID.fullmatch(text):
        raise _invalid(f"{clipped(text)!r} is no PMID", element)
    return text


def _first(element: Element, *paths: str) -> str:
    """The text of the first of several places that has any."""
    for path in paths:
        found = element.find(path)
        if found is not None and (text := _text(found)):
            return text
    return ""


def _text(element: Element) -> str:
    return _SPACE.sub(" ", "".join(element.itertext())).strip()


def _invalid(reason: str, element: Element) -> InputError:
    return InputError(PUBMED_INVALID, at=Place(line=element.sourceline), reason=reason)
