"""Count what a split holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from relatome.data import Document, Relation, Schema, Split

_NOVELTY = {True: "novel", False: "not novel", None: "not judged"}


class Stats(msgspec.Struct, frozen=True):
    """Counts of one split, each from the most to the least frequent.

    Attributes:
        name: the split's name.
        documents: number of documents.
        mentions: mentions by entity type.
        entities: entities (a concept once per document) by entity type.
        relations: relations by label.
        pairs: relations by type pair, in the schema's order of the two types.
        novelty: relations by novelty: ``novel``, ``not novel``, ``not judged``.
    """

    name: str
    documents: int
    mentions: dict[str, int]
    entities: dict[str, int]
    relations: dict[str, int]
    pairs: dict[str, int]
    novelty: dict[str, int]


def count(split: Split, schema: Schema) -> Stats:
    """Count the documents, mentions, entities and relations of a split."""
    documents = split.documents
    relations = [(d, r) for d in documents for r in d.relations]
    return Stats(
        name=split.name,
        documents=len(documents),
        mentions=_counted(m.type for d in documents for m in d.mentions),
        entities=_counted(e.type for d in documents for e in d.entities),
        relations=_counted(r.type for _, r in relations),
        pairs=_counted(type_pair(d, r, schema) for d, r in relations),
        novelty=_counted(_NOVELTY[r.novel] for _, r in relations),
    )


def type_pair(document: Document, relation: Relation, schema: Schema) -> str:
    """The entity types of a relation's arguments, as ``ChemicalEntity–SequenceVariant``.

    Unordered pairs are named in the order of the schema's rule, alphabetically where no rule
    covers them. An argument without a mention has no type and is named as such.
    """
    head, tail = (
        entity.type if (entity := document.entity_by_id.get(id)) else "(no mention)"
        for id in (relation.head, relation.tail)
    )
    if schema.ordered:
        return f"{head}–{tail}"
    rule = schema.pair_rule(head, tail)
    types = (rule.head, rule.tail) if rule is not None else sorted((head, tail))
    return "–".join(types)


def _counted(values: Iterable[str]) -> dict[str, int]:
    # Ties in alphabetical order, so that a table does not depend on the order of documents.
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))
