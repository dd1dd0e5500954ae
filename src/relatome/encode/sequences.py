"""Pair encoding: one sequence per candidate pair, the two entities marked, perhaps a prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Candidate, Document, Schema, candidates, sentences
from relatome.encode.arrays import entity_distances, mention_tokens, pad_rows, pair_features
from relatome.encode.asked import Asked
from relatome.encode.batch import PAIR_INPUTS, Batch, stack
from relatome.encode.context import CONTEXTS, Marked, Range, choose, shortened
from relatome.encode.document import legal_classes, title_end
from relatome.encode.markers import MARKERS, ROLES, Role, Tags
from relatome.encode.prompts import PROMPTS, corpus_word
from relatome.encode.tagging import Mark, insert_tags
from relatome.encode.tokens import IntArray, Tokenizer, Tokens
from relatome.errors import PAIR_LENGTH, Place, UsageError

Vector = Literal["cls", "starts", "pooled"]

# What the encoder reads, and what makes pair vectors of its output, by kind of vector.
SEQUENCE_INPUTS = ("input_ids", "attention_mask", "segment_ids")
VECTOR_INPUTS: dict[Vector, tuple[str, ...]] = {
    "cls": ("pair_rules",),
    "starts": ("head_starts", "tail_starts", "pair_rules"),
    "pooled": PAIR_INPUTS,
}
_LEAST_LENGTH = 32
_LEAST_MENTION = 2  # tokens of a mention, or of a name in a prompt, that always find room
_ZERO_PADDED = ("distances", "pair_features")  # what nobody reads of them is no bucket


class PairEncoding(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pair"
):
    """Pair encoding: one encoder pass for every candidate pair.

    Attributes:
        markers: how the mentions of the two entities are marked, one of `MARKERS`.
        prompt: what stands before the text, one of `PROMPTS`.
        context: how much of the document the text is, one of `CONTEXTS`.
        length: most tokens of a sequence, special tokens, prompt and markers included.
        vector: what represents a pair: ``cls`` the vector of [CLS], ``starts`` those of the
            opening markers, ``pooled`` those of the mentions with a context, as under document
            encoding.
    """

    markers: str
    prompt: str
    context: str
    length: int
    vector: Vector

    def __post_init__(self) -> None:
        registries: tuple[tuple[str, str, Iterable[str]], ...] = (
            ("markers", self.markers, MARKERS),
            ("prompt", self.prompt, PROMPTS),
            ("context", self.context, CONTEXTS),
            ("vector", self.vector, get_args(Vector)),
        )
        for key, value, known in registries:
            if value not in known:
                raise ValueError(f"{key} {value!r} is unknown; there are {', '.join(known)}")
        if self.length < _LEAST_LENGTH:
            raise ValueError(f"a length of {self.length} tokens is under {_LEAST_LENGTH}")


@dataclass(frozen=True, slots=True, eq=False)
class PairSequence:
    """The sequence of one pair, L tokens.

    Positions are those of the sequence's tokens. "Mentions" are those in its text, not the names
    in its prompt.

    Attributes:
        ids: token ids with special tokens, prompt and markers, ``(L,)``.
        segments: 1 for the tokens of the text where prompt and text are two segments, else 0,
            ``(L,)``.
        head_starts: positions of the tags that open the head's mentions, ``(m,)``; of a tag that
            is several tokens, the first.
        tail_starts: likewise for the tail.
        head_spans: positions ``[first, last)`` of the head's mentions without tags, ``(m, 2)``.
        tail_spans: likewise for the tail.
        text: positions ``[first, last)`` of the text.
        title_end: position after the last token of the title, 0 where the text has none of it.
        pair_rules: index of the pair's rule in the schema, ``(1,)``.
        legal: which classes are legal for the pair, class 0 being none, ``(1, labels+1)``.
        shortened: whether not all that the context rule gives fitted into the sequence.
    """

    ids: npt.NDArray[np.int32]
    segments: npt.NDArray[np.uint8]
    head_starts: IntArray
    tail_starts: IntArray
    head_spans: IntArray
    tail_spans: IntArray
    text: Range
    title_end: int
    pair_rules: IntArray
    legal: npt.NDArray[np.bool_]
    shortened: bool

    @property
    def window_ids(self) -> tuple[npt.NDArray[np.int32], ...]:
        """Token ids of each sequence the encoder reads: of this one."""
        return (self.ids,)

    @property
    def mention_starts(self) -> IntArray:
        """Positions of the tags that open the M mentions, the head's and then the tail's."""
        return np.concatenate((self.head_starts, self.tail_starts))

    @property
    def entity_mentions(self) -> IntArray:
        """Indices of the mentions of the two entities, head and tail, -1 padded."""
        heads, both = len(self.head_starts), len(self.mention_starts)
        return pad_rows([np.arange(heads), np.arange(heads, both)])

    @property
    def windows(self) -> int:
        """Sequences the encoder reads: this one."""
        return 1

    @property
    def longest_window(self) -> int:
        """Tokens of the sequence, special tokens included."""
        return len(self.ids)


@dataclass(frozen=True)
class EncodedPairs(Asked):
    """A document as one sequence per candidate.

    Attributes, besides those of `Asked`:
        sequences: the candidates' sequences, in their order.
    """

    sequences: tuple[PairSequence, ...]

    @property
    def shortened(self) -> int:
        """Number of pairs whose text did not fit into the sequence as the context rule gives it."""
        return sum(sequence.shortened for sequence in self.sequences)


def encode_pairs(
    document: Document,
    schema: Schema,
    tokenizer: Tokenizer,
    encoding: PairEncoding,
    asked: Sequence[Candidate] | None = None,
) -> EncodedPairs | None:
    """Turn a document into one sequence per pair; None if there is no pair to ask about.

    The document is tokenized once: sequences are cut from its tokens and markers are inserted by
    id. Mention types must be the schema's own names (readers see to it).

    Args:
        document: the document.
        schema: which pairs to ask about.
        tokenizer: with the markers of the style (`pair_tokenizer`).
        encoding: what a sequence looks like.
        asked: the candidates, if not all of the schema's.

    Raises:
        UsageError: if prompt and markers leave no room for two entities.
        ModelError: if the tokenizer lacks a marker.
    """
    pairs = tuple(candidates(document, schema) if asked is None else asked)
    tokens = tokenizer(document.text) if pairs else None
    if tokens is None or len(tokens) == 0:
        return None
    pair_rules = np.asarray([schema.pairs.index(c.rule) for c in pairs], dtype=np.int64)
    legal = legal_classes(schema)[pair_rules]
    reader = _Reader(document, schema, tokenizer, tokens, encoding)
    return EncodedPairs(
        document=document,
        candidates=pairs,
        pair_rules=pair_rules,
        legal=legal,
        sequences=tuple(
            reader.sequence(pair, pair_rules[index : index + 1], legal[index : index + 1])
            for index, pair in enumerate(pairs)
        ),
    )


def pair_tokenizer(tokenizer: Tokenizer, schema: Schema, encoding: PairEncoding) -> Tokenizer:
    """The tokenizer with each marker that the encoding registers as one token."""
    return tokenizer.with_markers(MARKERS[encoding.markers].tokens(schema))


class _Reader:
    """One document, from which the sequences of its pairs are cut."""

    def __init__(
        self,
        document: Document,
        schema: Schema,
        tokenizer: Tokenizer,
        tokens: Tokens,
        encoding: PairEncoding,
    ) -> None:
        self._document, self._schema, self._tokenizer = document, schema, tokenizer
        self._ids = tokens.ids
        self._spans = [tokens.covering(m.start, m.end) for m in document.mentions]
        self._title = int(np.searchsorted(tokens.starts, title_end(document)))
        self._length = encoding.length
        self._style = MARKERS[encoding.markers]
        self._prompt = PROMPTS[encoding.prompt]
        self._word = corpus_word(document, schema)
        self._rule = CONTEXTS[encoding.context]
        self._sentences = [(0, len(tokens))]
        if self._rule.needs_sentences:
            found = [tokens.covering(s.start, s.end) for s in sentences(document)]
            self._sentences = found or self._sentences
        self._registered = frozenset(self._style.tokens(schema))
        self._tag_ids: dict[str, IntArray] = {}

    def sequence(
        self, pair: Candidate, pair_rules: IntArray, legal: npt.NDArray[np.bool_]
    ) -> PairSequence:
        """The sequence of one candidate."""
        marks = self._marks(pair)
        closest = _closest(marks)
        tags = sum(marks[index].tags for index in set(closest))
        before, names_cut = self._before(pair, tags)
        context = choose(
            self._rule,
            [Marked(mark.span, mark.tags) for mark in marks],
            closest,
            self._sentences,
            len(self._ids),
            self._length - len(before) - 1,
        )
        marked = [marks[index] for index in context.marked]
        text = insert_tags(self._ids, context.pieces, marked, self._title)
        offset = len(before)
        ids = np.concatenate((before, text.ids, [self._tokenizer.sep_id])).astype(np.int32)
        segments = np.zeros(len(ids), dtype=np.uint8)
        if self._prompt is not None and self._prompt.segments:
            segments[offset:] = 1
        starts = np.asarray(text.starts, dtype=np.int64) + offset
        spans = np.asarray(text.spans, dtype=np.int64) + offset
        head, tail = (
            np.asarray([role in mark.roles for mark in marked], dtype=np.bool_) for role in ROLES
        )
        return PairSequence(
            ids=ids,
            segments=segments,
            head_starts=starts[head],
            tail_starts=starts[tail],
            head_spans=spans[head],
            tail_spans=spans[tail],
            text=(offset, len(ids) - 1),
            title_end=text.title_end + offset if text.title_end else 0,
            pair_rules=pair_rules,
            legal=legal,
            shortened=context.shortened or names_cut,
        )

    def _marks(self, pair: Candidate) -> list[Mark]:
        """All mentions of both entities, in text order; of the same tokens, the head's first."""
        found: dict[tuple[Range, Tags], tuple[Role, ...]] = {}
        for role, entity, type in _sides(pair):
            for index in self._document.entities[entity].mentions:
                shown = self._style.type_of(self._document.mentions[index], type, self._schema)
                key = self._spans[index], self._style.tags(role, shown)
                roles = found.get(key, ())
                found[key] = roles if role in roles else (*roles, role)
        return [
            Mark(span, self._tag(tags.open), self._tag(tags.close), roles)
            for (span, tags), roles in sorted(found.items(), key=lambda item: item[0][0])
        ]

    def _before(self, pair: Candidate, tags: int) -> tuple[IntArray, bool]:
        """What stands before the text, and whether a name in it had to be shortened.

        Args:
            pair: the candidate.
            tags: tokens that the tags of its two closest mentions take in the text.
        """
        first, last = [self._tokenizer.cls_id], [self._tokenizer.sep_id]
        if self._prompt is None:
            self._require_room(tags + 2, 2 * _LEAST_MENTION)
            return np.asarray(first, dtype=np.int64), False
        begin = self._prompt.begin.format(corpus=self._word)
        words = [
            self._tokenizer.pieces(part) for part in (begin, self._prompt.between, self._prompt.end)
        ]
        names, around = [], []
        for role, entity, type in _sides(pair):
            mention = self._document.entities[entity].mentions[self._prompt.mention]
            shown = self._style.type_of(self._document.mentions[mention], type, self._schema)
            names.append(self._spans[mention])
            around.append([self._tag(tag) for tag in self._style.prompt_tags(role, shown)])
        fixed = [*words, *around[0], *around[1]]
        # [CLS], and [SEP] after the prompt and after the text
        taken = tags + 3 + sum(map(len, fixed))
        room = self._require_room(taken, 4 * _LEAST_MENTION)
        kept = shortened(names, room // 2)
        (head, tail), (head_tags, tail_tags) = [self._ids[name] for name in kept], around
        parts = (
            *(first, words[0], head_tags[0], head, head_tags[1]),
            *(words[1], tail_tags[0], tail, tail_tags[1], words[2], last),
        )
        cut = sum(map(len, kept)) < sum(end - begin for begin, end in names)
        return np.concatenate(parts).astype(np.int64), cut

    def _require_room(self, taken: int, least: int) -> int:
        """Tokens left beside those `taken`.

        Raises:
            UsageError: if they are fewer than `least`.
        """
        room = self._length - taken
        if room < least:
            place = Place(document=self._document.id)
            raise UsageError(PAIR_LENGTH, at=place, length=self._length, taken=taken)
        return room

    def _tag(self, tag: str) -> IntArray:
        if tag not in self._tag_ids:
            self._tag_ids[tag] = (
                np.asarray([self._tokenizer.id_of(tag)])
                if tag in self._registered
                else self._tokenizer.pieces(tag)
            )
        return self._tag_ids[tag]


def _sides(pair: Candidate) -> tuple[tuple[Role, int, str], tuple[Role, int, str]]:
    """Role, entity and type of the pair's two."""
    return ("head", pair.head, pair.rule.head), ("tail", pair.tail, pair.rule.tail)


def _closest(marks: Sequence[Mark]) -> tuple[int, int]:
    """The head's and the tail's mention with the fewest tokens between them, the first such."""
    heads, tails = ([i for i, mark in enumerate(marks) if role in mark.roles] for role in ROLES)
    if len(heads) == len(tails) == 1:
        return heads[0], tails[0]
    first, last = np.asarray([mark.span for mark in marks]).T
    between = np.maximum(
        first[heads][:, None] - last[tails], first[tails] - last[heads][:, None]
    ).clip(min=0)
    head, tail = divmod(int(between.argmin()), len(tails))
    return heads[head], tails[tail]


def sequence_batch(sequences: Sequence[PairSequence], pad_id: int, vector: Vector) -> Batch:
    """Sequences as one batch of padded arrays.

    Args:
        sequences: N pairs.
        pad_id: the tokenizer's padding.
        vector: which of `VECTOR_INPUTS` to make besides `SEQUENCE_INPUTS`.

    Returns:
        ``input_ids``, ``attention_mask`` and ``segment_ids``, each ``(N, L)``; ``pair_rules``
        ``(N, 1)``; ``mention_starts`` ``(N, M)`` and for ``starts`` also ``head_starts`` and
        ``tail_starts`` ``(N, m)``, padded with -1;
        for ``pooled``, what `relatome.encode.pair_batch` makes of a document, each sequence being
        one of two entities and one pair, whose tokens are those of its text.
    """
    batch = {
        "input_ids": stack([s.ids.astype(np.int64) for s in sequences], pad_id),
        "attention_mask": stack([np.ones(len(s.ids), dtype=np.int64) for s in sequences], 0),
        "segment_ids": stack([s.segments.astype(np.int64) for s in sequences], 0),
    }
    length = batch["input_ids"].shape[1]
    pair_rules = np.stack([s.pair_rules for s in sequences])
    if vector == "pooled":
        return batch | _pooled(sequences, length, pair_rules)
    batch["mention_starts"] = stack([s.mention_starts for s in sequences], -1)
    if vector == "starts":
        batch["head_starts"] = stack([s.head_starts for s in sequences], -1)
        batch["tail_starts"] = stack([s.tail_starts for s in sequences], -1)
    return batch | {"pair_rules": pair_rules}


def _pooled(sequences: Sequence[PairSequence], length: int, pair_rules: IntArray) -> Batch:
    pair = np.asarray([[0, 1]])
    rows: dict[str, list[IntArray]] = defaultdict(list)
    for row, sequence in enumerate(sequences):
        begin, end = sequence.text
        spans = np.concatenate((sequence.head_spans, sequence.tail_spans)) - begin
        entities = sequence.entity_mentions
        distances = entity_distances(entities, spans, end - begin)
        titled = spans[:, 0] + begin < sequence.title_end
        rows["token_source"].append(row * length + np.arange(begin, end))
        rows["mention_tokens"].append(pad_rows([mention_tokens(a, b) for a, b in spans]))
        rows["entity_mentions"].append(entities)
        rows["distances"].append(distances.astype(np.int64))
        rows["pair_features"].append(pair_features(pair, entities, spans, distances, titled))
    made = {name: stack(arrays, 0 if name in _ZERO_PADDED else -1) for name, arrays in rows.items()}
    made["pairs"] = np.broadcast_to(pair, (len(sequences), 1, 2)).copy()
    made["pair_rules"] = pair_rules
    return {name: made[name] for name in PAIR_INPUTS}
