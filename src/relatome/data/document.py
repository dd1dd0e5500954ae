"""A document with its mentions, entities and relations, over one character axis."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

import msgspec

from relatome.errors import (
    DUPLICATE_MENTION_ID,
    MISSING_ENTITY,
    OFFSET_MISMATCH,
    OFFSET_OUTSIDE,
    PASSAGE_OVERLAP,
    InputError,
    Place,
)


class Span(msgspec.Struct, frozen=True, order=True):
    """Characters `start` (inclusive) to `end` (exclusive) of `Document.text`."""

    start: int
    end: int


class Passage(msgspec.Struct, frozen=True):
    """A stretch of text (``title``, ``abstract``, a paragraph, …) that starts at `offset`.

    `infons` holds what the source file says of the passage, as plain strings.
    """

    kind: str
    offset: int
    text: str
    infons: dict[str, str] = {}

    @property
    def end(self) -> int:
        """Offset of the first character after the passage."""
        return self.offset + len(self.text)


class Mention(msgspec.Struct, frozen=True):
    """A span of text with an entity type and zero or more concept identifiers.

    A mention with several identifiers (a composite such as ``APP`` → ``11820, 351``) belongs to
    each of those entities. `fragments` is empty for the usual contiguous mention; a discontinuous
    one lists its pieces there, `start` and `end` are the outer bounds, and `text` is the pieces
    joined by one space. `fine_type` is the corpus's own type where `type` is coarser (``GENE-Y``
    under ``GENE``), empty where it is not.
    """

    id: str
    start: int
    end: int
    text: str
    type: str
    entity_ids: tuple[str, ...] = ()
    fragments: tuple[Span, ...] = ()
    infons: dict[str, str] = {}
    fine_type: str = ""

    @property
    def span(self) -> Span:
        """The outer bounds of the mention."""
        return Span(self.start, self.end)


class Entity(msgspec.Struct, frozen=True):
    """A concept of one document with all its mentions.

    `mentions` are indices into `Document.mentions`, in text order. In mention-level corpora
    every mention is its own entity, and `id` is the mention's id.
    """

    id: str
    type: str
    mentions: tuple[int, ...]


class Relation(msgspec.Struct, frozen=True):
    """An asserted relation between two entities of a document.

    `head` and `tail` are entity ids; whether their order means anything is the schema's business.
    `score` is the probability the model gives to the relation holding with this type (None for
    human annotation). `novel` is True, False or None (not judged), `novel_score` the probability
    that it is novel. `subject` names the entity that acts, where an annotation or a model says so.
    `evidence` is where the text says it; of a model, the sentences it looked at most, the
    weightiest first.
    """

    head: str
    tail: str
    type: str
    score: float | None = None
    novel: bool | None = None
    novel_score: float | None = None
    subject: str | None = None
    evidence: tuple[Span, ...] = ()
    infons: dict[str, str] = {}


class Document(msgspec.Struct, frozen=True, dict=True):
    """One text with its passages, mentions and relations.

    Offsets are characters into `text`, so ``text[m.start:m.end] == m.text`` for every contiguous
    mention; `check` verifies it, and every reader calls it.
    """

    id: str
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    infons: dict[str, str] = {}

    @cached_property
    def text(self) -> str:
        """The whole text. Passages stand at their offsets, gaps between them are spaces."""
        pieces: list[str] = []
        end = 0
        for passage in self.passages:
            pieces.append(" " * (passage.offset - end))
            pieces.append(passage.text)
            end = passage.end
        return "".join(pieces)

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """Entities in order of first mention.

        An identifier used with several types gets the type most of its mentions have (the first
        met, if they tie). Mentions without an identifier belong to no entity.
        """
        grouped: dict[str, list[int]] = {}
        in_text_order = sorted(
            range(len(self.mentions)), key=lambda i: (self.mentions[i].start, self.mentions[i].end)
        )
        for index in in_text_order:
            for entity_id in dict.fromkeys(self.mentions[index].entity_ids):
                grouped.setdefault(entity_id, []).append(index)
        return tuple(
            Entity(
                id=entity_id,
                type=self._common_type(indices),
                mentions=tuple(indices),
            )
            for entity_id, indices in grouped.items()
        )

    def _common_type(self, indices: list[int]) -> str:
        if len(indices) == 1:
            return self.mentions[indices[0]].type
        return Counter(self.mentions[i].type for i in indices).most_common(1)[0][0]

    @cached_property
    def entity_by_id(self) -> dict[str, Entity]:
        """The entities, looked up by id."""
        return {entity.id: entity for entity in self.entities}

    def name_of(self, entity: Entity) -> str:
        """What the text calls an entity most often; the first of it, if several tie."""
        return Counter(self.mentions[i].text for i in entity.mentions).most_common(1)[0][0]

    def with_relations(self, relations: tuple[Relation, ...]) -> Document:
        """The same document with `relations` in place of its own."""
        return msgspec.structs.replace(self, relations=relations)

    def without_annotations(self) -> Document:
        """The same text without mentions and relations."""
        return msgspec.structs.replace(self, mentions=(), relations=())

    def check(self) -> None:
        """Verify passages, offsets and references.

        Raises:
            InputError: naming the first span, mention or relation that does not fit.
        """
        place = Place(document=self.id)
        end = 0
        for passage in self.passages:
            if passage.offset < end:
                raise InputError(PASSAGE_OVERLAP, at=place, offset=passage.offset, end=end)
            end = passage.end
        text = self.text
        seen: set[str] = set()
        for mention in self.mentions:
            if mention.id in seen:
                raise InputError(DUPLICATE_MENTION_ID, at=place, id=mention.id)
            seen.add(mention.id)
            check_mention(mention, text, place)
        carried = {entity_id for m in self.mentions for entity_id in m.entity_ids}
        for relation in self.relations:
            for entity_id in (relation.head, relation.tail):
                if entity_id not in carried:
                    raise InputError(MISSING_ENTITY, at=place, type=relation.type, entity=entity_id)


def check_mention(mention: Mention, text: str, place: Place) -> None:
    """Verify that `mention` lies inside `text` and says what stands there.

    Raises:
        InputError: with the span, the text the mention claims and the text found.
    """
    spans = mention.fragments or (mention.span,)
    for span in (mention.span, *spans):
        inside = mention.start <= span.start < span.end <= mention.end
        if not inside or mention.start < 0 or mention.end > len(text):
            raise InputError(
                OFFSET_OUTSIDE, at=place, start=span.start, end=span.end, length=len(text)
            )
    found = " ".join(text[span.start : span.end] for span in spans)
    if found != mention.text:
        raise InputError(
            OFFSET_MISMATCH,
            at=place,
            start=mention.start,
            end=mention.end,
            expected=mention.text,
            found=found,
        )
