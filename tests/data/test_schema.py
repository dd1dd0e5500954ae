from __future__ import annotations

from collections import defaultdict
from itertools import product
from pathlib import Path

import msgspec
import pytest

from relatome import formats
from relatome.data import Document, Mention, Passage
from relatome.data.schema import BIORED, Schema
from relatome.data.schemas import SCHEMAS
from relatome.errors import InputError, Place

GENE, DISEASE, CHEMICAL, VARIANT = (
    "GeneOrGeneProduct",
    "DiseaseOrPhenotypicFeature",
    "ChemicalEntity",
    "SequenceVariant",
)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Gene", GENE),
        ("geneorgeneproduct", GENE),
        ("DISEASE", DISEASE),
        ("Chemical", CHEMICAL),
        ("DNAMutation", VARIANT),
        ("Species", "OrganismTaxon"),
        ("CellLine", "CellLine"),
    ],
)
def test_spellings_of_a_type(spelling: str, name: str) -> None:
    assert BIORED.canonical_type(spelling) == name


def test_an_unknown_type_is_refused_where_it_stands() -> None:
    with pytest.raises(InputError, match=r"a\.txt:3: unknown entity type 'Protein'.*CellLine"):
        BIORED.canonical_type("Protein", Place("a.txt", line=3))


def test_a_document_conforms_in_the_schemas_spelling() -> None:
    mentions = (
        Mention("m1", 0, 5, "BRCA1", "Gene", ("672",)),
        Mention("m2", 6, 12, "cancer", DISEASE, ("D1",)),
    )
    document = Document("1", (Passage("title", 0, "BRCA1 cancer"),), mentions)
    conformed = BIORED.conform(document)
    assert [mention.type for mention in conformed.mentions] == [GENE, DISEASE]
    assert msgspec.structs.replace(conformed, mentions=mentions) == document
    assert [mention.text for mention in conformed.mentions] == ["BRCA1", "cancer"]
    assert BIORED.conform(conformed) is conformed


def test_a_document_that_cannot_conform_is_named() -> None:
    document = Document(
        "7", (Passage("title", 0, "Earth"),), (Mention("m", 0, 5, "Earth", "Planet"),)
    )
    with pytest.raises(InputError, match="document 7: unknown entity type 'Planet'"):
        BIORED.conform(document)


def test_labels_are_exact() -> None:
    assert BIORED.require_label("Bind") == "Bind"
    with pytest.raises(InputError, match=r"unknown relation type 'bind'.*Conversion"):
        BIORED.require_label("bind")


def test_without_argument_order_a_rule_covers_both_orders() -> None:
    rule = BIORED.pair_rule(GENE, CHEMICAL)
    assert rule is BIORED.pair_rule(CHEMICAL, GENE)
    assert rule is not None
    assert (rule.head, rule.tail) == (CHEMICAL, GENE)


def test_with_argument_order_it_covers_one() -> None:
    ordered = msgspec.structs.replace(BIORED, ordered=True)
    assert ordered.pair_rule(CHEMICAL, GENE) is not None
    assert ordered.pair_rule(GENE, CHEMICAL) is None


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_is_sound(schema: Schema) -> None:
    assert SCHEMAS[schema.name] is schema
    spellings = [
        spelling.lower()
        for name, aliases in schema.entity_types.items()
        for spelling in (name, *aliases)
    ]
    assert len(spellings) == len(set(spellings)), "one spelling, two types"
    assert len(schema.labels) == len(set(schema.labels))
    for rule in schema.pairs:
        assert {rule.head, rule.tail} <= set(schema.entity_types)
        assert rule.labels
        assert len(rule.labels) == len(set(rule.labels))
        assert set(rule.labels) <= set(schema.labels)
    assert {label for rule in schema.pairs for label in rule.labels} == set(schema.labels)
    for head, tail in product(schema.entity_types, repeat=2):
        rules = [r for r in schema.pairs if (r.head, r.tail) == (head, tail)]
        if not schema.ordered and head != tail:
            rules += [r for r in schema.pairs if (r.head, r.tail) == (tail, head)]
        assert len(rules) <= 1, "one type pair, two rules"
        assert schema.pair_rule(head, tail) is (rules[0] if rules else None)


def test_biored_is_what_its_training_split_shows(corpora_dir: Path) -> None:
    seen: dict[frozenset[str], set[str]] = defaultdict(set)
    for document in formats.read(corpora_dir / "biored" / "Train.PubTator.gz"):
        for relation in document.relations:
            arguments = (relation.head, relation.tail)
            if relation.head != relation.tail:
                types = frozenset(document.entity_by_id[each].type for each in arguments)
                seen[types].add(relation.type)

    # One relation of the training split lies outside the eight pairs of the BioRED paper.
    assert seen.pop(frozenset({GENE, VARIANT})) == {"Association"}
    # The training split shows no cotreatment of a chemical with a gene product; the guideline
    # allows it, and the dev split has two.
    assert "Cotreatment" not in seen[frozenset({CHEMICAL, GENE})]
    seen[frozenset({CHEMICAL, GENE})].add("Cotreatment")
    assert seen == {frozenset({rule.head, rule.tail}): set(rule.labels) for rule in BIORED.pairs}


def test_where_mentions_are_related_each_without_identifier_is_an_entity() -> None:
    mentions = (
        Mention("T1", 0, 4, "KCN9", "Gene"),
        Mention("T2", 5, 8, "YAP", "Gene", ("10413",)),
    )
    document = Document("1", (Passage("title", 0, "KCN9 YAP"),), mentions)
    by_mention = msgspec.structs.replace(BIORED, unit="mention").conform(document)
    assert [entity.id for entity in by_mention.entities] == ["T1", "10413"]
    assert [entity.id for entity in BIORED.conform(document).entities] == ["10413"]
