"""What all rules look at documents through."""

from __future__ import annotations

import relatome.scoring
from relatome.data import Relation
from relatome.scoring import RULES
from relatome.scoring.rule import (
    CrossDocumentRule,
    Judgement,
    argument_types,
    asserted,
    unordered,
)

from .build import document, marked


def test_no_relation_by_any_name_asserts_nothing() -> None:
    relations = [Relation("a", "b", name) for name in ("None", "Bind", "None-CID", "none", "CID")]
    assert [r.type for r in asserted(relations) if r.type != "none"] == ["Bind", "CID"]


def test_arguments_without_order_are_sorted() -> None:
    assert unordered(Relation("a", "b", "X")) == unordered(Relation("b", "a", "X")) == ("a", "b")
    assert unordered(Relation("a", "a", "X")) == ("a", "a")


def test_the_type_of_everything_a_relation_may_name() -> None:
    assert argument_types(marked("1", {"T1": "CHEMICAL", "T2": "GENE"})) == {
        "T1": "CHEMICAL",
        "T2": "GENE",
    }
    made = document("1", entities=("G1", "D1"))
    assert argument_types(made) == {
        entity.id: entity.type for entity in made.entities
    }  # cheaper, and the same


def test_a_judgement_has_nothing_to_note_unless_told() -> None:
    assert Judgement({}, {}).notes == {}


def test_the_program_of_drugprot_alone_goes_across_documents() -> None:
    crossing = [name for name, rule in RULES.items() if isinstance(rule, CrossDocumentRule)]
    assert crossing == ["drugprot-script"]


def test_the_public_names_are_there() -> None:
    assert relatome.scoring.__all__ == [
        "RULES",
        "Counts",
        "Items",
        "Judgement",
        "Result",
        "Rule",
        "find_rule",
        "score",
    ]
    assert all(hasattr(relatome.scoring, name) for name in relatome.scoring.__all__)
