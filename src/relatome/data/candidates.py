"""Candidate pairs: what a model is asked about, and what it can never reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from relatome.data.document import Document, Entity, Relation
from relatome.data.schema import PairRule, Schema
from relatome.data.sentences import sentence_of, sentences

CUT_APART = "the sentence split separates its arguments"


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
    found: list[Candidate] = []
    types = [entity.type for entity in document.entities]
    partners = {
        head: {tail: rule for tail in set(types) if (rule := schema.pair_rule(head, tail))}
        for head in set(types)
    }
    for first, others in _asked_together(document, schema):
        rules = partners[types[first]]
        for second in others if rules else ():
            rule = rules.get(types[second])
            if rule is None or first == second:
                continue
            if schema.ordered or types[first] == rule.head:
                found.append(Candidate(first, second, rule))
            else:
                found.append(Candidate(second, first, rule))
    return found


def _asked_together(document: Document, schema: Schema) -> Iterator[tuple[int, Iterable[int]]]:
    """Indices of every entity, and of those it may make a pair with: all, or those after it."""
    count = len(document.entities)
    together = _Together(document) if schema.scope == "sentence" else None
    for first in range(count):
        begin = 0 if schema.ordered else first + 1
        if together is None:
            yield first, range(begin, count)
        else:
            yield first, [e for e in together.with_entity(first) if e >= begin]


class _Together:
    """Which entities of a document some sentence mentions together."""

    def __init__(self, document: Document) -> None:
        spans = sentences(document)
        sentence = [sentence_of(spans, mention.span) for mention in document.mentions]
        self._sentences = [
            {s for m in entity.mentions if (s := sentence[m]) is not None}
            for entity in document.entities
        ]
        self._entities: dict[int, list[int]] = defaultdict(list)
        for index, its_sentences in enumerate(self._sentences):
            for s in its_sentences:
                self._entities[s].append(index)

    def with_entity(self, index: int) -> list[int]:
        """Indices of the entities in the sentences of one, itself among them, in order."""
        return sorted({e for s in self._sentences[index] for e in self._entities[s]})


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
    asked = candidates(document, schema)
    entities = document.entities
    cut_apart = schema.scope == "sentence"
    pairs = {(entities[c.head].id, entities[c.tail].id) for c in asked if cut_apart}
    unreachable = []
    for relation in document.relations:
        reason = _why_unreachable(relation, document.entity_by_id, schema)
        found = {(relation.head, relation.tail), (relation.tail, relation.head)} & pairs
        if reason is None and cut_apart and not found:
            reason = CUT_APART
        if reason is not None:
            unreachable.append((relation, reason))
    return Reach(
        candidates=len(asked), gold=len(document.relations), unreachable=tuple(unreachable)
    )


def _why_unreachable(relation: Relation, entities: dict[str, Entity], schema: Schema) -> str | None:
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
    return None
