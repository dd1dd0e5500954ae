"""One document as arrays: windows of token ids, mentions, entities, candidate pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Candidate, Document, Schema, candidates
from relatome.encode.tokens import IntArray, Tokenizer, Tokens
from relatome.encode.windows import central_window, windows

_SPECIAL_TOKENS = 2
_LEAST_WINDOW = 16
# A longer mention is read through its first and last pieces.
MAX_MENTION_TOKENS = 16
# Mentions this many tokens apart, about a sentence, count as occurring together.
TOGETHER = 32
DISTANCE_BUCKETS = 10
_DOUBLINGS = 2 ** np.arange(DISTANCE_BUCKETS - 1)  # least distance of each bucket but the first
COUNT_BUCKETS = 5
_ROWS = 256
PAIR_FEATURE_SIZES = (
    DISTANCE_BUCKETS,  # least distance between mentions of the two
    COUNT_BUCKETS,  # how often they occur together
    COUNT_BUCKETS,  # mentions of the head
    COUNT_BUCKETS,  # mentions of the tail
    4,  # which of the two the title names
)


class DocumentEncoding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a document becomes arrays under document encoding.

    Attributes:
        window: most tokens of a window, the two special tokens included.
        overlap: least number of tokens neighbouring windows share.
    """

    window: int = 512
    overlap: int = 128

    def __post_init__(self) -> None:
        if self.window < _LEAST_WINDOW:
            raise ValueError(f"a window of {self.window} tokens is under {_LEAST_WINDOW}")
        if not 0 <= self.overlap < self.window - _SPECIAL_TOKENS:
            raise ValueError(
                f"an overlap of {self.overlap} tokens leaves no way forward in windows of "
                f"{self.window}, two of them special"
            )


@dataclass(frozen=True)
class EncodedDocument:
    """A document as arrays for one encoder pass per window. T tokens, M mentions, E entities.

    Attributes:
        window_ids: token ids of each window with its special tokens, shapes ``(length,)``.
        window_types: entity type tags of the same tokens (0 none, then begin/inside per type).
        window_of: window from which each token's vector is taken, ``(T,)``.
        position_in: position of each token in that window, ``(T,)``.
        mention_tokens: token indices of each mention, -1 padded, ``(M, K)``.
        entity_mentions: mention indices of each entity, -1 padded, ``(E, m)``.
        distances: bucketed distance of each token to the entity's nearest mention, ``(E, T)``.
        candidates: the pairs asked about, as the schema orders them.
        pairs: entity indices (head, tail) of each candidate, ``(P, 2)``.
        pair_rules: index of each candidate's pair rule in the schema, ``(P,)``.
        pair_features: bucketed features of each candidate, ``(P, features)``.
        legal: which classes are legal for each candidate, class 0 being none, ``(P, labels+1)``.
    """

    document: Document
    window_ids: tuple[IntArray, ...]
    window_types: tuple[IntArray, ...]
    window_of: IntArray
    position_in: IntArray
    mention_tokens: IntArray
    entity_mentions: IntArray
    distances: npt.NDArray[np.uint8]
    candidates: tuple[Candidate, ...]
    pairs: IntArray
    pair_rules: IntArray
    pair_features: IntArray
    legal: npt.NDArray[np.bool_]

    @property
    def longest_window(self) -> int:
        """Tokens of the longest window, special tokens included."""
        return max(len(ids) for ids in self.window_ids)

    def part(self, start: int, end: int) -> EncodedDocument:
        """The same document asked only about candidates ``[start, end)`` and their entities.

        A document with hundreds of entities has tens of thousands of pairs; parts keep the
        memory of scoring them bounded.
        """
        pairs = self.pairs[start:end]
        used, renumbered = np.unique(pairs, return_inverse=True)
        return replace(
            self,
            entity_mentions=self.entity_mentions[used],
            distances=self.distances[used],
            candidates=self.candidates[start:end],
            pairs=renumbered.reshape(pairs.shape),
            pair_rules=self.pair_rules[start:end],
            pair_features=self.pair_features[start:end],
            legal=self.legal[start:end],
        )


def type_tags(schema: Schema) -> int:
    """Number of entity type tags: none, and begin and inside for every entity type."""
    return 1 + 2 * len(schema.entity_types)


def encode_document(
    document: Document, schema: Schema, tokenizer: Tokenizer, encoding: DocumentEncoding
) -> EncodedDocument | None:
    """Turn a document into arrays; None if it has no candidate pair, so nothing to ask.

    Mention types must be the schema's own names (readers see to it).
    """
    pairs = candidates(document, schema)
    tokens = tokenizer(document.text) if pairs else None
    if tokens is None or len(tokens) == 0:
        return None
    spans = np.asarray(
        [tokens.covering(m.start, m.end) for m in document.mentions], dtype=np.int64
    ).reshape(-1, 2)
    tags = _tag_tokens(document, schema, spans, len(tokens))
    cut = windows(len(tokens), encoding.window - _SPECIAL_TOKENS, encoding.overlap)
    window_of = central_window(len(tokens), cut)
    entity_mentions = _pad([np.asarray(entity.mentions) for entity in document.entities])
    pair_rules = np.asarray([schema.pairs.index(c.rule) for c in pairs], dtype=np.int64)
    distances = _distances(entity_mentions, spans, len(tokens))
    return EncodedDocument(
        document=document,
        window_ids=tuple(_framed(tokens.ids[a:b], tokenizer) for a, b in cut),
        window_types=tuple(np.pad(tags[a:b], 1) for a, b in cut),
        window_of=window_of,
        # + 1 for the special token that opens every window
        position_in=np.arange(len(tokens)) - np.asarray(cut)[window_of, 0] + 1,
        mention_tokens=_pad([_mention_tokens(first, last) for first, last in spans]),
        entity_mentions=entity_mentions,
        distances=distances,
        candidates=tuple(pairs),
        pairs=np.asarray([(c.head, c.tail) for c in pairs], dtype=np.int64),
        pair_rules=pair_rules,
        pair_features=_pair_features(document, pairs, entity_mentions, spans, distances, tokens),
        legal=legal_classes(schema)[pair_rules],
    )


