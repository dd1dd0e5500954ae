from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome import formats
from relatome.data import Document, Mention, Passage, Relation, candidates, reach
from relatome.data.schema import BIORED, Schema

ORDERED = msgspec.structs.replace(BIORED, ordered=True)
TYPES = {
    "D": "DiseaseOrPhenotypicFeature",
    "G": "GeneOrGeneProduct",
    "C": "ChemicalEntity",
    "V": "SequenceVariant",
    "O": "OrganismTaxon",
}


def document(entities: list[str], relations: tuple[Relation, ...] = ()) -> Document:
    """A document that mentions `entities` in turn; the first letter is the type."""
    mentions, text = [], ""
    for index, entity in enumerate(entities):
        start, text = len(text), text + entity
        mentions.append(Mention(f"m{index}", start, len(text), entity, TYPES[entity[0]], (entity,)))
        text += " "
    return Document("1", (Passage("title", 0, text),), tuple(mentions), relations)


def pairs(made: Document, schema: Schema) -> list[tuple[str, str]]:
    return [(made.entities[c.head].id, made.entities[c.tail].id) for c in candidates(made, schema)]


def test_golden_unordered() -> None:
    made = document(["G1", "D1", "O1", "G2", "C1", "V1", "G1"])
    # By document order; where the types differ, the head is the type the rule names first.
    assert pairs(made, BIORED) == [
        ("D1", "G1"),
        ("G1", "G2"),
        ("C1", "G1"),
        ("D1", "G2"),
        ("C1", "D1"),
        ("D1", "V1"),
        ("C1", "G2"),
        ("C1", "V1"),
    ]


def test_golden_ordered() -> None:
    made = document(["G1", "C1", "G2"])
    assert pairs(made, ORDERED) == [("G1", "G2"), ("C1", "G1"), ("C1", "G2"), ("G2", "G1")]


def test_a_candidate_carries_the_rule_of_its_types() -> None:
    (candidate,) = candidates(document(["V1", "V2"]), BIORED)
    assert candidate.rule.labels == ("Association",)


entities = st.lists(st.sampled_from(["D1", "D2", "G1", "G2", "C1", "V1", "V2", "O1"]), max_size=10)


@given(entities)
def test_unordered_candidates_are_the_legal_pairs_each_once(names: list[str]) -> None:
    made = document(names)
    expected = {
        frozenset(pair)
        for pair in combinations(set(names), 2)
        if BIORED.pair_rule(*(TYPES[name[0]] for name in pair))
    }
    found = pairs(made, BIORED)
    assert {frozenset(pair) for pair in found} == expected
    assert len(found) == len(expected)
    for candidate in candidates(made, BIORED):
        head, tail = made.entities[candidate.head], made.entities[candidate.tail]
        assert (head.type, tail.type) == (candidate.rule.head, candidate.rule.tail)
        if head.type == tail.type:
            assert candidate.head < candidate.tail


@given(entities)
def test_ordered_candidates_are_the_legal_ordered_pairs_each_once(names: list[str]) -> None:
    expected = {
        pair
        for pair in permutations(set(names), 2)
        if ORDERED.pair_rule(*(TYPES[name[0]] for name in pair))
    }
    found = pairs(document(names), ORDERED)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (Relation("G1", "G1", "Bind"), "an entity related to itself"),
        (Relation("G1", "V1", "Association"), "GeneOrGeneProduct–SequenceVariant is outside"),
        (Relation("C1", "D1", "Bind"), "label Bind is not legal for ChemicalEntity–Disease"),
        (Relation("G1", "G9", "Bind"), "an argument has no mention"),
    ],
)
def test_what_candidates_cannot_reach_is_explained(relation: Relation, reason: str) -> None:
    reachable = Relation("D1", "G1", "Association")
    found = reach(document(["G1", "D1", "C1", "V1"], (reachable, relation)), BIORED)
    assert found.gold == 2
    assert found.candidates == 5
    ((unreached, why),) = found.unreachable
    assert unreached == relation
    assert reason in why
    assert found.reasons() == Counter({why: 1})


