"""Small documents of our own, and what each file format makes of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from relatome.data.document import Document, Mention, Passage, Relation, Span
from relatome.errors import InputError
from relatome.formats import WriteReport, read_stream, write
from relatome.formats.records import OnError

# The formats that keep documents in one file and can be read back.
STREAMS = ("pubtator", "bioc-xml", "bioc-json", "jsonl", "text")

TITLE = "Aspirin | ibuprofen and GENEA in pain."
ABSTRACT = "Aspirin lowered GENEA. The E12K variant did not."

PUBTATOR = f"""\
11|t|{TITLE}
11|a|{ABSTRACT}
11\t0\t7\tAspirin\tChemicalEntity\tD001241
11\t10\t19\tibuprofen\tChemicalEntity\tD007052,C999999
11\t24\t29\tGENEA\tGeneOrGeneProduct\t101
11\t33\t37\tpain\tDiseaseOrPhenotypicFeature\t-
11\t39\t46\tAspirin\tChemicalEntity\tD001241
11\t55\t60\tGENEA\tGeneOrGeneProduct\t101
11\t66\t70\tE12K\tSequenceVariant\tp|SUB|E|12|K
11\tNegative_Correlation\tD001241\t101\tNovel
11\tAssociation\t101\tp|SUB|E|12|K\tNo
11\tD001241\t101\tSubject:D001241

12|t|A title alone

"""

DOCUMENTS = (
    Document(
        "11",
        (Passage("title", 0, TITLE), Passage("abstract", 39, ABSTRACT)),
        (
            Mention("M0", 0, 7, "Aspirin", "ChemicalEntity", ("D001241",)),
            Mention("M1", 10, 19, "ibuprofen", "ChemicalEntity", ("D007052", "C999999")),
            Mention("M2", 24, 29, "GENEA", "GeneOrGeneProduct", ("101",)),
            Mention("M3", 33, 37, "pain", "DiseaseOrPhenotypicFeature", ()),
            Mention("M4", 39, 46, "Aspirin", "ChemicalEntity", ("D001241",)),
            Mention("M5", 55, 60, "GENEA", "GeneOrGeneProduct", ("101",)),
            Mention("M6", 66, 70, "E12K", "SequenceVariant", ("p|SUB|E|12|K",)),
        ),
        (
            Relation("D001241", "101", "Negative_Correlation", novel=True, subject="D001241"),
            Relation("101", "p|SUB|E|12|K", "Association", novel=False),
        ),
    ),
    Document("12", (Passage("title", 0, "A title alone"),)),
)

# One document with everything a document can have.
FULL = Document(
    "full-1",
    (
        Passage("title", 0, "Drug X and left and right lobe injury", {"section": "TITLE"}),
        Passage("abstract", 39, "Drug X harms."),
        Passage("paragraph", 60, "No more <of> it & that."),
    ),
    (
        Mention("T1", 0, 6, "Drug X", "Chemical", ("MESH:D1",), (), {"note": "brand"}),
        Mention("T2", 11, 37, "left injury", "Disease", ("MESH:D2",), (Span(11, 15), Span(31, 37))),
        Mention("T3", 39, 45, "Drug X", "Chemical", ("MESH:D1", "MESH:D9")),
    ),
    (
        Relation(
            "MESH:D1",
            "MESH:D2",
            "Positive_Correlation",
            score=0.875,
            novel=True,
            novel_score=0.1,
            subject="MESH:D1",
            evidence=(Span(39, 52), Span(0, 6)),
            infons={"model": "small"},
        ),
    ),
    {"journal": "J. Ex."},
)


def read_bytes(
    content: bytes,
    name: str = "example",
    *,
    format: str | None = None,
    on_error: OnError | None = None,
) -> list[Document]:
    """The documents of a file with this content."""
    stream = io.BytesIO(content)
    return list(read_stream(stream, name, format=format, on_error=on_error))


def written(documents: Iterable[Document], format: str) -> tuple[bytes, WriteReport]:
    """A file of documents, and the report on it."""
    stream = io.BytesIO()
    report = write(documents, stream, format)
    return stream.getvalue(), report


def problems_of(
    content: bytes, format: str | None = None
) -> tuple[list[Document], list[InputError]]:
    """What can be read of a file, and the problems with the rest."""
    problems: list[InputError] = []
    documents = read_bytes(content, format=format, on_error=problems.append)
    return documents, problems


def whereabouts(error: InputError) -> tuple[str, int | None, str | None]:
    """Code, line and document of an error."""
    return error.code, error.place.line, error.place.document


def path_with(folder: Path, name: str, content: bytes) -> Path:
    """A file in `folder`."""
    path = folder / name
    path.write_bytes(content)
    return path
