"""The way back: class scores of the candidates to relations of the document."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Document, Relation, Schema
from relatome.encode.asked import Asked
from relatome.errors import MODEL_SCORES, ModelError, Place

FloatArray = npt.NDArray[np.float32]

# Logit of a class that is not legal for a pair: far below any real one, yet finite in half
# precision, so that no product or sum of it becomes NaN.
ILLEGAL = -1e4

Temperature = Annotated[float, msgspec.Meta(gt=0)]


class Decoding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How class probabilities become assertions.

    The thresholds are on the model's own probabilities, so that a temperature changes how sure an
    assertion is and never which are made.

    Attributes:
        threshold: a pair is asserted where the probability of any relation reaches it.
        novelty_threshold: an asserted relation is novel where its probability of being novel
            reaches it.
        second_threshold: a further label of an asserted pair, in schemas where a pair may have
            several, is asserted where its own probability reaches it; 1: never.
        temperature: what the logits of relations are divided by before they become scores.
        novelty_temperature: the same for those of novelty.
    """

    threshold: float = 0.5
    novelty_threshold: float = 0.5
    second_threshold: float = 1.0
    temperature: Temperature = 1.0
    novelty_temperature: Temperature = 1.0


def softmax(logits: FloatArray) -> FloatArray:
    """Softmax over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def decode(
    asked: Asked,
    relation_logits: FloatArray,
    novelty_logits: FloatArray | None,
    schema: Schema,
    decoding: Decoding,
    direction_logits: FloatArray | None = None,
) -> Document:
    """The document with the relations that the scores assert, most probable first.

    Args:
        asked: the document and its candidates.
        relation_logits: ``(P, labels+1)``, class 0 being no relation.
        novelty_logits: ``(P, 2)``, known and novel, or None for a schema without novelty.
        schema: the labels.
        decoding: the thresholds.
        direction_logits: ``(P, 3)``, subject head, tail and neither, or None where the model does
            not tell.

    Raises:
        ModelError: if a score is not a number, which no threshold would ever assert.
    """
    acting = None if direction_logits is None else direction_logits.argmax(axis=1)
    if novelty_logits is not None:
        novel = softmax(novelty_logits)[:, 1]
        novel_score = softmax(novelty_logits / np.float32(decoding.novelty_temperature))[:, 1]
    entities = asked.document.entities
    relations = []
    for row, label, score in assertions(asked, relation_logits, schema, decoding):
        candidate = asked.candidates[row]
        ids = (entities[candidate.head].id, entities[candidate.tail].id)
        judged = novelty_logits is not None
        relations.append(
            Relation(
                head=ids[0],
                tail=ids[1],
                type=schema.labels[label - 1],
                score=score,
                novel=float(novel[row]) >= decoding.novelty_threshold if judged else None,
                novel_score=float(novel_score[row]) if judged else None,
                subject=None if acting is None else (*ids, None)[acting[row]],
            )
        )
    relations.sort(key=lambda relation: -(relation.score or 0.0))
    return asked.document.with_relations(tuple(relations))


class Assertion(NamedTuple):
    """A class that is asserted of a candidate, both by index, and its score."""

    row: int
    label: int
    score: float


def assertions(
    asked: Asked, relation_logits: FloatArray, schema: Schema, decoding: Decoding
) -> list[Assertion]:
    """What the scores assert, candidate after candidate; arguments and errors as for `decode`."""
    probability = _softmax_of_legal(asked, relation_logits)
    if np.isnan(probability).any():
        raise ModelError(MODEL_SCORES, at=Place(document=asked.document.id))
    # Every class that asserts nothing is no relation, by whatever name.
    classes = np.array([1 + schema.labels.index(label) for label in schema.asserting])
    none = np.delete(probability, classes, axis=1).sum(axis=1)
    ranked = classes[np.argsort(-probability[:, classes], axis=1, kind="stable")]
    score = _softmax_of_legal(asked, relation_logits / np.float32(decoding.temperature))
    found = []
    for row in np.flatnonzero(1 - none >= decoding.threshold).tolist():
        for rank, label in enumerate(ranked[row] if schema.multi_label else ranked[row, :1]):
            if rank and float(probability[row, label]) < decoding.second_threshold:
                break
            found.append(Assertion(row, int(label), float(score[row, label])))
    return found


def _softmax_of_legal(asked: Asked, logits: FloatArray) -> FloatArray:
    return softmax(np.where(asked.legal, logits, np.float32(ILLEGAL)))
