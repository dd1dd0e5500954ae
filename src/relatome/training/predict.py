"""Scoring documents with a torch model, and fitting the decision threshold on dev."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import torch

from relatome.data import Document, Schema
from relatome.encode import (
    ILLEGAL,
    Asked,
    Decoding,
    Settings,
    combined,
    decode,
    length_batches,
    relation_targets,
    units,
)
from relatome.encode.decode import FloatArray
from relatome.models import RelationModel
from relatome.scoring import Result, score
from relatome.training.dataset import tensors

_TOKEN_BUDGET = 4096
_READ = ("relation", "novelty", "direction")  # what a prediction is made of
_THRESHOLDS = np.round(np.arange(0.1, 0.91, 0.05), 2)
_SECOND_THRESHOLDS = (1.0, 0.45, 0.4, 0.35, 0.3, 0.25)


class Scored(NamedTuple):
    """A document with the logits of its candidates: ``(P, labels+1)``, ``(P, 2)`` and ``(P, 3)``.

    Each is None where the model has no such head.
    """

    asked: Asked
    relation: FloatArray | None
    novelty: FloatArray | None
    direction: FloatArray | None = None


@torch.no_grad()
def score_documents(
    model: RelationModel, documents: Sequence[Asked], settings: Settings, pad_id: int
) -> list[Scored]:
    """Logits of every candidate of every document, in the order given."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    found: dict[int, dict[str, FloatArray]] = {}  # by unit
    every = [unit for asked in documents for unit in units(asked)]
    for group in length_batches(every, _TOKEN_BUDGET):
        batch = tensors(group, pad_id, settings.encoding)
        scores = model({name: value.to(device) for name, value in batch.items()})
        logits = {task: scores[task].float().cpu().numpy() for task in _READ if task in scores}
        for index, unit in enumerate(group):
            pairs = len(unit.pair_rules)
            found[id(unit)] = {task: rows[index, :pairs] for task, rows in logits.items()}
    model.train(was_training)
    by_document = [combined(asked, (found[id(u)] for u in units(asked))) for asked in documents]
    return [
        Scored(asked, *(scores.get(task) for task in _READ))
        for asked, scores in zip(documents, by_document, strict=True)
    ]


def decoded(
    scored: Sequence[Scored], gold: Sequence[Document], settings: Settings
) -> list[Document]:
    """The gold documents with the relations the scores assert in place of their own.

    Documents without a candidate pair were never scored; they come back without relations. A model
    that only judges novelty is given the gold relations to judge.
    """
    schema = settings.schema
    predicted = {
        s.asked.document.id: decode(
            s.asked,
            _given(s.asked, schema) if s.relation is None else s.relation,
            s.novelty,
            schema,
            settings.decoding,
            s.direction,
        )
        for s in scored
    }
    return [predicted.get(document.id, document.with_relations(())) for document in gold]


def _given(asked: Asked, schema: Schema) -> FloatArray:
    """Logits that assert the document's own relations, ``(P, labels+1)``."""
    relation, _ = relation_targets(asked, schema)
    return np.where(relation, np.float32(0), np.float32(ILLEGAL))


def fit_decoding(
    scored: Sequence[Scored], gold: Sequence[Document], settings: Settings, rule: str, name: str
) -> tuple[Settings, Result]:
    """The thresholds with the best score `name` of `rule` on a dev split, and the result there.

    The first threshold wins a tie, so the choice is a function of the scores alone.
    """

    def best(choices: Sequence[Decoding]) -> tuple[Settings, Result]:
        fitted = [msgspec.structs.replace(settings, decoding=choice) for choice in choices]
        results = [score(gold, decoded(scored, gold, each), rule) for each in fitted]
        index = max(range(len(choices)), key=lambda index: results[index].f1(name))
        return fitted[index], results[index]

    if not settings.relation:
        return best([settings.decoding])
    fitted, result = best([Decoding(threshold=float(threshold)) for threshold in _THRESHOLDS])
    if not settings.schema.multi_label:
        return fitted, result
    return best(
        [
            msgspec.structs.replace(fitted.decoding, second_threshold=threshold)
            for threshold in _SECOND_THRESHOLDS
        ]
    )
