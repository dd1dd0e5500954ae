"""The rule for corpora without one of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation
from relatome.scoring import Counts, score
from relatome.scoring.relations import RELATIONS_ORDERED

TEXT = "a b c"
MENTIONS = tuple(
    Mention(f"M{i}", 2 * i, 2 * i + 1, name, kind, (name,))
    for i, (name, kind) in enumerate((("a", "Nutrient"), ("b", "Microbe"), ("c", "Microbe")))
)


def document(*relations: tuple[str, str, str]) -> Document:
    return Document(
        "1", (Passage("text", 0, TEXT),), MENTIONS, tuple(Relation(*r) for r in relations)
    )


GOLD = document(("a", "b", "Promotes"), ("a", "c", "Inhibits"), ("b", "a", "Produces"))


def test_order_as_the_rule_says() -> None:
    swapped = document(("b", "a", "Promotes"), ("a", "c", "Promotes"))
    ordered = score([GOLD], [swapped], "relations-ordered")
    assert ordered.counts("pair").true_positive == 2
    assert ordered.counts("pair+type").true_positive == 0
    either = score([GOLD], [swapped], "relations")
    assert either.counts("pair").true_positive == 2
    assert either.counts("pair+type").true_positive == 1
    assert either.counts("pair").false_negative == 0


def test_notes() -> None:
    answer = document(
        ("c", "a", "Inhibits"),
        ("a", "z", "Inhibits"),
        ("a", "b", "Promotes"),
        ("a", "b", "Promotes"),
    )
    notes = RELATIONS_ORDERED.notes
    assert score([GOLD], [answer], "relations-ordered").notes == {
        notes["swapped"]: 1,
        notes["unknown_entity"]: 1,
        notes["duplicate"]: 1,
    }
    assert score([GOLD], [answer], "relations").notes == {
        notes["unknown_entity"]: 1,
        notes["duplicate"]: 1,
    }


def test_a_turned_relation_of_another_type_is_not_noted_as_turned() -> None:
    answer = document(("c", "a", "Promotes"))
    assert score([GOLD], [answer], "relations-ordered").notes == {}


def test_a_document_of_one_pair_has_both_its_entities() -> None:
    pair = Document("1", (Passage("text", 0, TEXT),), MENTIONS[:2], (Relation("a", "b", "P"),))
    for rule in ("relations", "relations-ordered"):
        assert score([pair], [pair], rule).notes == {}


def test_type_pairs_are_in_the_order_of_the_arguments_where_it_means_something() -> None:
    answer = document(("b", "a", "Produces"), ("a", "z", "Promotes"))
    ordered = score([GOLD], [answer], "relations-ordered").groups["type pair"]["pair+type"]
    assert ordered == {
        "Nutrient-Microbe": Counts(0, 0, 2),
        "Microbe-Nutrient": Counts(1, 0, 0),
        "Nutrient-unknown": Counts(0, 1, 0),
    }
    either = score([GOLD], [answer], "relations").groups["type pair"]["pair+type"]
    assert either == {"Microbe-Nutrient": Counts(1, 0, 2), "Nutrient-unknown": Counts(0, 1, 0)}


def test_no_relation_by_any_name_is_none() -> None:
    answer = document(("a", "b", "None"), ("a", "c", "None-CID"))
    assert score([GOLD], [answer], "relations").counts("pair").false_positive == 0


_PAIRS = st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from(("P", "I")))


@pytest.mark.parametrize("rule", ["relations", "relations-ordered"])
@given(st.sets(_PAIRS), st.sets(_PAIRS))
def test_counts_are_those_of_sets(
    rule: str, gold: set[tuple[str, str, str]], predicted: set[tuple[str, str, str]]
) -> None:
    def items(relations: set[tuple[str, str, str]]) -> set[tuple[object, str]]:
        if rule == "relations":
            return {(frozenset((head, tail)), label) for head, tail, label in relations}
        return {((head, tail), label) for head, tail, label in relations}

    found = score([document(*gold)], [document(*predicted)], rule).counts("pair+type")
    assert found.true_positive == len(items(gold) & items(predicted))
    assert found.false_positive == len(items(predicted) - items(gold))
    assert found.false_negative == len(items(gold) - items(predicted))
