from __future__ import annotations

import msgspec

from relatome.corpora.stats import Stats, count, type_pair
from relatome.data import Document, Mention, Passage, Relation, Split
from relatome.data.schemas import BIORED, DRUGPROT, PPI

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
        distances={"same sentence": 3},
        labels_of_pairs={
            "DiseaseOrPhenotypicFeature–GeneOrGeneProduct": {"Association": 1, "Bind": 1},
            "ChemicalEntity–ChemicalEntity": {"Comparison": 1},
        },
        labels_of_fine_pairs={},
        candidates=6,
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


def mention_document(*relations: Relation) -> Document:
    """Four sentences, each with one mention of its own entity, `1` to `4`; two of fine types."""
    text = "A one. A two. A three. A four."
    mentions = tuple(
        Mention(str(i + 1), start, start + 1, "A", type, (str(i + 1),), fine_type=fine)
        for i, (start, type, fine) in enumerate(
            ((0, "CHEMICAL", ""), (7, "GENE", "GENE-Y"), (14, "GENE", "GENE-N"), (23, "GENE", ""))
        )
    )
    return Document("1", (Passage("abstract", 0, text),), mentions, relations)


def test_relations_by_finer_types() -> None:
    document = mention_document(
        Relation("1", "2", "INHIBITOR"),
        Relation("1", "3", "INHIBITOR"),
        Relation("1", "3", "AGONIST"),
    )
    found = count(Split("s", "train", (document,)), DRUGPROT)
    assert found.labels_of_pairs == {"CHEMICAL–GENE": {"INHIBITOR": 2, "AGONIST": 1}}
    assert found.labels_of_fine_pairs == {
        "CHEMICAL–GENE-N": {"AGONIST": 1, "INHIBITOR": 1},
        "CHEMICAL–GENE-Y": {"INHIBITOR": 1},
    }
    # DrugProt does not judge novelty.
    assert found.novelty == {}


def test_finer_types_of_an_unordered_pair_have_one_order() -> None:
    document = mention_document(Relation("2", "3", "PPI"), Relation("3", "2", "PPI"))
    mentions = tuple(msgspec.structs.replace(m, type="Protein") for m in document.mentions)
    document = msgspec.structs.replace(document, mentions=mentions)
    found = count(Split("s", "train", (document,)), PPI)
    assert found.labels_of_fine_pairs == {"GENE-N–GENE-Y": {"PPI": 2}}


def test_distance_is_that_of_the_nearest_mentions() -> None:
    document = mention_document(*(Relation("1", other, "INHIBITOR") for other in "1234"))
    found = count(Split("s", "train", (document,)), DRUGPROT)
    assert list(found.distances.items()) == [
        ("same sentence", 1),
        ("1 sentence apart", 1),
        ("2 sentences apart", 1),
        ("3 or more apart", 1),
    ]
    again = msgspec.structs.replace(document.mentions[1], id="5", start=24, end=25, text=" ")
    moved = msgspec.structs.replace(
        document,
        mentions=(*document.mentions, msgspec.structs.replace(again, entity_ids=("1",))),
        relations=(Relation("1", "4", "INHIBITOR"), Relation("1", "9", "INHIBITOR")),
    )
    found = count(Split("s", "train", (moved,)), DRUGPROT)
    assert found.distances == {"same sentence": 1, "(no mention)": 1}
