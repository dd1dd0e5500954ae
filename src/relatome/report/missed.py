"""Entities that a tagger did not find, and the relations that went with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relatome.data import Document, Mention
from relatome.data.document import Entity
from relatome.data.schema import is_no_relation


class MissedEntity(NamedTuple):
    """An annotated entity of which no mention was found with its span and type.

    Attributes:
        document: the annotated document.
        entity: the entity.
        relations: how many annotated relations it takes part in; none of these can be found.
        instead: what was tagged in the place of its mentions, wrong in span or type.
    """

    document: Document
    entity: Entity
    relations: int
    instead: tuple[Mention, ...]


def has_own_mentions(gold: Sequence[Document], predicted: Sequence[Document]) -> bool:
    """Whether the mentions of a prediction are its own, and not those of the annotation."""
    answers = {document.id: document for document in predicted}
    return any(
        (answer := answers.get(document.id)) is not None
        and answer.mentions
        and _spans(answer) != _spans(document)
        for document in gold
    )


def aligned(gold: Sequence[Document], predicted: Sequence[Document]) -> list[Document]:
    """The predicted documents in the order of the annotated ones; empty where there is none."""
    answers = {document.id: document for document in predicted}
    return [answers.get(document.id) or document.without_annotations() for document in gold]


def missed_entities(gold: Sequence[Document], predicted: Sequence[Document]) -> list[MissedEntity]:
    """The missed entities: those with most relations first, then those with most mentions."""
    found = [
        each
        for document, answer in zip(gold, aligned(gold, predicted), strict=True)
        for each in _of_document(document, answer)
    ]
    return sorted(found, key=lambda each: (-each.relations, -len(each.entity.mentions)))


def _of_document(gold: Document, predicted: Document) -> Iterator[MissedEntity]:
    tagged = _spans(predicted)
    for entity in gold.entities:
        mentions = [gold.mentions[index] for index in entity.mentions]
        if any(_span(mention) in tagged for mention in mentions):
            continue
        relations = sum(
            entity.id in (r.head, r.tail) and not is_no_relation(r.type) for r in gold.relations
        )
        instead = tuple(
            other
            for other in predicted.mentions
            if any(other.start < m.end and m.start < other.end for m in mentions)
        )
        yield MissedEntity(gold, entity, relations, instead)


def _spans(document: Document) -> set[tuple[int, int, str]]:
    return {_span(mention) for mention in document.mentions}


def _span(mention: Mention) -> tuple[int, int, str]:
    return mention.start, mention.end, mention.type
