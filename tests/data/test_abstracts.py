"""Abstracts as collections bring them along."""

from __future__ import annotations

from typing import Any

import pytest

from relatome.data import Document, Passage
from relatome.data.abstracts import abstract_document


@pytest.mark.parametrize(
    ("given", "passages"),
    [
        (
            {"title": "KCN9.", "abstract": " Binds α. "},
            [Passage("title", 0, "KCN9."), Passage("abstract", 6, " Binds α. ")],
        ),
        (
            {"text": "Long.", "abstract": "Short.", "title": "T"},
            [
                Passage("title", 0, "T"),
                Passage("abstract", 2, "Short."),
                Passage("text", 9, "Long."),
            ],
        ),
        ({"title": "", "abstract": "Alone."}, [Passage("abstract", 0, "Alone.")]),
        ({"title": None, "text": "Alone."}, [Passage("text", 0, "Alone.")]),
        ({"title": "Alone."}, [Passage("title", 0, "Alone.")]),
        ({"title": " ", "abstract": ""}, []),
    ],
)
def test_each_text_is_a_passage(given: dict[str, Any], passages: list[Passage]) -> None:
    made = abstract_document({"id": "1", **given})
    made.check()
    assert made == Document("1", tuple(passages))


@pytest.mark.parametrize(
    ("given", "id"),
    [
        ({"id": "10.7554/eLife.3"}, "10.7554/eLife.3"),
        ({"id": 17204593}, "17204593"),
        ({"pmid": 17204593}, "17204593"),
        ({"id": None, "pmid": "7"}, "7"),
    ],
)
def test_the_id(given: dict[str, Any], id: str) -> None:
    assert abstract_document({**given, "text": "x"}) == Document(id, (Passage("text", 0, "x"),))


def test_no_other_field_is_lost() -> None:
    made = abstract_document(
        {
            "id": "A1",
            "pmid": 7,
            "title": "T",
            "journal": "J. Ex.",
            "year": 2020,
            "score": 0.5,
            "open": False,
            "authors": ["Ö. One", "T. Two"],
            "doi": None,
            "keywords": [],
            "note": "",
        }
    )
    assert made.infons == {
        "pmid": "7",
        "journal": "J. Ex.",
        "year": "2020",
        "score": "0.5",
        "open": "false",
        "authors": '["Ö. One","T. Two"]',
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"id": "1"}, "it has none of `passages`, `title`, `abstract`, `text`"),
        ({"id": "1", "title": None}, "it has none of `passages`, `title`"),
        ({"title": "T"}, "it has no `id` or `pmid`"),
        ({"id": None, "title": "T"}, "it has no `id` or `pmid`"),
        ({"id": True, "title": "T"}, "`id` is neither text nor a whole number"),
        ({"pmid": 7.5, "title": "T"}, "`pmid` is neither text nor a whole number"),
        ({"id": " ", "title": "T"}, "`id` is empty"),
        ({"id": "1", "title": "T", "abstract": ["x"]}, "`abstract` is no text"),
        ({"id": "1", "title": 1984}, "`title` is no text"),
        ({"id": "1", "title": "T", "mentions": []}, "it has `mentions`, but no `passages`"),
    ],
)
def test_what_is_wrong_is_said(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="`") as caught:
        abstract_document(given)
    assert says in str(caught.value)
