"""Counts by what relations are like, on a document whose figures can be counted by hand."""

from __future__ import annotations

from relatome.report.judged import judge
from relatome.report.outcomes import outcomes
from relatome.report.slices import DISTANCE, LABEL, MENTIONS, TYPE_PAIR, slices
from relatome.scoring import Counts, find_rule
from tests.tiny import document

TEXT = (
    "{Abadol|C|C1} relieves {pain|D|D1}. {KCN9|G|G1} binds {TPO2|G|G2}. Nothing else was seen. "
    "{KCN9|G|G1} and {fever|D|D2} came later. {Abadol|C|C1} was given."
)
GOLD = document(
    "1",
    TEXT,
    ("C1", "D1", "Negative_Correlation", True),
    ("G1", "G2", "Bind", True),
    ("G1", "D2", "Association", False),
    ("C1", "D2", "Association", True),
    ("D1", "G2", "Association", True),
)
PREDICTED = document(
    "1",
    TEXT,
    ("C1", "D1", "Negative_Correlation", True),
    ("G1", "G2", "Association", True),
    ("D2", "G1", "Association", False),
    ("C1", "G1", "Bind", False),
)


def test_exact_counts_of_every_slice() -> None:
    rule = find_rule("biored-8")
    documents = judge([GOLD], [PREDICTED], rule)
    assert slices(documents, outcomes(documents, "all")) == {
        LABEL: {
            "Association": Counts(1, 1, 2),
            "Bind": Counts(0, 1, 1),
            "Negative_Correlation": Counts(1, 0, 0),
        },
        TYPE_PAIR: {
            "chemical-disease": Counts(1, 0, 1),
            "disease-gene": Counts(1, 0, 1),
            "gene-gene": Counts(0, 1, 1),
            "chemical-gene": Counts(0, 1, 0),
        },
        DISTANCE: {
            "same sentence": Counts(2, 1, 1),
            "next sentence": Counts(0, 1, 2),
        },
        MENTIONS: {
            "once": Counts(2, 1, 3),
            "twice": Counts(0, 1, 0),
        },
    }


def test_groups_of_distance_and_mentions_keep_their_order() -> None:
    far = " ".join(["Nothing else was seen."] * 4)
    near = "{TPO2|G|G2} raises {pain|D|D2}."
    text = f"{{KCN9|G|G1}} is a gene. {far} {{Fever|D|D1}} was seen. {near}"
    gold = document("2", text, ("G1", "D1", "Association", True), ("G2", "D2", "Association", True))
    rule = find_rule("biored-8")
    documents = judge([gold], [gold], rule)
    found = slices(documents, outcomes(documents, "all"))
    assert list(found[DISTANCE]) == ["same sentence", "3 or more apart"]


def test_what_the_annotation_does_not_have_is_a_group_of_its_own() -> None:
    predicted = document("1", "{Xyz|G|G9} binds {Abadol|C|C1}.", ("G9", "C1", "Bind", True))
    documents = judge([GOLD.with_relations(())], [predicted], find_rule("biored-8"))
    found = slices(documents, outcomes(documents, "all"))
    assert found[DISTANCE] == found[MENTIONS] == {"entity not annotated": Counts(0, 1, 0)}
    assert found[TYPE_PAIR] == {"chemical-gene": Counts(0, 1, 0)}


def test_rules_without_type_pairs_get_those_of_the_document() -> None:
    documents = judge([GOLD], [GOLD], find_rule("ddi"))
    found = slices(documents, outcomes(documents, "pair"))
    assert found[TYPE_PAIR]["ChemicalEntity–DiseaseOrPhenotypicFeature"] == Counts(2, 0, 0)
