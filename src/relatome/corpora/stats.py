"""Count what a split holds."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from relatome.data import (
    Document,
    Entity,
    Relation,
    Schema,
    Span,
    Split,
    candidates,
    sentences,
)

_NOVELTY = {True: "novel", False: "not novel", None: "not judged"}
_DISTANCES = ("same sentence", "1 sentence apart", "2 sentences apart", "3 or more apart")
NO_MENTION = "(no mention)"
PAIR = "–"  # between the two types of a pair


class Stats(msgspec.Struct, frozen=True):
    """Counts of one split, each from the most to the least frequent.

    Attributes:
        name: the split's name.
        documents: number of documents.
        mentions: mentions by entity type.
        entities: entities (a concept once per document) by entity type.
        relations: relations by label.
        pairs: relations by type pair, in the schema's order of the two types.
        novelty: relations by novelty: ``novel``, ``not novel``, ``not judged``; empty where the
            schema knows no novelty.
        distances: relations by the sentences between the nearest mentions of their arguments,
            from none upwards.
        labels_of_pairs: relations by type pair and label.
        labels_of_fine_pairs: the same by the corpus's finer types; empty where it has none.
        candidates: pairs that a model is asked about.
    """

    name: str
    documents: int
    mentions: dict[str, int]
    entities: dict[str, int]
    relations: dict[str, int]
    pairs: dict[str, int]
    novelty: dict[str, int]
    distances: dict[str, int]
    labels_of_pairs: dict[str, dict[str, int]]
    labels_of_fine_pairs: dict[str, dict[str, int]]
    candidates: int


def count(split: Split, schema: Schema) -> Stats:
    """Count the documents, mentions, entities and relations of a split."""
    documents = split.documents
    relations = [(d, r) for d in documents for r in d.relations]
    pairs = [type_pair(d, r, schema) for d, r in relations]
    distances = Counter(distance for d in documents for distance in _distances(d))
    fine: dict[str, dict[str, int]] = {}
    if any(m.fine_type for d in documents for m in d.mentions):
        fine = _by_pair(relations, [_fine_pair(d, r, schema) for d, r in relations])
    return Stats(
        name=split.name,
        documents=len(documents),
        mentions=_counted(m.type for d in documents for m in d.mentions),
        entities=_counted(e.type for d in documents for e in d.entities),
        relations=_counted(r.type for _, r in relations),
        pairs=_counted(pairs),
        novelty=_counted(_NOVELTY[r.novel] for _, r in relations if schema.novelty),
        distances={name: distances[name] for name in (*_DISTANCES, NO_MENTION) if distances[name]},
        labels_of_pairs=_by_pair(relations, pairs),
        labels_of_fine_pairs=fine,
        candidates=sum(len(candidates(document, schema)) for document in documents),
    )


def type_pair(document: Document, relation: Relation, schema: Schema) -> str:
    """The entity types of a relation's arguments, as ``ChemicalEntity–SequenceVariant``.

    Unordered pairs are named in the order of the schema's rule, alphabetically where no rule
    covers them. An argument without a mention has no type and is named as such.
    """
    return PAIR.join(type for type, _ in _typed_arguments(document, relation, schema))


def _fine_pair(document: Document, relation: Relation, schema: Schema) -> str:
    """`type_pair` by finer types: the one that most mentions of an entity have."""
    fine_types = []
    arguments = _typed_arguments(document, relation, schema)
    for type, entity in arguments:
        mentions = [document.mentions[i] for i in entity.mentions] if entity is not None else []
        found = Counter(mention.fine_type or mention.type for mention in mentions)
        fine_types.append(found.most_common(1)[0][0] if found else type)
    if not schema.ordered and arguments[0][0] == arguments[1][0]:
        fine_types.sort()
    return PAIR.join(fine_types)


def _typed_arguments(
    document: Document, relation: Relation, schema: Schema
) -> list[tuple[str, Entity | None]]:
    arguments = [
        (entity.type if entity is not None else NO_MENTION, entity)
        for entity in map(document.entity_by_id.get, (relation.head, relation.tail))
    ]
    if schema.ordered:
        return arguments
    (head, _), (tail, _) = arguments
    rule = schema.pair_rule(head, tail)
    first = rule.head if rule is not None else min(head, tail)
    return arguments if head == first else arguments[::-1]


def _distances(document: Document) -> Iterable[str]:
    """The distance of each relation's arguments."""
    if not document.relations:
        return
    spans = sentences(document)
    for relation in document.relations:
        head, tail = (document.entity_by_id.get(a) for a in (relation.head, relation.tail))
        if head is None or tail is None:
            yield NO_MENTION
            continue
        here, there = _sentences_of(head, document, spans), _sentences_of(tail, document, spans)
        nearest = min(abs(a - b) for a in here for b in there)
        yield _DISTANCES[min(nearest, len(_DISTANCES) - 1)]


def _sentences_of(entity: Entity, document: Document, spans: Sequence[Span]) -> set[int]:
    """Indices of the sentences in which mentions of an entity begin."""
    return {
        bisect_right(spans, document.mentions[m].start, key=lambda span: span.start)
        for m in entity.mentions
    }


def _by_pair(
    relations: Sequence[tuple[Document, Relation]], pairs: Sequence[str]
) -> dict[str, dict[str, int]]:
    labels: dict[str, list[str]] = defaultdict(list)
    for (_, relation), pair in zip(relations, pairs, strict=True):
        labels[pair].append(relation.type)
    return {pair: _counted(labels[pair]) for pair in _counted(pairs)}


def _counted(values: Iterable[str]) -> dict[str, int]:
    # Ties in alphabetical order, so that a table does not depend on the order of documents.
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))