def test_argument_order_decides_reach_in_an_ordered_schema() -> None:
    gold = (Relation("C1", "G1", "Association"), Relation("G1", "C1", "Association"))
    made = document(["C1", "G1"], gold)
    assert reach(made, BIORED).unreachable == ()
    ((unreached, _),) = reach(made, ORDERED).unreachable
    assert unreached == gold[1]


@given(entities, st.data())
def test_reachable_gold_is_exactly_what_candidates_hold(
    names: list[str], data: st.DataObject
) -> None:
    argument = st.sampled_from([*names, "G9"])
    relations = data.draw(
        st.lists(
            st.builds(Relation, argument, argument, st.sampled_from(BIORED.labels)), max_size=6
        )
    )
    made = document(names, tuple(relations))
    legal = {
        (frozenset((made.entities[c.head].id, made.entities[c.tail].id)), label)
        for c in candidates(made, BIORED)
        for label in c.rule.labels
    }
    unreachable = [relation for relation, _ in reach(made, BIORED).unreachable]
    assert unreachable == [
        r for r in relations if (frozenset((r.head, r.tail)), r.type) not in legal
    ]


@pytest.mark.parametrize(
    ("split", "asked", "gold", "reasons"),
    [
        (
            "Train",
            21755,
            4178,
            {
                "an entity related to itself": 3,
                "type pair SequenceVariant–GeneOrGeneProduct is outside the schema": 1,
            },
        ),
        (
            "Dev",
            6334,
            1162,
            {
                "an entity related to itself": 1,
                "label Bind is not legal for ChemicalEntity–ChemicalEntity": 1,
            },
        ),
        ("Test", 7047, 1163, {}),
    ],
)
def test_biored(
    corpora_dir: Path, split: str, asked: int, gold: int, reasons: dict[str, int]
) -> None:
    found = [
        reach(each, BIORED)
        for each in formats.read(corpora_dir / "biored" / f"{split}.PubTator.gz")
    ]
    assert sum(each.candidates for each in found) == asked
    assert sum(each.gold for each in found) == gold
    assert sum((each.reasons() for each in found), Counter()) == reasons


def sentence_document() -> Document:
    """Two sentences; T1 and T2 in the first, T3 in the second; each mention its own entity."""
    text = "Tamoxifen (TAM) helps. Aspirin does not."
    mentions = tuple(
        Mention(id, start, end, text[start:end], "ChemicalEntity", (id,))
        for id, start, end in (("T1", 0, 9), ("T2", 11, 14), ("T3", 23, 30))
    )
    gold = (Relation("T1", "T2", "Association"), Relation("T1", "T3", "Association"))
    return Document("1", (Passage("abstract", 0, text),), mentions, gold)


SENTENCES = msgspec.structs.replace(BIORED, unit="mention", scope="sentence")


def test_in_sentence_scope_only_pairs_of_one_sentence_are_asked_about() -> None:
    assert pairs(sentence_document(), SENTENCES) == [("T1", "T2")]
    assert pairs(sentence_document(), BIORED) == [("T1", "T2"), ("T1", "T3"), ("T2", "T3")]


def test_gold_that_the_sentence_split_cuts_is_named() -> None:
    found = reach(sentence_document(), SENTENCES)
    assert found.reasons() == {"the sentence split separates its arguments": 1}
    assert found.unreachable[0][0].tail == "T3"
    assert found.candidates == 1


def test_an_entity_of_several_mentions_is_met_where_any_of_them_stands() -> None:
    made = sentence_document()
    second = msgspec.structs.replace(made.mentions[2], entity_ids=("T2", "T3"))
    made = msgspec.structs.replace(made, mentions=(*made.mentions[:2], second))
    assert pairs(made, SENTENCES) == [("T1", "T2"), ("T2", "T3")]
