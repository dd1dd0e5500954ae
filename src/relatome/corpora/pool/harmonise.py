"""A document of one corpus in the terms of a pool."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from relatome.corpora.pool.source import PoolSource
from relatome.data import Document, Mention, Passage, Relation, Schema, Span, candidates, sentences
from relatome.data.schema import CORPUS_INFON, DOCUMENT_INFON, PROMPT_INFON
from relatome.data.sentences import SENTENCE, sentence_of
from relatome.errors import UNKNOWN_LABEL, UNKNOWN_TYPE, InputError, Place

LABEL_INFON = "label"  # of a relation: what its corpus calls it, where that is something else

_replace = msgspec.structs.replace


def harmonised(
    document: Document, source: PoolSource, labels: Counter[tuple[str, str]]
) -> Document:
    """The document with the pool's types and labels, and the infons that say where it is from.

    A pair that has several labels then keeps one: what says more than an association, or, where
    two say the opposite, the association. A pair of a source that `keeps_labels` keeps all.

    Args:
        document: as its corpus has it.
        source: the corpus.
        labels: counts what each label became; (label, "") where it gave way to another.

    Raises:
        InputError: if it has a type or label that the source does not map.
    """
    place = Place(document=document.id)
    mentions = []
    for mention in document.mentions:
        if mention.type not in source.types:
            known = ", ".join(source.types)
            raise InputError(UNKNOWN_TYPE, at=place, type=mention.type, known=known)
        mentions.append(_typed(mention, source.types[mention.type]))
    for relation in document.relations:
        if relation.type not in source.labels:
            known = ", ".join(source.labels)
            raise InputError(UNKNOWN_LABEL, at=place, type=relation.type, known=known)
    if source.keeps_labels:
        groups = [[relation] for relation in document.relations]
    else:
        groups = _by_pair(document.relations)
    relations = tuple(_one(group, source, labels) for group in groups)
    infons = {CORPUS_INFON: source.name, PROMPT_INFON: source.prompt_word}
    return _replace(
        document,
        mentions=tuple(mentions),
        relations=relations,
        infons=document.infons | infons,
    )


def _typed(mention: Mention, type: str) -> Mention:
    """The mention with the pool's type; the corpus's own stays where it says more than that."""
    fine_type = mention.fine_type
    if not fine_type and mention.type.lower() not in type.lower():
        fine_type = mention.type
    return _replace(mention, type=type, fine_type=fine_type)


def _by_pair(relations: Iterable[Relation]) -> list[list[Relation]]:
    by_pair: dict[frozenset[str], list[Relation]] = defaultdict(list)
    for relation in relations:
        by_pair[frozenset((relation.head, relation.tail))].append(relation)
    return list(by_pair.values())


def _one(
    relations: list[Relation], source: PoolSource, labels: Counter[tuple[str, str]]
) -> Relation:
    """Relations of a pair as the one that they are in the pool's labels."""
    found = dict.fromkeys(source.labels[relation.type] for relation in relations)
    telling = [label for label in found if label != "Association"]
    label = telling[0] if len(telling) == 1 else next(iter(found))
    if len(telling) > 1:
        label = "Association"
    for relation in relations:
        became = label if source.labels[relation.type] == label else ""
        labels[relation.type, became] += 1
    chosen = next((r for r in relations if source.labels[r.type] == label), relations[0])
    said = "; ".join(dict.fromkeys(r.type for r in relations))
    infons = chosen.infons if said == label else chosen.infons | {LABEL_INFON: said}
    return _replace(chosen, type=label, infons=infons)


def by_sentence(document: Document) -> Iterator[Document]:
    """Each sentence as a document, with the mentions and relations that lie in it."""
    spans = sentences(document)
    place = [sentence_of(spans, mention.span) for mention in document.mentions]
    for index, span in enumerate(spans):
        mentions = tuple(
            _moved(mention, -span.start)
            for mention, home in zip(document.mentions, place, strict=True)
            if home == index
        )
        inside = {entity_id for mention in mentions for entity_id in mention.entity_ids}
        yield Document(
            f"{document.id}.s{index}",
            (Passage(SENTENCE, 0, document.text[span.start : span.end]),),
            mentions,
            tuple(r for r in document.relations if {r.head, r.tail} <= inside),
            document.infons | {DOCUMENT_INFON: document.id},
        )


def _moved(mention: Mention, by: int) -> Mention:
    fragments = tuple(Span(span.start + by, span.end + by) for span in mention.fragments)
    return _replace(mention, start=mention.start + by, end=mention.end + by, fragments=fragments)


def joined(documents: Iterable[Document]) -> list[Document]:
    """One document for each text, with the mentions and relations of all that have it."""
    by_text: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_text[document.text].append(document)
    return [group[0] if len(group) == 1 else _join(group) for group in by_text.values()]


def _join(group: list[Document]) -> Document:
    mentions: dict[tuple[int, int, str], Mention] = {}
    for mention in (m for document in group for m in document.mentions):
        known = mentions.setdefault((mention.start, mention.end, mention.type), mention)
        ids = tuple(dict.fromkeys((*known.entity_ids, *mention.entity_ids)))
        mentions[mention.start, mention.end, mention.type] = _replace(known, entity_ids=ids)
    relations = dict.fromkeys((r.head, r.tail, r.type) for d in group for r in d.relations)
    return _replace(
        group[0],
        mentions=tuple(_replace(m, id=f"M{i}") for i, m in enumerate(mentions.values())),
        relations=tuple(Relation(*each) for each in relations),
        infons=group[0].infons | {"records": ";".join(document.id for document in group)},
    )


def as_written(
    documents: Iterable[Document], source: PoolSource, schema: Schema
) -> Iterator[Document]:
    """The documents as a pool has them: of sentences, those with something to learn or to judge."""
    for document in documents:
        if not source.by_sentence:
            yield document
            continue
        for sentence in by_sentence(document):
            if is_example(sentence, source, schema):
                yield sentence


def is_example(document: Document, source: PoolSource, schema: Schema) -> bool:
    """Whether there is anything to learn: a relation, or a pair that the corpus left unrelated."""
    if document.relations:
        return True
    annotated = set(source.annotated)
    return any((c.rule.head, c.rule.tail) in annotated for c in candidates(document, schema))
