"""The table of relations."""

from __future__ import annotations

import pytest

from relatome.errors import UsageError
from tests.formats.examples import DOCUMENTS, FULL, read_bytes, written


def test_one_line_per_relation() -> None:
    content, report = written([*DOCUMENTS, FULL], "tsv")
    header, *lines = content.decode().splitlines()
    assert header.split("\t") == [
        "document",
        "head_id",
        "head_type",
        "head_names",
        "tail_id",
        "tail_type",
        "tail_names",
        "type",
        "score",
        "novel",
        "novel_score",
        "subject",
        "evidence",
        "evidence_spans",
    ]
    assert [line.split("\t") for line in lines] == [
        [
            *("11", "D001241", "ChemicalEntity", "Aspirin"),
            *("101", "GeneOrGeneProduct", "GENEA"),
            *("Negative_Correlation", "", "Novel", "", "D001241", "", ""),
        ],
        [
            *("11", "101", "GeneOrGeneProduct", "GENEA"),
            *("p|SUB|E|12|K", "SequenceVariant", "E12K"),
            *("Association", "", "No", "", "", "", ""),
        ],
        [
            *("full-1", "MESH:D1", "Chemical", "Drug X"),
            *("MESH:D2", "Disease", "left injury"),
            *("Positive_Correlation", "0.8750", "Novel", "0.1000", "MESH:D1"),
            *("Drug X harms. … Drug X", "39-52;0-6"),
        ],
    ]
    assert report.lost["text of a document"] == 3


def test_tabs_and_line_breaks_do_not_break_the_table() -> None:
    document = FULL.__class__("a\tb\nc", FULL.passages, FULL.mentions, FULL.relations)
    content, _ = written([document], "tsv")
    assert [line.count("\t") for line in content.decode().splitlines()] == [13, 13]
    assert b"a b c\t" in content


def test_it_is_not_read() -> None:
    with pytest.raises(UsageError, match="no input format 'tsv'"):
        read_bytes(b"x", format="tsv")
