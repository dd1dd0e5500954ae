"""The sentences that a relation was read in, by what the model looked at."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Document, Span, sentence_of
from relatome.encode.asked import Asked
from relatome.encode.decode import FloatArray
from relatome.encode.document import EncodedDocument
from relatome.encode.tokens import IntArray

MOST_SENTENCES = 3
# A further sentence that mentions both counts if the model looked at it half as much as at the
# first. Chosen on DrugProt's training documents (`benchmarks/evidence.py`).
_SHARE = 0.5


def attended(
    encoded: EncodedDocument, spans: Sequence[Span], attention: FloatArray
) -> npt.NDArray[np.int64]:
    """The sentences that are the evidence for every pair, by the attention of the pair's context.

    Args:
        encoded: the document, or a part of it.
        spans: its sentences, S of them.
        attention: what each token weighs for each pair, ``(P, T)``.

    Returns:
        as `weightiest`.
    """
    return weightiest(encoded, spans, sentence_weights(encoded, spans, attention))


def sentence_weights(
    encoded: EncodedDocument, spans: Sequence[Span], attention: FloatArray
) -> FloatArray:
    """The attention of every pair to each sentence, ``(P, S)``: the sum over its tokens.

    Arguments as for `attended`.
    """
    return _by_sentence(attention, _holding(spans, encoded.starts), len(spans))


def weightiest(
    encoded: EncodedDocument, spans: Sequence[Span], weight: FloatArray
) -> npt.NDArray[np.int64]:
    """The sentences that are the evidence for every pair, by their weights.

    Of the sentences that mention both entities, the one with the greatest weight is evidence, and
    up to two others with at least half of that. If none mentions both, the evidence is, for each of
    the two, the sentence with the greatest weight that mentions it.

    Args:
        encoded: the document, or a part of it.
        spans: its sentences, S of them.
        weight: what each sentence weighs for each pair, ``(P, S)``.

    Returns:
        indices of sentences, the weightiest first, -1 padded, ``(P, 3)``.
    """
    chosen = np.full((len(weight), MOST_SENTENCES), -1, dtype=np.int64)
    if not spans:
        return chosen
    mentioned = _mentioned(encoded, spans)
    head, tail = mentioned[encoded.pairs.T]  # (P, S) each
    together = np.where(head & tail, weight, -1)
    ranked = np.argsort(-together, axis=1, kind="stable")[:, :MOST_SENTENCES]
    values = np.take_along_axis(together, ranked, axis=1)
    counts = (values >= 0) & (values >= _SHARE * values[:, :1])
    chosen[:, : ranked.shape[1]] = np.where(counts, ranked, -1)

    apart = np.flatnonzero(~(head & tail).any(axis=1))
    for column, end in enumerate((head[apart], tail[apart])):
        mentions = np.flatnonzero(end.any(axis=1))
        weights = np.where(end[mentions], weight[apart[mentions]], -1)
        chosen[apart[mentions], column] = weights.argmax(axis=1)
    two = chosen[apart, :2]
    weights = np.where(two >= 0, weight[apart[:, None], two], -1)
    ranked = np.argsort(-weights, axis=1, kind="stable")
    chosen[apart, :2] = np.take_along_axis(two, ranked, axis=1)
    return chosen


def with_evidence(document: Document, asked: Asked, chosen: IntArray | None) -> Document:
    """The document, every relation with the spans of its evidence, the weightiest first.

    Args:
        document: with relations between pairs of `asked`.
        asked: the pairs.
        chosen: what `attended` returned for them; None where the model does not tell what it
            looked at: then the evidence is the sentences of the two mentions that stand closest,
            around which pair encoding reads, in text order.
    """
    if not document.relations:
        return document
    spans, entities = asked.sentences, document.entities
    rows = {
        (entities[candidate.head].id, entities[candidate.tail].id): row
        for row, candidate in enumerate(asked.candidates)
    }
    found = []
    for relation in document.relations:
        row = rows[relation.head, relation.tail]
        candidate = asked.candidates[row]
        indices = (
            _nearest(document, spans, candidate.head, candidate.tail)
            if chosen is None
            else [int(index) for index in chosen[row] if index >= 0]
        )
        evidence = tuple(spans[index] for index in indices)
        found.append(msgspec.structs.replace(relation, evidence=evidence))
    return document.with_relations(tuple(found))


def _by_sentence(attention: FloatArray, sentence_of_token: IntArray, count: int) -> FloatArray:
    """Sums of ``(P, T)`` over the tokens of each sentence, ``(P, S)``."""
    summed = np.zeros((len(attention), count), dtype=np.float32)
    # Sentences follow one another, so the tokens of one are a run; those of none are left out.
    first = np.flatnonzero(np.diff(sentence_of_token, prepend=-2))
    held = sentence_of_token[first]
    runs = np.add.reduceat(attention, first, axis=1)
    summed[:, held[held >= 0]] = runs[:, held >= 0]
    return summed


def _holding(spans: Sequence[Span], starts: IntArray) -> IntArray:
    """Index of the sentence that holds each of these characters, -1 for none."""
    begins, ends = np.asarray([(s.start, s.end) for s in spans], dtype=np.int64).reshape(-1, 2).T
    index = np.searchsorted(begins, starts, side="right") - 1
    inside = (index >= 0) & (starts < np.append(ends, 0)[index])
    return np.where(inside, index, -1)


def _mentioned(encoded: EncodedDocument, spans: Sequence[Span]) -> npt.NDArray[np.bool_]:
    """Whether each sentence mentions each entity, ``(E, S)``.

    A mention is in the sentence that holds its first character.
    """
    begins = np.asarray([mention.start for mention in encoded.document.mentions], dtype=np.int64)
    of_mention = np.append(_holding(spans, begins), -1)  # and that of padding
    mentioned = np.zeros((len(encoded.entity_mentions), len(spans) + 1), dtype=np.bool_)
    rows = np.arange(len(mentioned))[:, None]
    mentioned[rows, of_mention[encoded.entity_mentions]] = True
    return mentioned[:, :-1]


def _nearest(document: Document, spans: Sequence[Span], head: int, tail: int) -> list[int]:
    """The sentences of the two mentions with the fewest characters between them, the first such."""
    heads, tails = (
        [document.mentions[index].span for index in document.entities[entity].mentions]
        for entity in (head, tail)
    )
    closest = min(
        ((one, other) for one in heads for other in tails),
        key=lambda pair: max(pair[0].start - pair[1].end, pair[1].start - pair[0].end, 0),
    )
    held = (sentence_of(spans, Span(mention.start, mention.start + 1)) for mention in closest)
    return sorted({index for index in held if index is not None})
