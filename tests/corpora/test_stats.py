from __future__ import annotations

import msgspec

from relatome.corpora.stats import Stats, count, type_pair
from relatome.data import Document, Mention, Passage, Relation, Split
from relatome.data.schema import BIORED

TEXT = "Ketosis and KCN9; ketosis again, glumipride."
DOCUMENT = Document(
    "1",
    (Passage("title", 0, TEXT),),
    (
        Mention("a", 0, 7, "Ketosis", "DiseaseOrPhenotypicFeature", ("D1",)),
        Mention("b", 12, 16, "KCN9", "GeneOrGeneProduct", ("99",)),
        Mention("c", 18, 25, "ketosis", "DiseaseOrPhenotypicFeature", ("D1",)),
        Mention("d", 33, 43, "glumipride", "ChemicalEntity", ("C1", "C2")),
    ),
    (
        Relation("99", "D1", "Association", novel=True),
        Relation("D1", "99", "Bind", novel=False),
        Relation("C1", "C2", "Comparison"),
    ),
)


def test_counts_of_a_document() -> None:
    assert count(Split("tiny:train", "train", (DOCUMENT,)), BIORED) == Stats(
        name="tiny:train",
        documents=1,
        mentions={"DiseaseOrPhenotypicFeature": 2, "ChemicalEntity": 1, "GeneOrGeneProduct": 1},
        entities={"ChemicalEntity": 2, "DiseaseOrPhenotypicFeature": 1, "GeneOrGeneProduct": 1},
        relations={"Association": 1, "Bind": 1, "Comparison": 1},
        pairs={
            "DiseaseOrPhenotypicFeature–GeneOrGeneProduct": 2,
            "ChemicalEntity–ChemicalEntity": 1,
        },
        novelty={"not judged": 1, "not novel": 1, "novel": 1},
    )


def test_the_order_of_counts_is_fixed() -> None:
    found = count(Split("s", "train", (DOCUMENT,)), BIORED)
    assert list(found.mentions) == [
        "DiseaseOrPhenotypicFeature",
        "ChemicalEntity",
        "GeneOrGeneProduct",
    ]


def test_an_ordered_schema_keeps_the_order_of_arguments() -> None:
    ordered = msgspec.structs.replace(BIORED, ordered=True)
    pairs = [type_pair(DOCUMENT, relation, ordered) for relation in DOCUMENT.relations[:2]]
    assert pairs == [
        "GeneOrGeneProduct–DiseaseOrPhenotypicFeature",
        "DiseaseOrPhenotypicFeature–GeneOrGeneProduct",
    ]
