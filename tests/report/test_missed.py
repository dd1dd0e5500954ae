"""Entities that a tagger missed."""

from __future__ import annotations

from relatome.data import Document
from relatome.report.missed import has_own_mentions, missed_entities
from tests.tiny import document

GOLD = document(
    "1",
    "{Abadol|C|C1} relieves {pain|D|D1} and {KCN9|G|G1} binds {TPO2|G|G2}; {abadol|C|C1}.",
    ("C1", "D1", "Negative_Correlation", True),
    ("C1", "G1", "Association", True),
    ("G1", "G2", "Bind", True),
)
TAGGED = document("1", "Abadol relieves {pain|D|x} and {KCN9 binds|G|y} {TPO2|C|z}; {abadol|D|v}.")


def test_missed_entities_with_what_went_with_them() -> None:
    found = missed_entities([GOLD], [TAGGED])
    assert [(each.entity.id, each.relations) for each in found] == [
        ("C1", 2),
        ("G1", 2),
        ("G2", 1),
    ]
    assert [[mention.text for mention in each.instead] for each in found] == [
        ["abadol"],
        ["KCN9 binds"],
        ["TPO2"],
    ]


def test_one_mention_is_enough() -> None:
    tagged = document("1", "Abadol relieves pain and KCN9 binds TPO2; {abadol|C|x}.")
    assert [each.entity.id for each in missed_entities([GOLD], [tagged])] == ["G1", "D1", "G2"]


def test_a_document_without_prediction_is_missed_as_a_whole() -> None:
    assert len(missed_entities([GOLD], [])) == 4


def test_whose_the_mentions_are() -> None:
    assert not has_own_mentions([GOLD], [GOLD.with_relations(())])
    assert not has_own_mentions([GOLD], [Document("1", GOLD.passages)])
    assert has_own_mentions([GOLD], [TAGGED])
