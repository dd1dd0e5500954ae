"""One document as arrays: windows of token ids, mentions, entities, candidate pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Candidate, Document, Schema, candidates
from relatome.encode.arrays import entity_distances, mention_tokens, pad_rows, pair_features
from relatome.encode.asked import Asked
from relatome.encode.tokens import IntArray, Tokenizer, Tokens
from relatome.encode.windows import central_window, windows

_SPECIAL_TOKENS = 2
_LEAST_WINDOW = 16


class DocumentEncoding(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,  # versions that know of no other place for types read such models too
    tag_field="kind",
    tag="document",
):
    """Document encoding: one encoder pass per window for all pairs of a document.

    Attributes:
        window: most tokens of a window, the two special tokens included.
        overlap: least number of tokens neighbouring windows share.
        types: where the types of mentions enter: added to the word pieces that the encoder reads,
            or to its output, so that what it reads is the bare text.
    """

    window: int
    overlap: int
    types: Literal["input", "output"] = "input"

    def __post_init__(self) -> None:
        if self.window < _LEAST_WINDOW:
            raise ValueError(f"a window of {self.window} tokens is under {_LEAST_WINDOW}")
        if not 0 <= self.overlap < self.window - _SPECIAL_TOKENS:
            raise ValueError(
                f"an overlap of {self.overlap} tokens leaves no way forward in windows of "
                f"{self.window}, two of them special"
            )

    def cut(self, length: int) -> list[tuple[int, int]]:
        """The token ranges ``[first, last)`` of the windows of a text of so many tokens."""
        return windows(length, self.window - _SPECIAL_TOKENS, self.overlap)


@dataclass(frozen=True)
class EncodedText:
    """The text of a document as arrays for one encoder pass per window. T tokens, M mentions.

    Attributes:
        window_ids: token ids of each window with its special tokens, shapes ``(length,)``.
        window_types: entity type tags of the same tokens (0 none, then begin/inside per type).
        window_of: window from which each token's vector is taken, ``(T,)``.
        position_in: position of each token in that window, ``(T,)``.
        starts: character of the document at which each token begins, ``(T,)``.
        spans: tokens ``[first, last)`` of each mention, ``(M, 2)``.
        mention_tokens: token indices of each mention, -1 padded, ``(M, K)``.
    """

    window_ids: tuple[IntArray, ...]
    window_types: tuple[IntArray, ...]
    window_of: IntArray
    position_in: IntArray
    starts: IntArray
    spans: IntArray
    mention_tokens: IntArray

    @property
    def windows(self) -> int:
        """Sequences the encoder reads."""
        return len(self.window_ids)

    @property
    def longest_window(self) -> int:
        """Tokens of the longest window, special tokens included."""
        return max(len(ids) for ids in self.window_ids)


@dataclass(frozen=True)
class EncodedDocument(EncodedText, Asked):
    """A document with its candidates as arrays. T tokens, E entities, P candidates.

    Attributes, besides those of `EncodedText` and `Asked`:
        entity_mentions: mention indices of each entity, -1 padded, ``(E, m)``.
        distances: bucketed distance of each token to the entity's nearest mention, ``(E, T)``.
        pairs: entity indices (head, tail) of each candidate, ``(P, 2)``.
        pair_features: bucketed features of each candidate, ``(P, features)``.
    """

    entity_mentions: IntArray
    distances: npt.NDArray[np.uint8]
    pairs: IntArray
    pair_features: IntArray

    def part(self, start: int, end: int) -> Self:
        """The same document asked only about candidates ``[start, end)`` and their entities.

        A document with hundreds of entities has tens of thousands of pairs; parts keep the
        memory of scoring them bounded.
        """
        return self.only(np.arange(start, min(end, len(self.pairs))))

    def only(self, rows: IntArray) -> Self:
        """The same document asked only about the candidates of these indices, ``(R,)``."""
        asked = self.about(rows)
        used, renumbered = np.unique(asked.pairs, return_inverse=True)
        return replace(
            asked,
            entity_mentions=self.entity_mentions[used],
            distances=self.distances[used],
            pairs=renumbered.reshape(asked.pairs.shape),
        )

    def about(self, rows: IntArray) -> Self:
        """The same as `only`, but with all entities, whose arrays both share."""
        return replace(
            self,
            candidates=tuple(self.candidates[row] for row in rows),
            pairs=self.pairs[rows],
            pair_rules=self.pair_rules[rows],
            pair_features=self.pair_features[rows],
            legal=self.legal[rows],
        )


def type_tags(schema: Schema) -> int:
    """Number of entity type tags: none, and begin and inside for every entity type."""
    return 1 + 2 * len(schema.entity_types)


def encode_text(
    document: Document, schema: Schema, tokenizer: Tokenizer, encoding: DocumentEncoding
) -> EncodedText | None:
    """Turn text and mentions of a document into arrays; None if there is no token.

    Arguments as for `encode_document`.
    """
    tokens = tokenizer(document.text)
    if len(tokens) == 0:
        return None
    spans = _spans(document, tokens)
    tags = _tag_tokens(document, schema, spans, len(tokens))
    cut = encoding.cut(len(tokens))
    window_of = central_window(len(tokens), cut)
    return EncodedText(
        window_ids=tuple(tokenizer.framed(tokens.ids[a:b]) for a, b in cut),
        window_types=tuple(np.pad(tags[a:b], 1) for a, b in cut),
        window_of=window_of,
        # + 1 for the special token that opens every window
        position_in=np.arange(len(tokens)) - np.asarray(cut)[window_of, 0] + 1,
        starts=tokens.starts,
        spans=spans,
        mention_tokens=pad_rows([mention_tokens(first, last) for first, last in spans]),
    )


def encode_document(
    document: Document,
    schema: Schema,
    tokenizer: Tokenizer,
    encoding: DocumentEncoding,
    asked: Sequence[Candidate] | None = None,
    read: EncodedText | None = None,
) -> EncodedDocument | None:
    """Turn a document into arrays; None if there is no pair to ask about.

    Mention types must be the schema's own names (readers see to it).

    Args:
        document: the document.
        schema: which pairs to ask about.
        tokenizer: the encoder's.
        encoding: how it is cut into windows.
        asked: the candidates, if not all of the schema's.
        read: what `encode_text` made of the document, which does not depend on the identifiers of
            mentions; made anew if None.
    """
    pairs = candidates(document, schema) if asked is None else asked
    if not pairs:
        return None
    text = encode_text(document, schema, tokenizer, encoding) if read is None else read
    if text is None:
        return None
    entity_mentions = pad_rows([np.asarray(entity.mentions) for entity in document.entities])
    pair_rules = np.asarray([schema.pairs.index(c.rule) for c in pairs], dtype=np.int64)
    entity_pairs = np.asarray([(c.head, c.tail) for c in pairs], dtype=np.int64)
    distances = entity_distances(entity_mentions, text.spans, len(text.starts))
    titled = text.starts[text.spans[:, 0]] < title_end(document)
    return EncodedDocument(
        **vars(text),
        document=document,
        entity_mentions=entity_mentions,
        distances=distances,
        candidates=tuple(pairs),
        pairs=entity_pairs,
        pair_rules=pair_rules,
        pair_features=pair_features(entity_pairs, entity_mentions, text.spans, distances, titled),
        legal=legal_classes(schema)[pair_rules],
    )


def _spans(document: Document, tokens: Tokens) -> IntArray:
    """Token range ``[first, last)`` of every mention, ``(M, 2)``."""
    spans = [tokens.covering(mention.start, mention.end) for mention in document.mentions]
    return np.asarray(spans, dtype=np.int64).reshape(-1, 2)


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


def title_end(document: Document) -> int:
    """Character after the title; 0 where there is none."""
    first = document.passages[0]
    return first.end if first.kind == "title" else 0


def legal_classes(schema: Schema) -> npt.NDArray[np.bool_]:
    """Classes legal under each pair rule, none always, ``(rules, labels+1)``."""
    return np.asarray(
        [[True, *(label in rule.labels for label in schema.labels)] for rule in schema.pairs],
        dtype=np.bool_,
    )
