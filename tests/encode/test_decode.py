"""From scores to relations: legal labels, thresholds, order."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from relatome.data import Document
from relatome.data.schema import BIORED
from relatome.encode import (
    Decoding,
    DocumentEncoding,
    EncodedDocument,
    decode,
    encode_document,
    softmax,
)
from relatome.errors import ModelError
from tests.tiny import DOCUMENTS, document, tokenizer

TOKENIZER = tokenizer()
CLASSES = 1 + len(BIORED.labels)


def encoded(given: Document) -> EncodedDocument:
    made = encode_document(given, BIORED, TOKENIZER, DocumentEncoding(64, 16))
    assert made is not None
    return made


PAIR = encoded(document("d", "{x|G|1} causes {pain|D|2}", ("1", "2", "Association", True)))
MIXED = encoded(DOCUMENTS[4])


def logits(**probabilities: float) -> np.ndarray:
    """One row of logits with these probabilities; what is left goes to no relation."""
    row = np.full(CLASSES, 1e-12)
    for name, value in probabilities.items():
        row[1 + BIORED.labels.index(name)] = value
    row[0] = 1 - sum(probabilities.values())
    return np.log(row, dtype=np.float32)[None]


def one(row: np.ndarray, novelty: float = 0.7, **settings: float) -> Document:
    novel = np.log(np.asarray([[1 - novelty, novelty]], dtype=np.float32))
    return decode(PAIR, row, novel, BIORED, Decoding(**settings))


def test_a_relation_with_its_scores() -> None:
    (relation,) = one(logits(Association=0.6, Positive_Correlation=0.3)).relations
    assert (relation.head, relation.tail, relation.type) == ("2", "1", "Association")
    assert relation.score == pytest.approx(0.6, abs=1e-4)
    assert relation.novel is True
    assert relation.novel_score == pytest.approx(0.7, abs=1e-4)


def test_the_threshold_is_on_the_probability_of_any_relation() -> None:
    row = logits(Association=0.3, Positive_Correlation=0.25)
    (relation,) = one(row, threshold=0.5).relations
    assert relation.score == pytest.approx(0.3, abs=1e-4)
    assert one(row, threshold=0.6).relations == ()


def test_reaching_the_threshold_is_enough() -> None:
    row = np.full((1, CLASSES), -1e4, dtype=np.float32)
    row[0, :2] = 0  # exactly a half each
    assert len(one(row, threshold=0.5).relations) == 1


@pytest.mark.parametrize(("novelty", "novel"), [(0.5, True), (0.49, False)])
def test_the_novelty_threshold(novelty: float, novel: bool) -> None:
    (relation,) = one(logits(Association=0.9), novelty=novelty).relations
    assert relation.novel is novel


def test_without_a_novelty_head_nothing_is_said_of_it() -> None:
    found = decode(PAIR, logits(Association=0.9), None, BIORED, Decoding())
    assert (found.relations[0].novel, found.relations[0].novel_score) == (None, None)


def test_illegal_labels_take_no_probability() -> None:
    # Bind is not legal between a gene and a disease, however the model scores it.
    row = np.zeros((1, CLASSES), dtype=np.float32)
    row[0, 1 + BIORED.labels.index("Bind")] = 50
    (relation,) = one(row, threshold=0.1).relations
    assert relation.type == "Association"
    assert relation.score == pytest.approx(1 / 4)  # none and three legal labels, all equal


def test_relations_of_the_input_are_replaced() -> None:
    assert PAIR.document.relations
    assert one(logits(Association=0.01)).relations == ()
    assert PAIR.document.relations


SEVERAL = msgspec.structs.replace(BIORED, multi_label=True)


def labels(second_threshold: float, **probabilities: float) -> list[tuple[str, float]]:
    """Labels asserted of a pair that may have several, with their scores."""
    decoding = Decoding(threshold=0.5, second_threshold=second_threshold)
    novel = np.zeros((1, 2), dtype=np.float32)
    found = decode(PAIR, logits(**probabilities), novel, SEVERAL, decoding).relations
    assert len({(r.head, r.tail, r.novel, r.novel_score) for r in found}) == min(1, len(found))
    return [(r.type, round(r.score or 0, 2)) for r in found]


BOTH = {"Association": 0.3, "Positive_Correlation": 0.45, "Negative_Correlation": 0.2}


@pytest.mark.parametrize(
    ("threshold", "count"), [(1.0, 1), (0.31, 1), (0.29, 2), (0.25, 2), (0.19, 3)]
)
def test_further_labels_are_asserted_where_they_reach_their_threshold(
    threshold: float, count: int
) -> None:
    expected = [("Positive_Correlation", 0.45), ("Association", 0.3), ("Negative_Correlation", 0.2)]
    assert labels(threshold, **BOTH) == expected[:count]


def test_a_pair_that_is_not_asserted_has_no_further_labels() -> None:
    assert labels(0.1, Association=0.2, Positive_Correlation=0.25) == []


def test_the_best_label_needs_not_reach_the_threshold_of_further_ones() -> None:
    assert labels(0.45, Association=0.26, Positive_Correlation=0.3) == [
        ("Positive_Correlation", 0.3)
    ]


def test_a_schema_of_single_labels_has_one_whatever_the_threshold() -> None:
    assert len(one(logits(**BOTH), second_threshold=0.0).relations) == 1


any_logits = arrays.arrays(
    np.float32,
    (len(MIXED.candidates), CLASSES),
    elements=st.floats(-60, 60, width=32),
)


@given(any_logits, st.floats(0.05, 0.95))
def test_decoded_relations_are_legal_and_in_order(row: np.ndarray, threshold: float) -> None:
    found = decode(MIXED, row, None, BIORED, Decoding(threshold=threshold))
    found.check()
    scores = [relation.score for relation in found.relations]
    assert scores == sorted(scores, key=lambda s: -(s or 0))
    pairs = [(relation.head, relation.tail) for relation in found.relations]
    assert len(pairs) == len(set(pairs))
    types = {entity.id: entity.type for entity in found.entities}
    for relation in found.relations:
        rule = BIORED.pair_rule(types[relation.head], types[relation.tail])
        assert rule is not None
        assert relation.type in rule.labels
        assert 0 < (relation.score or 0) <= 1


@given(any_logits, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_higher_threshold_asserts_a_subset(row: np.ndarray, one: float, other: float) -> None:
    low, high = sorted((one, other))
    many = decode(MIXED, row, None, BIORED, Decoding(threshold=low)).relations
    few = decode(MIXED, row, None, BIORED, Decoding(threshold=high)).relations
    assert set(map(repr, few)) <= set(map(repr, many))


@given(any_logits, st.floats(0.05, 0.95), st.floats(0.25, 10), st.floats(0.25, 10))
def test_a_temperature_changes_scores_and_nothing_else(
    row: np.ndarray, threshold: float, temperature: float, novelty_temperature: float
) -> None:
    novel = row[:, :2]
    plain = Decoding(threshold=threshold, novelty_threshold=0.3)
    hot = msgspec.structs.replace(
        plain, temperature=temperature, novelty_temperature=novelty_temperature
    )

    def asserted(decoding: Decoding) -> set[tuple[object, ...]]:
        found = decode(MIXED, row, novel, BIORED, decoding).relations
        return {(r.head, r.tail, r.type, r.novel) for r in found}

    assert asserted(hot) == asserted(plain)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_score_is_the_softmax_at_the_temperature(temperature: float) -> None:
    row = logits(Association=0.6, Positive_Correlation=0.3)
    (relation,) = one(row, temperature=temperature, novelty_temperature=temperature).relations
    powers = np.array([0.1, 0.6, 0.3]) ** (1 / temperature)
    assert relation.score == pytest.approx(powers[1] / powers.sum(), abs=1e-4)
    novel = np.array([0.3, 0.7]) ** (1 / temperature)
    assert relation.novel_score == pytest.approx(novel[1] / novel.sum(), abs=1e-4)


def test_a_high_temperature_gives_nothing_to_illegal_labels() -> None:
    (relation,) = one(np.zeros((1, CLASSES), dtype=np.float32), temperature=10.0).relations
    assert relation.score == pytest.approx(1 / 4)


def test_a_temperature_is_above_zero() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"temperature": 0}', type=Decoding)


@given(any_logits)
def test_softmax_sums_to_one(row: np.ndarray) -> None:
    assert softmax(row).sum(axis=-1) == pytest.approx(1, abs=1e-5)


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ModelError, match=r"R514.*document d"):
        one(np.full((1, CLASSES), np.nan, dtype=np.float32))


@pytest.mark.parametrize(
    ("row", "subject"), [((3, 1, 2), "2"), ((0, 1, -1), "1"), ((0, 1, 2), None), ((2, 2, 2), "2")]
)
def test_the_subject_is_the_likeliest_of_head_tail_and_neither(
    row: tuple[float, float, float], subject: str | None
) -> None:
    scores = np.asarray([row], dtype=np.float32)
    found = decode(PAIR, logits(Association=0.9), None, BIORED, Decoding(), scores)
    (relation,) = found.relations
    assert (relation.head, relation.tail, relation.subject) == ("2", "1", subject)


def test_a_model_that_tells_no_direction_names_no_subject() -> None:
    (relation,) = one(logits(Association=0.9)).relations
    assert relation.subject is None
