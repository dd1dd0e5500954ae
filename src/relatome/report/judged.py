"""Relations of annotation and prediction, each with the items that a scoring rule makes of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from relatome.data import Document, Relation
from relatome.data.document import Entity
from relatome.scoring import Items, Rule

_MESH = "MESH:"


class Stated(NamedTuple):
    """A relation as a rule sees it.

    Attributes:
        relation: as written.
        items: by score name, what the rule compares of it; a score that does not judge it is no
            key.
        groups: the rule's own names for where it belongs, such as ``type pair``.
    """

    relation: Relation
    items: Mapping[str, Hashable]
    groups: Mapping[str, str]


class Judged(NamedTuple):
    """A document on both sides.

    Attributes:
        gold: the annotated document.
        predicted: its prediction; without relations where there is none.
        wanted: the annotated relations.
        found: the predicted ones.
    """

    gold: Document
    predicted: Document
    wanted: tuple[Stated, ...]
    found: tuple[Stated, ...]


def judge(gold: Sequence[Document], predicted: Sequence[Document], rule: Rule) -> list[Judged]:
    """Judge every relation by itself, so that each item of a score has its relation.

    Rules other than a `CrossDocumentRule` judge each relation independently of the others, so the
    items of all are those that `relatome.scoring.score` counts.

    Args:
        gold: annotated documents.
        predicted: predictions in any order; those of other documents are left out.
        rule: the scoring rule.

    Returns:
        the documents in the order of `gold`.
    """
    answers = {document.id: document for document in predicted}
    made = []
    for document in gold:
        answer = answers.get(document.id) or document.with_relations(())
        silent = answer.with_relations(())
        wanted = [
            _stated(r, rule.judge(document.with_relations((r,)), silent).gold, rule)
            for r in document.relations
        ]
        # Against the whole annotation: a rule may look whether there is any.
        found = [
            _stated(r, rule.judge(document, answer.with_relations((r,))).predicted, rule)
            for r in answer.relations
        ]
        made.append(Judged(document, answer, _judged(wanted), _judged(found)))
    return made


def entity_of(document: Document, identifier: str) -> Entity | None:
    """The entity a relation names, with or without ``MESH:`` in front, as rules read it."""
    bare = identifier.removeprefix(_MESH)
    known = document.entity_by_id
    return known.get(identifier) or known.get(bare) or known.get(_MESH + bare)


def pair_of(relation: Relation) -> frozenset[str]:
    """The two arguments without their order, spelt the same on both sides."""
    return frozenset((relation.head.removeprefix(_MESH), relation.tail.removeprefix(_MESH)))


def _stated(relation: Relation, judgement: Mapping[str, Items], rule: Rule) -> Stated:
    items: dict[str, Hashable] = {}
    groups: dict[str, str] = {}
    for score in rule.scores:
        for item, of in judgement[score].items():
            items[score] = item
            groups |= of
    return Stated(relation, items, groups)


def _judged(stated: Iterable[Stated]) -> tuple[Stated, ...]:
    return tuple(each for each in stated if each.items)
