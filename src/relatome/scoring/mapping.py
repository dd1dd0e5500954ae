"""Predicted entities under the names of the annotated ones, so that relations compare.

Without a knowledge base, predicted entities have identifiers that mean nothing outside their
document; scoring rules compare identifiers. Mentions say which entity is meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from relatome.data import Document, Mention, Relation


def with_gold_ids(predicted: Document, gold: Document, *, ordered: bool = False) -> Document:
    """The predicted document with the identifiers of the annotated one.

    A mention is found again by its start, end and type; the mentions of the two documents may
    differ. A predicted entity takes the identifier that most of its mentions carry in the
    annotation, and of those that tie the one that comes first in the text; a composite mention
    counts for each of its identifiers. An entity keeps its own identifier if the annotation has it
    too, or identifies none of its mentions; in the second case its relations are wrong.

    Several predicted entities can take one identifier. Relations that then have the same two
    entities, in either order unless it means something, and the same type count once: the one with
    the highest score stays (the first, if they tie), in the place of the first.

    Args:
        predicted: the document with predicted entities and relations.
        gold: the annotated document, its types spelt as in `predicted`.
        ordered: whether the order of head and tail means something, as the schema says.
    """
    carried: dict[tuple[int, int, str], tuple[str, ...]] = defaultdict(tuple)
    for mention in gold.mentions:
        carried[_key(mention)] += mention.entity_ids
    names = {identifier: identifier for identifier in gold.entity_by_id}
    for entity in predicted.entities:
        if entity.id in names:
            continue
        votes = Counter(
            identifier
            for index in entity.mentions  # in text order, and so are those that tie
            for identifier in dict.fromkeys(carried.get(_key(predicted.mentions[index]), ()))
        )
        names[entity.id] = votes.most_common(1)[0][0] if votes else entity.id
    mentions = tuple(
        msgspec.structs.replace(
            mention, entity_ids=tuple(dict.fromkeys(names[each] for each in mention.entity_ids))
        )
        for mention in predicted.mentions
    )
    relations = _once((_renamed(relation, names) for relation in predicted.relations), ordered)
    return msgspec.structs.replace(predicted, mentions=mentions, relations=relations)


def _key(mention: Mention) -> tuple[int, int, str]:
    return mention.start, mention.end, mention.type


def _renamed(relation: Relation, names: Mapping[str, str]) -> Relation:
    subject = relation.subject
    return msgspec.structs.replace(
        relation,
        head=names.get(relation.head, relation.head),
        tail=names.get(relation.tail, relation.tail),
        subject=None if subject is None else names.get(subject, subject),
    )


def _once(relations: Iterable[Relation], ordered: bool) -> tuple[Relation, ...]:
    best: dict[tuple[frozenset[str] | tuple[str, str], str], Relation] = {}
    for relation in relations:
        ends = relation.head, relation.tail
        key = (ends if ordered else frozenset(ends), relation.type)
        there = best.get(key)
        if there is None or (relation.score or 0.0) > (there.score or 0.0):
            best[key] = relation
    return tuple(best.values())
