"""Gold classes of candidates."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from relatome.data import Document, Mention, Passage, Schema
from relatome.data.schema import BIORED
from relatome.data.schemas import DRUGPROT
from relatome.encode import (
    DocumentEncoding,
    coreference_targets,
    direction_targets,
    encode_document,
    pair_type_targets,
    relation_targets,
    type_classes,
    type_targets,
)
from tests.tiny import document, tokenizer

TEXT = "{x|G|1} causes {pain|D|2} and {y|G|3}"
TOKENIZER = tokenizer()


def targets(given: Document) -> dict[tuple[str, str], tuple[set[int], set[int]]]:
    """Relation and novelty classes by the ids of head and tail."""
    encoded = encode_document(given, BIORED, TOKENIZER, DocumentEncoding(64, 16))
    assert encoded is not None
    relation, novelty = relation_targets(encoded, BIORED)
    assert relation.dtype == novelty.dtype == np.bool_
    assert relation.shape == (len(encoded.candidates), 1 + len(BIORED.labels))
    assert novelty.shape == (len(encoded.candidates), 2)
    entities = given.entities
    return {
        (entities[c.head].id, entities[c.tail].id): (
            set(np.flatnonzero(r).tolist()),
            set(np.flatnonzero(n).tolist()),
        )
        for c, r, n in zip(encoded.candidates, relation, novelty, strict=True)
    }


def label(name: str) -> int:
    return 1 + BIORED.labels.index(name)


@pytest.mark.parametrize("arguments", [("1", "2"), ("2", "1")], ids=["as given", "turned round"])
@pytest.mark.parametrize(("novel", "expected"), [(True, {1}), (False, {0}), (None, set())])
def test_unordered_pairs_may_be_given_either_way_round(
    arguments: tuple[str, str], novel: bool | None, expected: set[int]
) -> None:
    found = targets(document("d", TEXT, (*arguments, "Positive_Correlation", novel)))
    assert found == {
        ("2", "1"): ({label("Positive_Correlation")}, expected),
        ("2", "3"): ({0}, set()),
        ("1", "3"): ({0}, set()),
    }


def test_ordered_pairs_are_kept_apart() -> None:
    ordered = msgspec.structs.replace(BIORED, ordered=True)
    given = document("d", TEXT, ("3", "1", "Bind", True))
    encoded = encode_document(given, ordered, TOKENIZER, DocumentEncoding(64, 16))
    assert encoded is not None
    relation, _ = relation_targets(encoded, ordered)
    entities = given.entities
    gold = {
        (entities[c.head].id, entities[c.tail].id): np.flatnonzero(r).tolist()
        for c, r in zip(encoded.candidates, relation, strict=True)
    }
    assert gold["3", "1"] == [label("Bind")]
    assert gold["1", "3"] == [0]


def test_a_pair_may_have_several_labels() -> None:
    several = [("1", "3", name, None) for name in ("Bind", "Association")]
    found = targets(document("d", TEXT, *several))
    assert found["1", "3"] == ({label("Bind"), label("Association")}, set())


def test_a_label_illegal_for_the_pair_is_no_target() -> None:
    # `relatome check` reports it as unreachable; the model has no class for it there.
    found = targets(document("d", TEXT, ("1", "2", "Bind", True)))
    assert found["2", "1"] == ({0}, set())


def types(given: Document, schema: Schema) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """Gold types of head and tail by their ids."""
    encoded = encode_document(given, schema, TOKENIZER, DocumentEncoding(64, 16))
    assert encoded is not None
    classes = type_classes(schema)
    gold = type_targets(encoded, schema)
    for matrix in gold:
        assert matrix.dtype == np.bool_
        assert matrix.shape == (len(encoded.candidates), len(classes))
    entities = given.entities
    return {
        (entities[c.head].id, entities[c.tail].id): tuple(  # type: ignore[misc]
            [classes[index] for index in np.flatnonzero(row)] for row in ends
        )
        for c, *ends in zip(encoded.candidates, *gold, strict=True)
    }


def test_the_types_of_both_ends() -> None:
    gene, disease = ["GeneOrGeneProduct"], ["DiseaseOrPhenotypicFeature"]
    assert types(document("d", TEXT), BIORED) == {
        ("2", "1"): (disease, gene),
        ("2", "3"): (disease, gene),
        ("1", "3"): (gene, gene),
    }


def test_types_are_as_fine_as_the_corpus_has_them() -> None:
    assert type_classes(DRUGPROT) == ("CHEMICAL", "GENE", "GENE-Y", "GENE-N")
    mentions = tuple(
        Mention(name, start, start + 1, name, type, (id,), fine_type=fine)
        for start, (name, type, id, fine) in enumerate(
            [
                ("c", "CHEMICAL", "1", ""),
                ("y", "GENE", "2", "GENE-Y"),
                ("n", "GENE", "3", "GENE-N"),
                ("g", "GENE", "4", ""),
                ("z", "GENE", "2", "GENE-N"),
                ("s", "GENE", "5", "protein"),
            ]
        )
    )
    given = Document("d", (Passage("abstract", 0, "cyngzs"),), mentions)
    given.check()
    chemical = ["CHEMICAL"]
    assert types(given, DRUGPROT) == {
        ("1", "2"): (chemical, ["GENE-Y"]),  # an entity has the type of its first mention
        ("1", "3"): (chemical, ["GENE-N"]),
        ("1", "4"): (chemical, ["GENE"]),
        ("1", "5"): (chemical, []),  # a type that the schema does not name is not judged
    }


def test_mentions_of_one_entity_corefer() -> None:
    # Mention 0 and 2 mean the same; 3 belongs to two entities; 4 to none.
    entities = [np.asarray([0, 2]), np.asarray([1, 3]), np.asarray([3])]
    gold = coreference_targets(entities, 5)
    assert gold.shape == (5, 5, 2)
    same = {(0, 2), (1, 3)}
    for left in range(5):
        for right in range(5):
            judged = left < right and 4 not in (left, right)
            expected = (False, False)
            if judged:
                expected = ((left, right) not in same, (left, right) in same)
            assert tuple(gold[left, right]) == expected


def test_relation_candidates_never_have_the_pairs_coreference_learns_from() -> None:
    given = document("d", "{x|G|1} causes {pain|D|2} and {x|G|1} {y|G|3}")
    encoded = encode_document(given, BIORED, TOKENIZER, DocumentEncoding(64, 16))
    assert encoded is not None
    assert all(candidate.head != candidate.tail for candidate in encoded.candidates)
    entities = [row[row >= 0] for row in encoded.entity_mentions]
    assert coreference_targets(entities, 4)[0, 2].tolist() == [False, True]


def test_pair_types_are_the_rules_of_the_schema() -> None:
    encoded = encode_document(document("d", TEXT), BIORED, TOKENIZER, DocumentEncoding(64, 16))
    assert encoded is not None
    gold = pair_type_targets(encoded, BIORED)
    assert gold.shape == (3, 8)
    assert gold.sum(axis=1).tolist() == [1, 1, 1]
    for candidate, row in zip(encoded.candidates, gold, strict=True):
        assert BIORED.pairs[int(row.argmax())] == candidate.rule


def directions(*subjects: str | None) -> dict[tuple[str, str], list[bool]]:
    """Gold rows by pair where these act in the relations of 1 with 2 and of 1 with 3."""
    given = document("d", TEXT, ("1", "2", "Association", None), ("1", "3", "Bind", None))
    relations = tuple(
        msgspec.structs.replace(relation, subject=subject)
        for relation, subject in zip(given.relations, subjects, strict=True)
    )
    encoded = encode_document(
        given.with_relations(relations), BIORED, TOKENIZER, DocumentEncoding(64, 16)
    )
    assert encoded is not None
    gold = direction_targets(encoded, BIORED)
    assert gold.dtype == np.bool_
    ids = [entity.id for entity in given.entities]
    return {
        (ids[c.head], ids[c.tail]): row.tolist()
        for c, row in zip(encoded.candidates, gold, strict=True)
    }


HEAD, TAIL, NEITHER, UNJUDGED = *np.eye(3, dtype=np.bool_).tolist(), [False] * 3


def test_the_subject_of_each_relation() -> None:
    assert directions("1", "3") == {("2", "1"): TAIL, ("2", "3"): UNJUDGED, ("1", "3"): TAIL}
    assert directions("2", "1") == {("2", "1"): HEAD, ("2", "3"): UNJUDGED, ("1", "3"): HEAD}
    assert directions("2", None) == {("2", "1"): HEAD, ("2", "3"): UNJUDGED, ("1", "3"): NEITHER}


def test_a_document_without_subjects_is_not_judged() -> None:
    assert set(map(tuple, directions(None, None).values())) == {tuple(UNJUDGED)}


def test_a_subject_outside_the_pair_is_not_judged() -> None:
    assert directions("3", "1")["2", "1"] == UNJUDGED
