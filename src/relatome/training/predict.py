"""Scoring documents with a torch model, and fitting the decision threshold on dev."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from relatome.data import Document, Schema
from relatome.encode import Decoding, EncodedDocument, decode, length_batches
from relatome.encode.decode import FloatArray
from relatome.models import RelationModel
from relatome.scoring import Result, score
from relatome.training.dataset import tensors

_TOKEN_BUDGET = 4096
_THRESHOLDS = np.round(np.arange(0.1, 0.91, 0.05), 2)


class Scored(NamedTuple):
    """A document with the logits of its candidates: ``(P, labels+1)`` and ``(P, 2)`` or None."""

    encoded: EncodedDocument
    relation: FloatArray
    novelty: FloatArray | None


@torch.no_grad()
def score_documents(
    model: RelationModel, documents: Sequence[EncodedDocument], pad_id: int
) -> list[Scored]:
    """Logits of every candidate of every document, in the order given."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    scored: dict[int, Scored] = {}
    for group in length_batches(documents, _TOKEN_BUDGET):
        batch = {name: value.to(device) for name, value in tensors(group, pad_id).items()}
        scores = model(batch)
        relation = scores.relation.float().cpu().numpy()
        novelty = None if scores.novelty is None else scores.novelty.float().cpu().numpy()
        for row, encoded in enumerate(group):
            pairs = len(encoded.pairs)
            scored[id(encoded)] = Scored(
                encoded, relation[row, :pairs], None if novelty is None else novelty[row, :pairs]
            )
    model.train(was_training)
    return [scored[id(encoded)] for encoded in documents]


def decoded(
    scored: Sequence[Scored], gold: Sequence[Document], schema: Schema, decoding: Decoding
) -> list[Document]:
    """The gold documents with the relations the scores assert in place of their own.

    Documents without a candidate pair were never scored; they come back without relations.
    """
    predicted = {
        s.encoded.document.id: decode(s.encoded, s.relation, s.novelty, schema, decoding)
        for s in scored
    }
    return [predicted.get(document.id, document.with_relations(())) for document in gold]


def fit_decoding(
    scored: Sequence[Scored], gold: Sequence[Document], schema: Schema, rule: str, name: str
) -> tuple[Decoding, Result]:
    """The threshold with the best score `name` of `rule` on a dev split, and the result there.

    The lowest threshold wins a tie, so the choice is a function of the scores alone.
    """
    candidates = [Decoding(threshold=float(threshold)) for threshold in _THRESHOLDS]
    results = [score(gold, decoded(scored, gold, schema, d), rule) for d in candidates]
    best = max(range(len(candidates)), key=lambda index: results[index].f1(name))
    return candidates[best], results[best]
