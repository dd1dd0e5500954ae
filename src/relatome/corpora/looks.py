"""What is worth saying of one document of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from relatome.corpora.layouts.biorex import UNMENTIONED
from relatome.data import Document, Mention, Schema

Level = Literal["error", "note"]


class Look(NamedTuple):
    """One thing to look for.

    Attributes:
        level: ``error`` if the corpus should not be used as it is, ``note`` if it may.
        kind: a short stable name.
        text: what it means and what to do about it.
        cases: every case in a document, in words.
    """

    level: Level
    kind: str
    text: str
    cases: Callable[[Document, Schema], Iterable[str]]


def looks(schema: Schema) -> tuple[Look, ...]:
    """All there is to look for in the documents of a task, one document at a time."""
    return (
        Look(
            "error",
            "relations that contradict each other",
            f"{schema.name} gives a pair one label and one novelty: decide for one.",
            _contradictions,
        ),
        Look(
            "error",
            "unknown labels",
            f"{schema.name} has these: {', '.join(schema.labels)}. Rename or remove the others.",
            _unknown_labels,
        ),
        Look("note", "repeated relations", "Scorers count them once.", _repeated_relations),
        Look("note", "repeated mentions", "One would do.", _repeated_mentions),
        Look(
            "note",
            "documents without text",
            "Nothing can be found in them.",
            lambda d, _: [] if d.text.strip() else ["no text"],
        ),
        Look(
            "note",
            "documents without mentions",
            "They have no candidates; tag them first if they should have.",
            lambda d, _: [] if d.mentions else ["no mentions"],
        ),
        Look(
            "note",
            "documents without relations",
            "Right for text to be read; in annotated data they count as negatives only.",
            lambda d, _: [] if d.relations else ["no relations"],
        ),
        Look(
            "note", "relations without novelty", "Nothing is learnt of it from them.", _not_judged
        ),
        Look(
            "note",
            "relations without subject",
            "Nothing is learnt from them of which entity acts.",
            _without_subject,
        ),
        Look(
            "note",
            "relations of what is not mentioned",
            "The corpus has them; no candidate could reach them, so the reader left them out.",
            _unmentioned,
        ),
        Look("note", "mentions without identifier", "They belong to no candidate.", _without_id),
        Look(
            "note",
            "identifiers with several entity types",
            "The type that most mentions have decides which pairs are candidates.",
            _several_types,
        ),
        Look("note", "nested mentions", "Both are read.", _nested),
        Look("note", "crossing mentions", "Both are read; one is often a slip.", _crossing),
    )


def _contradictions(document: Document, schema: Schema) -> Iterator[str]:
    labels: dict[tuple[str, ...], dict[str, set[bool | None]]] = {}
    for relation in document.relations:
        pair = _pair(relation.head, relation.tail, schema)
        labels.setdefault(pair, {}).setdefault(relation.type, set()).add(relation.novel)
    for pair, found in labels.items():
        if len(found) > 1 and not schema.multi_label:
            yield f"{' and '.join(pair)}: {', '.join(found)}"
        for label, novelty in found.items():
            if len(novelty) > 1:
                yield f"{' and '.join(pair)}: {label} both novel and not"


def _unknown_labels(document: Document, schema: Schema) -> Iterator[str]:
    for r in document.relations:
        if r.type not in schema.labels:
            yield f"{r.type} between {r.head} and {r.tail}"


def _repeated_relations(document: Document, schema: Schema) -> Iterator[str]:
    seen = Counter((_pair(r.head, r.tail, schema), r.type, r.novel) for r in document.relations)
    for (pair, label, _), times in seen.items():
        if times > 1:
            yield f"{label} between {' and '.join(pair)}, {times} times"


def _pair(head: str, tail: str, schema: Schema) -> tuple[str, ...]:
    return (head, tail) if schema.ordered else tuple(sorted((head, tail)))


def _not_judged(document: Document, schema: Schema) -> Iterator[str]:
    if schema.novelty:
        for r in document.relations:
            if r.novel is None:
                yield f"{r.type} between {r.head} and {r.tail}"


def _without_subject(document: Document, schema: Schema) -> Iterator[str]:
    if schema.direction:
        for r in document.relations:
            if r.subject is None:
                yield f"{r.type} between {r.head} and {r.tail}"


def _unmentioned(document: Document, _: Schema) -> Iterator[str]:
    if UNMENTIONED in document.infons:
        yield from document.infons[UNMENTIONED].split("; ")


def _repeated_mentions(document: Document, _: Schema) -> Iterator[str]:
    seen = Counter((m.start, m.end, m.text, m.type, m.entity_ids) for m in document.mentions)
    for (start, end, text, *_rest), times in seen.items():
        if times > 1:
            yield f"{text!r} at {start}-{end}, {times} times"


def _without_id(document: Document, schema: Schema) -> Iterator[str]:
    if schema.unit == "concept":
        for mention in document.mentions:
            if not mention.entity_ids:
                yield _shown(mention)


def _several_types(document: Document, _: Schema) -> Iterator[str]:
    for entity in document.entities:
        if len(entity.mentions) == 1:
            continue
        types = Counter(document.mentions[i].type for i in entity.mentions)
        if len(types) > 1:
            counts = ", ".join(f"{times} {type}" for type, times in types.most_common())
            yield f"{entity.id}: {counts}, read as {entity.type}"


def _nested(document: Document, _: Schema) -> Iterator[str]:
    for outer, inner in _overlapping(document):
        if inner.end <= outer.end:
            yield f"{_shown(inner)} in {_shown(outer)}"


def _crossing(document: Document, _: Schema) -> Iterator[str]:
    for first, second in _overlapping(document):
        if second.end > first.end:
            yield f"{_shown(first)} and {_shown(second)}"


def _overlapping(document: Document) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of mentions that share characters, the one that begins first (or is longer) first."""
    mentions = sorted(document.mentions, key=lambda m: (m.start, -m.end))
    for index, first in enumerate(mentions):
        for second in mentions[index + 1 :]:
            if second.start >= first.end:
                break
            # The same span and type twice is a repeated mention, reported as such.
            if (first.start, first.end, first.type) != (second.start, second.end, second.type):
                yield first, second


def _shown(mention: Mention) -> str:
    return f"{mention.type} {mention.text!r} at {mention.start}-{mention.end}"
