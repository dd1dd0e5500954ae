"""What is true of the candidates of an encoded document, as multi-hot rows over classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from relatome.data import Relation, Schema
from relatome.data.schema import NO_RELATION
from relatome.encode.asked import Asked
from relatome.encode.document import EncodedDocument
from relatome.encode.mention_tags import TAGS, tag_spans
from relatome.encode.tokens import IntArray

Gold = npt.NDArray[np.bool_]


def relation_targets(asked: Asked, schema: Schema) -> tuple[Gold, Gold]:
    """Gold classes of every candidate; a row without any is not judged.

    Returns:
        relation classes ``(P, labels+1)``, class 0 being no relation; several are true where the
        corpus gives a pair several labels, none where the corpus the document comes from does not
        annotate such pairs; and novelty classes ``(P, 2)``, known and novel, neither where
        nothing is asserted or judged.
    """
    entities = asked.document.entities
    related: dict[tuple[str, str], list[Relation]] = defaultdict(list)
    for relation in asked.document.relations:
        related[relation.head, relation.tail].append(relation)
        if not schema.ordered:
            related[relation.tail, relation.head].append(relation)
    labels = np.zeros((len(asked.candidates), 1 + len(schema.labels)), dtype=np.bool_)
    novelty = np.zeros((len(asked.candidates), 2), dtype=np.bool_)
    for row, candidate in enumerate(asked.candidates):
        pair = (entities[candidate.head].id, entities[candidate.tail].id)
        found = [r for r in related.get(pair, ()) if r.type in candidate.rule.labels]
        for relation in found:
            labels[row, 1 + schema.labels.index(relation.type)] = True
            if relation.novel is not None:
                novelty[row] = (not relation.novel, relation.novel)
        if not found:
            unrelated = schema.unrelated(asked.document, candidate.rule)
            if unrelated is not None:
                labels[row, _class_of(unrelated, schema)] = True
    return labels, novelty


def direction_targets(asked: Asked, schema: Schema) -> Gold:
    """Gold subject of every candidate's relation, ``(P, 3)``: the head, the tail, neither.

    A row without any is not judged: pairs that are not related, and all pairs of a document that
    names no subject, for it may come from a corpus that never does.
    """
    document = asked.document
    judged = any(relation.subject is not None for relation in document.relations)
    subjects: dict[tuple[str, str], str | None] = {}
    for relation in document.relations:
        subjects[relation.head, relation.tail] = relation.subject
        if not schema.ordered:
            subjects[relation.tail, relation.head] = relation.subject
    gold = np.zeros((len(asked.candidates), 3), dtype=np.bool_)
    related = relation_targets(asked, schema)[0][:, 1:].any(axis=1)
    for row in np.flatnonzero(related & judged):
        candidate = asked.candidates[row]
        ids = [document.entities[entity].id for entity in (candidate.head, candidate.tail)]
        subject = subjects.get((ids[0], ids[1]))
        if subject is None or subject in ids:
            gold[row, 2 if subject is None else ids.index(subject)] = True
    return gold


def type_classes(schema: Schema) -> tuple[str, ...]:
    """The entity types a mention may be given, the finer ones of the corpora among them."""
    return tuple(
        dict.fromkeys(
            name for type, aliases in schema.entity_types.items() for name in (type, *aliases)
        )
    )


def type_targets(asked: Asked, schema: Schema) -> tuple[Gold, Gold]:
    """Gold types of every candidate's head and tail, each ``(P, types)``.

    An entity has the type of its first mention, the corpus's finer one where there is one.
    """
    classes = {name: index for index, name in enumerate(type_classes(schema))}
    entities, mentions = asked.document.entities, asked.document.mentions
    of_entity = np.zeros((len(entities), len(classes)), dtype=np.bool_)
    for row, entity in zip(of_entity, entities, strict=True):
        first = mentions[entity.mentions[0]]
        if (index := classes.get(first.fine_type or first.type)) is not None:
            row[index] = True
    heads = [candidate.head for candidate in asked.candidates]
    tails = [candidate.tail for candidate in asked.candidates]
    return of_entity[heads], of_entity[tails]


def pair_type_targets(asked: Asked, schema: Schema) -> Gold:
    """Gold pair rule of every candidate, ``(P, pair rules)`` (paper C's entity pair typing)."""
    gold = np.zeros((len(asked.candidates), len(schema.pairs)), dtype=np.bool_)
    gold[np.arange(len(gold)), asked.pair_rules] = True
    return gold


def coreference_targets(entity_mentions: Sequence[IntArray], mentions: int) -> Gold:
    """Whether mentions mean the same, ``(M, M, 2)``, different and same.

    Every two mentions are judged once, the earlier one first, if both belong to an entity
    (paper C: mentions of the same identifier).

    Args:
        entity_mentions: the mention indices of each entity.
        mentions: their number, M.
    """
    member = np.zeros((mentions, len(entity_mentions)), dtype=np.int64)
    for entity, indices in enumerate(entity_mentions):
        member[indices, entity] = 1
    known = member.any(axis=1)
    judged = np.triu(np.outer(known, known), k=1)
    same = member @ member.T > 0
    return np.stack((judged & ~same, judged & same), axis=-1)


def tagging_targets(encoded: EncodedDocument, schema: Schema) -> Gold:
    """Gold tag of every token for every entity type of the schema, ``(T, types, 3)``."""
    types, mentions = tuple(schema.entity_types), encoded.document.mentions
    rows = tag_spans(len(encoded.starts), mentions, encoded.spans.tolist(), types)
    gold: Gold = rows[..., None] == np.arange(TAGS)  # of what is unknown none
    return gold


def _class_of(unrelated: str, schema: Schema) -> int:
    return 0 if unrelated == NO_RELATION else 1 + schema.labels.index(unrelated)
