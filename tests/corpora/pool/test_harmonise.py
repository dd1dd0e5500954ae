"""Documents in the terms of a pool: labels, types, sentences, records of the same text."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from relatome.corpora.pool import BIOREX
from relatome.corpora.pool.harmonise import by_sentence, harmonised, is_example, joined
from relatome.corpora.pool.source import PoolSource
from relatome.corpora.registry import parts
from relatome.data import Document, Mention, Passage, Relation, Span
from relatome.data.schemas import BIORED
from relatome.errors import InputError

SOURCES = {source.name: source for source in BIOREX.sources}
TEXT = "Drugolin blocks KCN9 and YAP."
DRUGPROT = Document(
    "1",
    (Passage("abstract", 0, TEXT),),
    (
        Mention("T1", 0, 8, "Drugolin", "CHEMICAL", ("T1",)),
        Mention("T2", 16, 20, "KCN9", "GENE", ("T2",), fine_type="GENE-Y"),
        Mention("T3", 25, 28, "YAP", "GENE", ("T3",)),
    ),
)


def related(*labels: str) -> Document:
    return DRUGPROT.with_relations(tuple(Relation("T1", "T2", label) for label in labels))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("INHIBITOR",), "Negative_Correlation"),
        (("AGONIST-ACTIVATOR",), "Positive_Correlation"),
        (("SUBSTRATE_PRODUCT-OF",), "Association"),
        # A pair has one label: what says more, or no more than an association.
        (("DIRECT-REGULATOR", "INHIBITOR"), "Negative_Correlation"),
        (("INHIBITOR", "ANTAGONIST"), "Negative_Correlation"),
        (("ACTIVATOR", "INHIBITOR"), "Association"),
        (("SUBSTRATE", "ACTIVATOR", "INHIBITOR"), "Association"),
    ],
)
def test_labels_of_drugprot(labels: tuple[str, ...], expected: str) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    document = harmonised(related(*labels), SOURCES["drugprot"], counted)
    (relation,) = document.relations
    assert relation.type == expected
    assert relation.infons == {"label": "; ".join(labels)}
    assert sum(counted.values()) == len(labels)
    assert {label for label, _ in counted} == set(labels)
    assert {became for _, became in counted} <= {expected, ""}


def test_types_and_where_a_document_is_from() -> None:
    document = harmonised(related("AGONIST"), SOURCES["drugprot"], Counter())
    assert [m.type for m in document.mentions] == [
        "ChemicalEntity",
        "GeneOrGeneProduct",
        "GeneOrGeneProduct",
    ]
    # The corpus's own type stays where it says more.
    assert [m.fine_type for m in document.mentions] == ["", "GENE-Y", ""]
    assert document.infons == {"corpus": "drugprot", "prompt_word": "DrugProt"}
    drug = Document(
        "d", (Passage("sentence", 0, "Drugo"),), (Mention("e", 0, 5, "Drugo", "brand", ("e",)),)
    )
    (mention,) = harmonised(drug, SOURCES["ddi"], Counter()).mentions
    assert (mention.type, mention.fine_type) == ("ChemicalEntity", "brand")


def test_what_the_pool_does_not_know_is_an_error() -> None:
    with pytest.raises(InputError, match=r"R110.*document 1"):
        harmonised(related("CURES"), SOURCES["drugprot"], Counter())
    with pytest.raises(InputError, match=r"R103.*document 1"):
        harmonised(DRUGPROT, SOURCES["bc5cdr"], Counter())


def test_sentences_become_documents() -> None:
    first, second = "A binds B.", "C and left and right D do not."
    mentions = (
        Mention("a", 0, 1, "A", "Protein", ("a",)),
        Mention("b", 8, 9, "B", "Protein", ("b",)),
        Mention("c", 11, 12, "C", "Protein", ("c",)),
        Mention("d", 17, 33, "left D", "Protein", ("d",), (Span(17, 21), Span(32, 33))),
    )
    document = Document(
        "x",
        (Passage("sentence", 0, first), Passage("sentence", 11, second)),
        mentions,
        (Relation("a", "b", "PPI"), Relation("a", "c", "PPI"), Relation("c", "d", "PPI")),
        {"corpus": "aimed"},
    )
    document.check()
    one, two = by_sentence(document)
    for sentence in (one, two):
        sentence.check()
        assert sentence.infons == {"corpus": "aimed", "document": "x"}
    assert (one.id, one.text, len(one.mentions)) == ("x.s0", first, 2)
    assert two.mentions[1] == Mention(
        "d", 6, 22, "left D", "Protein", ("d",), (Span(6, 10), Span(21, 22))
    )
    # What stands in two sentences is in neither.
    assert [len(sentence.relations) for sentence in (one, two)] == [1, 1]


def test_records_of_the_same_text_become_one() -> None:
    def record(id: str, gene: str) -> Document:
        return Document(
            id,
            (Passage("sentence", 0, "KCN9-11 in pain"),),
            (
                Mention("M0", 0, 7, "KCN9-11", "Gene", (gene,)),
                Mention("M1", 11, 15, "pain", "Disease", ("D1",)),
            ),
            (Relation("D1", gene, "Association"),),
        )

    other = msgspec.structs.replace(
        record("9", "7"), passages=(Passage("sentence", 0, "KCN9-11 in pain."),)
    )
    both, single = joined([record("1", "99"), record("2", "100"), other])
    assert single == other
    both.check()
    assert (both.id, both.infons) == ("1", {"records": "1;2"})
    assert [m.entity_ids for m in both.mentions] == [("99", "100"), ("D1",)]
    assert [(r.head, r.tail) for r in both.relations] == [("D1", "99"), ("D1", "100")]


def test_what_there_is_to_learn_from() -> None:
    related_pair = harmonised(related("AGONIST"), SOURCES["drugprot"], Counter())
    unrelated = related_pair.with_relations(())
    genes = msgspec.structs.replace(unrelated, mentions=unrelated.mentions[1:])
    source = SOURCES["drugprot"]
    assert is_example(related_pair, source, BIORED)
    assert is_example(unrelated, source, BIORED)  # a chemical and a gene, annotated as unrelated
    assert not is_example(genes, source, BIORED)  # two genes, which DrugProt does not annotate
    assert not is_example(unrelated, SOURCES["pharmgkb"], BIORED)  # nor does a repository say no


@pytest.mark.parametrize("source", BIOREX.sources, ids=lambda source: source.name)
def test_every_source_is_mapped_completely(source: PoolSource) -> None:
    assert set(source.labels.values()) <= set(BIOREX.schema.labels)
    assert set(source.types.values()) <= set(BIOREX.schema.entity_types)
    for name in (*source.train, *source.held_out):
        corpus, (split,) = parts(name)
        assert set(corpus.schema.labels) <= source.labels.keys()
        pairs = {name for pair in corpus.schema.pairs for name in (pair.head, pair.tail)}
        assert pairs <= source.types.keys()
        assert (split.role == "test") == (name in source.held_out)
    for head, tail in source.annotated:
        assert BIOREX.schema.pair_rule(head, tail) is not None
    assert bool(source.annotated) == bool(source.negative)