def _framed(ids: IntArray, tokenizer: Tokenizer) -> IntArray:
    framed = np.empty(len(ids) + 2, dtype=np.int64)
    framed[0], framed[1:-1], framed[-1] = tokenizer.cls_id, ids, tokenizer.sep_id
    return framed


def _pad(rows: Sequence[IntArray]) -> IntArray:
    width = max((len(row) for row in rows), default=0)
    padded = np.full((len(rows), width), -1, dtype=np.int64)
    for index, row in enumerate(rows):
        padded[index, : len(row)] = row
    return padded


def _mention_tokens(first: int, last: int) -> IntArray:
    indices = np.arange(first, last)
    if len(indices) > MAX_MENTION_TOKENS:
        half = MAX_MENTION_TOKENS // 2
        indices = np.concatenate((indices[:half], indices[-half:]))
    return indices


def _tag_tokens(document: Document, schema: Schema, spans: IntArray, length: int) -> IntArray:
    """Type tag of every token; of nested mentions the shorter, written last, shows."""
    type_index = {name: index for index, name in enumerate(schema.entity_types)}
    tags = np.zeros(length, dtype=np.int64)
    longest_first = np.argsort(spans[:, 0] - spans[:, 1], kind="stable")
    for index in longest_first:
        first, last = spans[index]
        begin = 1 + 2 * type_index[document.mentions[index].type]
        tags[first:last] = begin + 1
        tags[first] = begin
    return tags


def _distances(entity_mentions: IntArray, spans: IntArray, length: int) -> npt.NDArray[np.uint8]:
    """Bucketed tokens between every token and the nearest mention of every entity, ``(E, T)``."""
    positions = np.arange(length)
    buckets = np.empty((len(entity_mentions), length), dtype=np.uint8)
    for row, mentions in enumerate(entity_mentions):
        first, last = spans[mentions[mentions >= 0]].T
        # Up to each token, the furthest end of a mention; from it on, the next begin of one.
        ends = np.full(length, -length)
        np.maximum.at(ends, first, last)
        begins = np.full(length, 2 * length)
        begins[first] = first
        before = positions - np.maximum.accumulate(ends) + 1
        after = np.minimum.accumulate(begins[::-1])[::-1] - positions
        buckets[row] = _distance_bucket(np.minimum(np.maximum(before, 0), after))
    return buckets


def _distance_bucket(distance: IntArray) -> npt.NDArray[np.uint8]:
    """0 inside the mention, then one bucket per doubling: 1, 2–3, 4–7, … 256 and more."""
    return np.searchsorted(_DOUBLINGS, distance, side="right").astype(np.uint8)


def _count_bucket(count: IntArray) -> IntArray:
    """0, 1, 2, 3–4, 5 and more."""
    return np.searchsorted(np.asarray([1, 2, 3, 5]), count, side="right").astype(np.int64)


def _pair_features(
    document: Document,
    pairs: list[Candidate],
    entity_mentions: IntArray,
    spans: IntArray,
    distances: npt.NDArray[np.uint8],
    tokens: Tokens,
) -> IntArray:
    """Where and how often the two entities meet, bucketed, ``(P, features)``."""
    head = np.asarray([pair.head for pair in pairs])
    tail = np.asarray([pair.tail for pair in pairs])
    # float32 so that the products below run through BLAS
    member = np.zeros((len(entity_mentions), len(spans)), dtype=np.float32)
    for row, mentions in enumerate(entity_mentions):
        member[row, mentions[mentions >= 0]] = 1
    together = np.zeros((len(entity_mentions), len(entity_mentions)), dtype=np.float32)
    nearest = np.empty((len(entity_mentions), len(entity_mentions)), dtype=np.int64)
    first, last = spans.T
    for start in range(0, len(spans), _ROWS):  # a document may have thousands of mentions
        rows = slice(start, start + _ROWS)
        gap = np.maximum(first[rows, None] - last, first - last[rows, None])
        together += member[:, rows] @ ((gap < TOGETHER).astype(np.float32) @ member.T)
    for row, mentions in enumerate(entity_mentions):
        inside = np.concatenate([np.arange(*spans[m]) for m in mentions[mentions >= 0]])
        nearest[row] = distances[:, inside].min(axis=1)
    mention_count = member.sum(axis=1)
    first_passage = document.passages[0]
    title_end = first_passage.end if first_passage.kind == "title" else 0
    in_title = member @ (tokens.starts[spans[:, 0]] < title_end).astype(np.float32) > 0
    return np.stack(
        (
            nearest[head, tail],
            _count_bucket(together[head, tail]),
            _count_bucket(mention_count[head]),
            _count_bucket(mention_count[tail]),
            2 * in_title[head].astype(np.int64) + in_title[tail],
        ),
        axis=1,
    )


def legal_classes(schema: Schema) -> npt.NDArray[np.bool_]:
    """Classes legal under each pair rule, none always, ``(rules, labels+1)``."""
    return np.asarray(
        [[True, *(label in rule.labels for label in schema.labels)] for rule in schema.pairs],
        dtype=np.bool_,
    )
