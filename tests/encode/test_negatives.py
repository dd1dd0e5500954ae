"""Pools of corpora: what an unrelated pair is depends on where it is from."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from relatome.data import Document, Negative, PairRule, Schema
from relatome.data.schema import BIORED
from relatome.encode import (
    Decoding,
    DocumentEncoding,
    decode,
    encode_document,
    relation_targets,
)
from tests.tiny import CHEMICAL, DISEASE, GENE, document, tokenizer

TOKENIZER = tokenizer()
ENCODING = DocumentEncoding(64, 16)


def pooled(rule: PairRule) -> PairRule:
    extra = ("None-CID",) if (rule.head, rule.tail) == (CHEMICAL, DISEASE) else ()
    return PairRule(rule.head, rule.tail, (*rule.labels, *extra))


SCHEMA = msgspec.structs.replace(
    BIORED,
    labels=(*BIORED.labels, "None-CID"),
    pairs=tuple(map(pooled, BIORED.pairs)),
    negatives=(
        Negative("biored", CHEMICAL, DISEASE, "None"),
        Negative("biored", CHEMICAL, GENE, "None"),
        Negative("bc5cdr", CHEMICAL, DISEASE, "None-CID"),
    ),
)
PLAIN = document(
    "d", "{x|C|1} and {y|C|2} cause {pain|D|3} by {z|G|4}", ("1", "3", "Association", None)
)
ASSOCIATION, NONE_CID = 1 + SCHEMA.labels.index("Association"), len(SCHEMA.labels)


def targets(corpus: str | None, schema: Schema = SCHEMA) -> dict[tuple[str, str], int | None]:
    given = PLAIN if corpus is None else msgspec.structs.replace(PLAIN, infons={"corpus": corpus})
    encoded = encode_document(given, schema, TOKENIZER, ENCODING)
    assert encoded is not None
    relation, _ = relation_targets(encoded, schema)
    names = [entity.id for entity in given.entities]
    return {
        (names[c.head], names[c.tail]): int(r.argmax()) if r.any() else None
        for c, r in zip(encoded.candidates, relation, strict=True)
    }


@pytest.mark.parametrize(
    ("corpus", "same_types", "other_types", "not_listed"),
    [
        ("biored", 0, 0, None),
        ("bc5cdr", NONE_CID, None, None),
        ("disgenet", None, None, None),
        (None, 0, 0, 0),
    ],
)
def test_targets(
    corpus: str | None, same_types: int | None, other_types: int | None, not_listed: int | None
) -> None:
    found = targets(corpus)
    assert found["1", "3"] == ASSOCIATION  # a relation is one wherever it is from
    assert found["2", "3"] == same_types
    assert found["1", "4"] == other_types
    assert found["1", "2"] == not_listed


def test_a_schema_without_classes_takes_every_pair() -> None:
    assert set(targets("bc5cdr", BIORED).values()) == {0, ASSOCIATION}


def decoded(**probabilities: float) -> Document:
    """What is asserted of the one pair of a document, whose classes have these probabilities."""
    given = document("d", "{x|C|1} causes {pain|D|2}")
    encoded = encode_document(given, SCHEMA, TOKENIZER, ENCODING)
    assert encoded is not None
    row = np.full((1, 1 + len(SCHEMA.labels)), 1e-9)
    row[0, 0] = max(1 - sum(probabilities.values()), 1e-9)
    for name, value in probabilities.items():
        row[0, 1 + SCHEMA.labels.index(name.replace("_CID", "-CID"))] = value
    return decode(encoded, np.log(row, dtype=np.float32), None, SCHEMA, Decoding(0.5))


def test_every_class_of_none_is_no_relation() -> None:
    # Neither class of none reaches one half, and the two together do.
    assert decoded(None_CID=0.3, Association=0.4).relations == ()
    (relation,) = decoded(None_CID=0.2, Association=0.4, Positive_Correlation=0.3).relations
    assert relation.type == "Association"
    assert relation.score == pytest.approx(0.4, abs=1e-4)
    # Not even the most probable class of all is written, if it asserts nothing.
    (relation,) = decoded(None_CID=0.45, Association=0.3, Positive_Correlation=0.25).relations
    assert relation.type == "Association"
