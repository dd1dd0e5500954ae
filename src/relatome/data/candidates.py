"""Candidate pairs: what a model is asked about, and what it can never reach."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import msgspec

from relatome.data.document import Document, Entity, Relation
from relatome.data.schema import PairRule, Schema
from relatome.data.sentences import sentence_of, sentences


class Candidate(msgspec.Struct, frozen=True):
    """A pair of entities a model is asked about.

    `head` and `tail` are indices into `Document.entities`. In schemas without argument order the
    head is the entity whose type comes first in the pair rule, or the one mentioned first where
    both have the same type.
    """

    head: int
    tail: int
    rule: PairRule


def candidates(document: Document, schema: Schema) -> list[Candidate]:
    """All pairs of different entities whose types may be related, in document order.

    In schemas of sentence scope only those that some sentence mentions together.
    """
    found = _pairs(document, schema)
    if schema.scope == "document":
        return found
    together = _Together(document)
    return [c for c in found if together(document.entities[c.head], document.entities[c.tail])]


def _pairs(document: Document, schema: Schema) -> list[Candidate]:
    found: list[Candidate] = []
    entities = document.entities
    if schema.ordered:
        for head, tail in permutations(range(len(entities)), 2):
            rule = schema.pair_rule(entities[head].type, entities[tail].type)
            if rule is not None:
                found.append(Candidate(head, tail, rule))
        return found
    for first, second in combinations(range(len(entities)), 2):
        rule = schema.pair_rule(entities[first].type, entities[second].type)
        if rule is None:
            continue
        if entities[first].type == rule.head:
            found.append(Candidate(first, second, rule))
        else:
            found.append(Candidate(second, first, rule))
    return found


class Reach(msgspec.Struct, frozen=True):
    """How much of a document's gold the candidates can reach.

    `unreachable` pairs each relation that no candidate can answer with the reason.
    """

    candidates: int
    gold: int
    unreachable: tuple[tuple[Relation, str], ...]

    def reasons(self) -> Counter[str]:
        """Unreachable relations, counted by reason."""
        return Counter(reason for _, reason in self.unreachable)


def reach(document: Document, schema: Schema) -> Reach:
    """Count candidates and find the gold relations that they cannot reach."""
    together = _Together(document) if schema.scope == "sentence" else None
    unreachable = []
    for relation in document.relations:
        reason = _why_unreachable(relation, document.entity_by_id, schema, together)
        if reason is not None:
            unreachable.append((relation, reason))
    return Reach(
        candidates=len(candidates(document, schema)),
        gold=len(document.relations),
        unreachable=tuple(unreachable),
    )


class _Together:
    """Which entities of a document some sentence mentions together."""

    def __init__(self, document: Document) -> None:
        spans = sentences(document)
        self._sentence = [sentence_of(spans, m.span) for m in document.mentions]

    def __call__(self, left: Entity, right: Entity) -> bool:
        return bool(self._sentences(left) & self._sentences(right))

    def _sentences(self, entity: Entity) -> set[int]:
        return {s for m in entity.mentions if (s := self._sentence[m]) is not None}


def _why_unreachable(
    relation: Relation, entities: dict[str, Entity], schema: Schema, together: _Together | None
) -> str | None:
    head, tail = entities.get(relation.head), entities.get(relation.tail)
    if head is None or tail is None:
        return "an argument has no mention"
    if head.id == tail.id:
        return "an entity related to itself"
    rule = schema.pair_rule(head.type, tail.type)
    if rule is None:
        return f"type pair {head.type}–{tail.type} is outside the schema"
    if relation.type not in rule.labels:
        return f"label {relation.type} is not legal for {head.type}–{tail.type}"
    if together is not None and not together(head, tail):
        return "the sentence split separates its arguments"
    return None
