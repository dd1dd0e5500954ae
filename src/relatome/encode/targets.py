"""Gold relations as class indices for the candidates of an encoded document."""

from __future__ import annotations

import numpy as np

from relatome.data import Schema
from relatome.data.schema import NO_RELATION
from relatome.encode.document import EncodedDocument
from relatome.encode.tokens import IntArray

IGNORED = -100  # the index torch's losses pass over


def relation_targets(encoded: EncodedDocument, schema: Schema) -> tuple[IntArray, IntArray]:
    """Gold classes of every candidate.

    Returns:
        relation classes ``(P,)``, 0 for no relation, 1 + label index otherwise and `IGNORED` where
        the corpus the document comes from does not annotate such pairs, and novelty classes
        ``(P,)``, 1 novel, 0 known, `IGNORED` where nothing is asserted or judged.
    """
    entities = encoded.document.entities
    gold = {}
    for relation in encoded.document.relations:
        gold[relation.head, relation.tail] = relation
        if not schema.ordered:
            gold[relation.tail, relation.head] = relation
    labels = np.zeros(len(encoded.candidates), dtype=np.int64)
    novelty = np.full(len(encoded.candidates), IGNORED, dtype=np.int64)
    for index, candidate in enumerate(encoded.candidates):
        found = gold.get((entities[candidate.head].id, entities[candidate.tail].id))
        if found is None or found.type not in candidate.rule.labels:
            unrelated = schema.unrelated(encoded.document, candidate.rule)
            labels[index] = _class_of(unrelated, schema)
            continue
        labels[index] = 1 + schema.labels.index(found.type)
        if found.novel is not None:
            novelty[index] = int(found.novel)
    return labels, novelty


def _class_of(unrelated: str | None, schema: Schema) -> int:
    if unrelated is None:
        return IGNORED
    return 0 if unrelated == NO_RELATION else 1 + schema.labels.index(unrelated)
