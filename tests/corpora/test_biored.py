"""BioRED and its relatives hold what their publishers say and the schema expects."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from relatome.corpora import CORPORA, load
from relatome.corpora.stats import Stats, count, type_pair
from relatome.data.schema import BIORED

TYPES = [
    "GeneOrGeneProduct", "DiseaseOrPhenotypicFeature", "ChemicalEntity", "OrganismTaxon",
    "SequenceVariant", "CellLine",
]  # fmt: skip
LABELS = [
    "Association", "Positive_Correlation", "Negative_Correlation", "Bind", "Cotreatment",
    "Comparison", "Drug_Interaction", "Conversion",
]  # fmt: skip


def counted(corpus: str, split: str, directory: Path) -> Stats:
    return count(load(corpus, split, directory), BIORED)


@pytest.mark.parametrize(
    ("corpus", "split", "documents", "mentions", "relations", "novel"),
    [
        ("biored", "train", 400, [4430, 3646, 2853, 1429, 890, 103],
         [2192, 1089, 763, 61, 31, 28, 11, 3], 2838),
        ("biored", "dev", 100, [1087, 982, 822, 370, 250, 22],
         [560, 352, 216, 19, 10, 5, 0, 0], 835),
        ("biored", "test", 100, [1180, 917, 754, 393, 241, 50],
         [635, 325, 171, 9, 14, 6, 2, 1], 859),
        ("bioredirect", "train_dev", 500, [5517, 4628, 3675, 1799, 1140, 125],
         [2751, 1441, 979, 80, 41, 33, 11, 3], 3672),
        ("bioredirect", "test", 100, [1180, 917, 754, 393, 241, 50],
         [635, 325, 171, 9, 14, 6, 2, 1], 859),
    ],
)  # fmt: skip
def test_counts_are_the_published_ones(
    corpora_dir: Path,
    corpus: str,
    split: str,
    documents: int,
    mentions: list[int],
    relations: list[int],
    novel: int,
) -> None:
    found = counted(corpus, split, corpora_dir)
    assert found.documents == documents
    assert [found.mentions[name] for name in TYPES] == mentions
    assert [found.relations.get(name, 0) for name in LABELS] == relations
    assert found.novelty == {"novel": novel, "not novel": sum(relations) - novel}


def test_counts_of_the_track_file(corpora_dir: Path) -> None:
    found = counted("bc8", "train", corpora_dir)
    totals = (sum(found.mentions.values()), sum(found.relations.values()))
    assert (found.documents, *totals) == (500, 16_833, 5_340)


def test_relations_by_type_pair(corpora_dir: Path) -> None:
    total: dict[str, int] = defaultdict(int)
    for split in ("train", "dev", "test"):
        for pair, number in counted("biored", split, corpora_dir).pairs.items():
            total[pair] += number
    assert total == {
        "DiseaseOrPhenotypicFeature–GeneOrGeneProduct": 1633,
        "ChemicalEntity–DiseaseOrPhenotypicFeature": 1237,
        "GeneOrGeneProduct–GeneOrGeneProduct": 1227,
        "ChemicalEntity–GeneOrGeneProduct": 923,
        "DiseaseOrPhenotypicFeature–SequenceVariant": 893,
        "ChemicalEntity–ChemicalEntity": 488,
        "ChemicalEntity–SequenceVariant": 76,
        "SequenceVariant–SequenceVariant": 25,
        "GeneOrGeneProduct–SequenceVariant": 1,
    }


def labels_by_pair(split: str, directory: Path) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)
    for document in load("biored", split, directory).documents:
        for relation in document.relations:
            if relation.head != relation.tail:  # self-relations are outside the task
                seen[type_pair(document, relation, BIORED)].add(relation.type)
    return seen


def test_the_schema_has_the_labels_seen_in_training(corpora_dir: Path) -> None:
    seen = labels_by_pair("train", corpora_dir)
    del seen["GeneOrGeneProduct–SequenceVariant"]  # one relation, outside the task
    # Interferons given with drugs are genes in BioRED; the first such pairs are in dev.
    with_gene = "ChemicalEntity–GeneOrGeneProduct"
    assert "Cotreatment" in labels_by_pair("dev", corpora_dir)[with_gene]
    seen[with_gene].add("Cotreatment")
    assert seen == {f"{rule.head}–{rule.tail}": set(rule.labels) for rule in BIORED.pairs}


@pytest.mark.parametrize("name", ["biored", "bioredirect", "bc8"])
def test_the_registry_knows_the_number_of_documents(corpora_dir: Path, name: str) -> None:
    for split in CORPORA[name].splits:
        assert len(load(name, split.name, corpora_dir).documents) == split.documents
