"""Novelty of relations that others found, by the vote of several models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

import msgspec

from relatome.data import Document, Relation, Schema
from relatome.encode import softmax
from relatome.errors import NO_NOVELTY_HEAD, Place, UsageError
from relatome.training.ensemble import LoadedModel, scored_by

_HALF = 0.5


def judge_novelty(
    models: Sequence[LoadedModel],
    documents: Sequence[Document],
    by: Literal["majority", "mean"],
) -> list[Document]:
    """The documents, their relations judged novel or not by the models.

    By ``majority`` a relation is novel if most models say so, and in a tie if the mean of their
    probabilities is above one half; by ``mean`` if that mean is. It is the novelty score too.

    Args:
        models: of the schema that the relations are of.
        documents: with relations and the schema's own type names.
        by: the kind of vote.

    Raises:
        UsageError: if a model does not judge novelty.
    """
    for model in models:
        if not model.settings.judges_novelty:
            raise UsageError(NO_NOVELTY_HEAD, at=Place(model.name))
    schema = models[0].settings.schema
    said: dict[tuple[str, str, str], list[tuple[float, bool]]] = defaultdict(list)
    for model in models:
        threshold = model.settings.decoding.novelty_threshold
        for scored in scored_by(model, documents):
            assert scored.novelty is not None
            entities = scored.asked.document.entities
            novel = softmax(scored.novelty)[:, 1].tolist()
            for candidate, probability in zip(scored.asked.candidates, novel, strict=True):
                pair = (entities[candidate.head].id, entities[candidate.tail].id)
                key = _key(scored.asked.document, pair, schema)
                said[key].append((probability, probability >= threshold))

    def judged(document: Document, relation: Relation) -> Relation:
        votes = said.get(_key(document, (relation.head, relation.tail), schema))
        if not votes:
            return relation
        mean = fmean(probability for probability, _ in votes)
        share = fmean(is_novel for _, is_novel in votes)
        decides = mean if by == "mean" or share == _HALF else share
        return msgspec.structs.replace(relation, novel=decides > _HALF, novel_score=mean)

    return [
        document.with_relations(tuple(judged(document, each) for each in document.relations))
        for document in documents
    ]


def _key(document: Document, pair: tuple[str, str], schema: Schema) -> tuple[str, str, str]:
    first, second = pair if schema.ordered else sorted(pair)
    return document.id, first, second
