"""Mentions as tags of word pieces, and back: begin, inside, outside, for every type by itself.

With a row of tags for each type, mentions of different types may nest or overlap, a source that
annotates some types only says nothing of the others, and no label set has to be agreed on between
corpora.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Document, Mention
from relatome.encode.batch import Batch, stack
from relatome.encode.decode import FloatArray, softmax
from relatome.encode.document import DocumentEncoding
from relatome.encode.tokens import IntArray, Tokenizer, Tokens
from relatome.encode.windows import central_window

OUTSIDE, BEGIN, INSIDE = range(3)
TAGS = 3
# The tag of what is not judged.
UNKNOWN = -100

# A piece is looked at for a type where the chance that it is of that type is above this.
_LEAST = 0.005


class TaggerSettings(msgspec.Struct, frozen=True):
    """What a tagger finds, and how it reads documents.

    Attributes:
        types: the entity types, in the order of the model's rows.
        encoding: how documents are cut into windows.
    """

    types: tuple[str, ...]
    encoding: DocumentEncoding


class TokenWindows(NamedTuple):
    """A text as windows for one encoder pass each. T tokens.

    Attributes:
        tokens: the word pieces.
        ids: token ids of each window with its special tokens, shapes ``(length,)``.
        spans: tokens ``[first, last)`` of each window.
    """

    tokens: Tokens
    ids: tuple[IntArray, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def windows(self) -> int:
        """Sequences the encoder reads."""
        return len(self.ids)

    @property
    def longest_window(self) -> int:
        """Tokens of the longest window, special tokens included; 0 if there is none."""
        return max(map(len, self.ids), default=0)

    def joined(self, rows: Sequence[FloatArray]) -> FloatArray:
        """What was computed per window, ``(length, ...)`` each, as one row per token, ``(T, ...)``.

        A token of several windows is read where it has most context on both sides.
        """
        window_of = central_window(len(self.tokens), list(self.spans))
        pieces = []
        for index, ((first, last), row) in enumerate(zip(self.spans, rows, strict=True)):
            pieces.append(row[1 : last - first + 1][window_of[first:last] == index])
        return np.concatenate(pieces)


def token_windows(text: str, tokenizer: Tokenizer, encoding: DocumentEncoding) -> TokenWindows:
    """Cut a text into windows; none if it has no token."""
    tokens = tokenizer(text)
    spans = encoding.cut(len(tokens)) if len(tokens) else []
    ids = tuple(tokenizer.framed(tokens.ids[first:last]) for first, last in spans)
    return TokenWindows(tokens, ids, tuple(spans))


def window_batch(ids: Sequence[IntArray], pad_id: int) -> Batch:
    """Windows as a `SequenceEncoder` reads them, each array ``(windows, length)``."""
    padded = stack(ids, pad_id)
    return {
        "input_ids": padded,
        "attention_mask": stack([np.ones_like(row) for row in ids], 0),
        "segment_ids": np.zeros_like(padded),
    }


def tag_rows(tokens: Tokens, mentions: Sequence[Mention], types: Sequence[str]) -> IntArray:
    """The tag of every token for every type, ``(T, types)``.

    Of mentions of one type that overlap, the longer is tagged: one row cannot say both. A
    discontinuous mention is unknown, for no tag sequence spells it.

    Args:
        tokens: of the text.
        mentions: of the text; those of other types are passed over.
        types: the types.
    """
    known = [mention for mention in mentions if mention.type in types and len(tokens)]
    spans = [tokens.covering(mention.start, mention.end) for mention in known]
    return tag_spans(len(tokens), known, spans, types)


def tag_spans(
    length: int,
    mentions: Sequence[Mention],
    spans: Iterable[tuple[int, int]],
    types: Sequence[str],
) -> IntArray:
    """As `tag_rows`, of mentions of these types whose tokens ``[first, last)`` are known."""
    rows = np.full((length, len(types)), OUTSIDE)
    placed = zip(mentions, spans, strict=True)
    for mention, (first, last) in sorted(placed, key=lambda each: each[0].start - each[0].end):
        row = rows[:, types.index(mention.type)]
        if mention.fragments:
            row[first:last] = UNKNOWN
        elif not row[first:last].any():
            row[first:last] = INSIDE
            row[first] = BEGIN
    return rows


def read_tags(
    document: Document, windows: TokenWindows, rows: Sequence[FloatArray], types: Sequence[str]
) -> Document:
    """The document with the mentions that the tags of its windows spell, as `tagged`.

    Args:
        document: the text.
        windows: of the text.
        rows: logits of the tags of each window, ``(length, types, 3)`` each.
        types: the types.
    """
    if not windows.ids:
        return document.without_annotations()
    return tagged(document, windows.tokens, windows.joined(rows), types)


def tagged(
    document: Document, tokens: Tokens, logits: FloatArray, types: Sequence[str]
) -> Document:
    """The document with the mentions that the tags spell in place of any it had.

    For each type the most probable sequence of tags is taken in which nothing is inside that did
    not begin, no mention crosses from one passage into the next, and none begins or ends within a
    word, a run of letters and digits: all pieces of *pallidotomy* decide whether it is a disease.
    Where two types claim the same span, the more probable has it.

    Args:
        document: the text.
        tokens: of the text.
        logits: of the tags, ``(T, types, 3)``.
        types: the types.
    """
    probability = softmax(logits)
    opens, continues = _opening(document, tokens), _continuing(document.text, tokens)
    found: dict[tuple[int, int], tuple[float, str]] = {}
    for index, type in enumerate(types):
        for first, last in _spans(probability[:, index], opens, continues):
            span = int(tokens.starts[first]), int(tokens.ends[last - 1])
            score = float(1 - probability[first:last, index, OUTSIDE].mean())
            found[span] = max(found.get(span, (0.0, "")), (score, type))
    mentions = tuple(
        Mention(f"T{number}", start, end, document.text[start:end], type)
        for number, ((start, end), (_, type)) in enumerate(sorted(found.items()), start=1)
    )
    return msgspec.structs.replace(document, mentions=mentions, relations=())


def _opening(document: Document, tokens: Tokens) -> npt.NDArray[np.bool_]:
    """Whether a token is the first of its passage, ``(T,)``."""
    offsets = [passage.offset for passage in document.passages]
    passage_of = np.searchsorted(offsets, tokens.starts, side="right")
    return np.concatenate(([True], passage_of[1:] != passage_of[:-1]))


def _continuing(text: str, tokens: Tokens) -> npt.NDArray[np.bool_]:
    """Whether a token goes on with the word of the one before, ``(T,)``."""
    return np.array(
        [
            start == end and text[start - 1].isalnum() and text[start].isalnum()
            for start, end in zip(tokens.starts, (-1, *tokens.ends), strict=False)
        ],
        dtype=bool,
    )


def _spans(
    probability: FloatArray, opens: npt.NDArray[np.bool_], continues: npt.NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """Tokens ``[first, last)`` of the mentions of one type.

    Args:
        probability: of the tags of that type, ``(T, 3)``.
        opens: where nothing can be inside of what stands before, ``(T,)``.
        continues: where the word of the token before goes on, ``(T,)``.
    """
    active = np.flatnonzero(probability[:, OUTSIDE] < 1 - _LEAST)
    if not len(active):
        return
    words = np.cumsum(~continues)  # the number of the word of each token
    active = np.flatnonzero(np.isin(words, words[active]))
    stretches = np.split(active, np.flatnonzero(np.diff(active) > 1) + 1)
    for stretch in stretches:
        first = int(stretch[0])
        rows = np.log(np.maximum(probability[stretch], 1e-9)).tolist()
        tags = _most_probable(rows, opens[stretch].tolist(), continues[stretch].tolist())
        begun = None
        for position, tag in enumerate((*tags, OUTSIDE), start=first):
            if begun is not None and tag != INSIDE:
                yield begun, position
                begun = None
            if tag == BEGIN:
                begun = position


def _most_probable(rows: list[list[float]], opens: list[bool], continues: list[bool]) -> list[int]:
    """The most probable sequence of tags after a token that is outside (Viterbi 1967).

    Args:
        rows: log probabilities of the three tags of each token.
        opens: whether a token cannot be inside, whatever stood before.
        continues: whether it is as the token before: outside, or inside what began there or before.
    """
    outside, within = 0.0, -np.inf  # the best so far that ends outside, and in a mention
    steps: list[tuple[int, int, int]] = []  # the state before, for each tag
    begun, inside = -np.inf, -np.inf
    for (out, begin, goes_on), new, same in zip(rows, opens, continues, strict=True):
        mention = BEGIN if begun >= inside else INSIDE
        before = OUTSIDE if same or outside >= within else mention
        best = outside if same else max(outside, within)
        steps.append((before, before, mention))
        outside = best + out
        begun, inside = -np.inf if same else best + begin, -np.inf if new else within + goes_on
        within = max(begun, inside)
    tag = OUTSIDE if outside >= within else (BEGIN if begun >= inside else INSIDE)
    tags = []
    for step in reversed(steps):
        tags.append(tag)
        tag = step[tag]
    return tags[::-1]
