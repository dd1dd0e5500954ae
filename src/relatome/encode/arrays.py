"""What pair vectors are made of besides token vectors: pieces, distances, features of pairs.

Document encoding computes them over a document, pair encoding over the sequence of a pair, which
is a small document of two entities.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from relatome.encode.tokens import IntArray

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


def pad_rows(rows: Sequence[IntArray]) -> IntArray:
    """Rows of different lengths as one array, padded with -1."""
    width = max((len(row) for row in rows), default=0)
    padded = np.full((len(rows), width), -1, dtype=np.int64)
    for index, row in enumerate(rows):
        padded[index, : len(row)] = row
    return padded


def mention_tokens(first: int, last: int) -> IntArray:
    """The tokens a mention ``[first, last)`` is read through."""
    indices = np.arange(first, last)
    if len(indices) > MAX_MENTION_TOKENS:
        half = MAX_MENTION_TOKENS // 2
        indices = np.concatenate((indices[:half], indices[-half:]))
    return indices


def entity_distances(
    entity_mentions: IntArray, spans: IntArray, length: int
) -> npt.NDArray[np.uint8]:
    """Bucketed tokens between every token and the nearest mention of every entity, ``(E, T)``.

    Args:
        entity_mentions: mention indices of each entity, -1 padded, ``(E, m)``.
        spans: token range of each mention, ``(M, 2)``.
        length: number of tokens, T.
    """
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


def _count_bucket(count: npt.NDArray[np.float32]) -> IntArray:
    """0, 1, 2, 3–4, 5 and more."""
    return np.searchsorted(np.asarray([1, 2, 3, 5]), count, side="right").astype(np.int64)


def pair_features(
    pairs: IntArray,
    entity_mentions: IntArray,
    spans: IntArray,
    distances: npt.NDArray[np.uint8],
    titled: npt.NDArray[np.bool_],
) -> IntArray:
    """Where and how often the two entities of each pair meet, bucketed, ``(P, features)``.

    Args:
        pairs: entity indices (head, tail) of each pair, ``(P, 2)``.
        entity_mentions: mention indices of each entity, -1 padded, ``(E, m)``.
        spans: token range of each mention, ``(M, 2)``.
        distances: what `entity_distances` returned, ``(E, T)``.
        titled: whether each mention stands in the title, ``(M,)``.
    """
    head, tail = pairs.T
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
    in_title = member @ titled.astype(np.float32) > 0
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
