"""Gold relations as class indices for the candidates of an encoded document."""

from __future__ import annotations

import numpy as np

from relatome.data import Schema
from relatome.encode.document import EncodedDocument
from relatome.encode.tokens import IntArray

IGNORED = -100  # the index torch's losses pass over


def relation_targets(encoded: EncodedDocument, schema: Schema) -> tuple[IntArray, IntArray]:
    """Gold classes of every candidate.

    Returns:
        relation classes ``(P,)``, 0 for no relation and 1 + label index otherwise, and novelty
        classes ``(P,)``, 1 novel, 0 known, `IGNORED` where nothing is asserted or judged.
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
            continue
        labels[index] = 1 + schema.labels.index(found.type)
        if found.novel is not None:
            novelty[index] = int(found.novel)
    return labels, novelty
