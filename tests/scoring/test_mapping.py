"""Predicted entities under annotated names."""

from __future__ import annotations

import pytest

from relatome.data import Document, Relation
from relatome.scoring import score
from relatome.scoring.counts import Counts
from relatome.scoring.mapping import with_gold_ids
from tests.tiny import document

GOLD = document(
    "d",
    "{KCN9|G|1} and {Kcn9|G|1}, {TPO2|G|2}, in {ketosis|D|D1} or {AB|G|1,3}.",
    ("1", "D1", "Association", True),
)


def predicted(marked: str, *relations: tuple[str, str, str, float]) -> Document:
    made = document("d", marked)
    found = tuple(Relation(h, t, label, score, novel=True) for h, t, label, score in relations)
    return made.with_relations(found)


def test_an_entity_takes_the_identifier_of_most_of_its_mentions() -> None:
    made = with_gold_ids(
        predicted(
            "{KCN9|G|x} and {Kcn9|G|x}, {TPO2|G|x}, in {ketosis|D|y} or {AB|G|z}.",
            ("x", "y", "Association", 0.5),
        ),
        GOLD,
    )
    assert [m.entity_ids for m in made.mentions] == [("1",), ("1",), ("1",), ("D1",), ("1",)]
    assert [(r.head, r.tail, r.score) for r in made.relations] == [("1", "D1", 0.5)]
    made.check()


def test_of_those_that_tie_the_first_in_the_text() -> None:
    made = with_gold_ids(predicted("{KCN9|G|y} and {Kcn9|G|x}, {TPO2|G|x}, in {ketosis|D}."), GOLD)
    assert made.mentions[1].entity_ids == ("1",)


def test_entities_of_other_mentions_keep_their_identifier_and_are_wrong() -> None:
    made = with_gold_ids(
        predicted("{KCN9|G|x} {and|G|new}", ("x", "new", "Association", 0.5)), GOLD
    )
    assert [m.entity_ids for m in made.mentions] == [("1",), ("new",)]
    assert score([GOLD], [made], "biored-8").counts("pair") == Counts(0, 1, 1)


def test_another_type_is_another_mention() -> None:
    made = with_gold_ids(predicted("{KCN9|C|x}"), GOLD)
    assert made.mentions[0].entity_ids == ("x",)


def test_identifiers_that_the_annotation_has_stay() -> None:
    assert with_gold_ids(GOLD, GOLD) == GOLD
    # Only the composite carries 3, and 1 comes first there.
    assert with_gold_ids(predicted("{KCN9|G|3}"), GOLD).mentions[0].entity_ids == ("3",)


def test_relations_that_become_one_count_once_with_the_best_score() -> None:
    made = with_gold_ids(
        predicted(
            "{KCN9|G|x} and {Kcn9|G|y}, {TPO2|G|2}, in {ketosis|D|z}",
            ("x", "z", "Association", 0.5),
            ("z", "y", "Association", 0.9),
            ("y", "z", "Positive_Correlation", 0.4),
        ),
        GOLD,
    )
    assert [(r.head, r.tail, r.type, r.score) for r in made.relations] == [
        ("D1", "1", "Association", 0.9),
        ("1", "D1", "Positive_Correlation", 0.4),
    ]
    assert score([GOLD], [made], "biored-8").counts("pair") == Counts(1, 0, 0)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [(0.5, 0.5, 0), (0.9, 0.5, 0), (0.5, 0.9, 1), (0.5, None, 0), (None, 0.5, 1), (None, None, 0)],
)
def test_of_two_that_become_one_the_better_stays_or_the_first(
    first: float | None, second: float | None, kept: int
) -> None:
    made = predicted("{KCN9|G|x} and {Kcn9|G|y}, {TPO2|G|2}, in {ketosis|D|z}").with_relations(
        (Relation("x", "z", "Association", first), Relation("y", "z", "Association", second, True))
    )
    assert [r.novel for r in with_gold_ids(made, GOLD).relations] == [(None, True)[kept]]


def test_the_acting_entity_is_renamed_too() -> None:
    made = predicted("{KCN9|G|x} {ketosis|D|z}")
    made = made.with_relations((Relation("x", "z", "Association", subject="x"),))
    gold = document("d", "{KCN9|G|1} {ketosis|D|D1}")
    assert with_gold_ids(made, gold).relations[0].subject == "1"


def test_two_directions_are_two_relations_where_the_order_means_something() -> None:
    made = predicted(
        "{KCN9|G|x} and {Kcn9|G|y}, {TPO2|G|2}, in {ketosis|D|z}",
        ("x", "2", "Association", 0.9),
        ("2", "y", "Association", 0.8),
    )
    assert len(with_gold_ids(made, GOLD).relations) == 1
    kept = with_gold_ids(made, GOLD, ordered=True).relations
    assert [(r.head, r.tail) for r in kept] == [("1", "2"), ("2", "1")]
