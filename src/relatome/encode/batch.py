"""Several encoded documents as one batch of padded arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from relatome.encode.anchored import AnchoredPass
from relatome.encode.document import EncodedDocument, EncodedText
from relatome.encode.tokens import IntArray

Batch = dict[str, IntArray]
_Number = TypeVar("_Number", np.int64, np.uint8, np.bool_, np.float32)

# What the encoder reads, and what the pair scorer reads besides the encoder's token vectors.
ENCODER_INPUTS = ("input_ids", "attention_mask", "type_tags")
ANCHORED_INPUTS = (*ENCODER_INPUTS, "anchor_tags")
MENTION_INPUTS = ("token_source", "mention_tokens")
PAIR_INPUTS = (
    *MENTION_INPUTS,
    "entity_mentions",
    "distances",
    "pairs",
    "pair_rules",
    "pair_features",
)


def encoder_batch(documents: Sequence[EncodedText], pad_id: int) -> Batch:
    """All windows of the documents, in order, padded to the longest.

    Returns:
        ``input_ids``, ``attention_mask`` and ``type_tags``, each ``(windows, length)``; of
        anchored passes ``anchor_tags`` too.
    """
    batch = {
        "input_ids": stack([w for d in documents for w in d.window_ids], pad_id),
        "attention_mask": stack([np.ones_like(w) for d in documents for w in d.window_ids], 0),
        "type_tags": stack([w for d in documents for w in d.window_types], 0),
    }
    passes = [d for d in documents if isinstance(d, AnchoredPass)]
    if passes:
        anchors = stack([w for d in passes for w in d.window_anchors], 0)
        batch["anchor_tags"] = anchors.astype(np.int64)
    return batch


def mention_batch(documents: Sequence[EncodedText], length: int) -> Batch:
    """Where the mentions of the documents are, padded over B documents.

    Args:
        documents: the documents whose windows `encoder_batch` was given.
        length: tokens to which the windows were padded.

    Returns:
        ``token_source`` ``(B, T)``: index of each token's vector among the flattened windows, and
        ``mention_tokens`` ``(B, M, K)``. Padding is -1.
    """
    first_window = np.cumsum([0, *(len(d.window_ids) for d in documents)])
    sources = [
        (first_window[i] + d.window_of) * length + d.position_in for i, d in enumerate(documents)
    ]
    return {
        "token_source": stack(sources, -1),
        "mention_tokens": stack([d.mention_tokens for d in documents], -1),
    }


def pair_batch(documents: Sequence[EncodedDocument], length: int) -> Batch:
    """What the pair scorer reads of the documents, padded over B documents.

    Args:
        documents: the documents whose windows `encoder_batch` was given.
        length: tokens to which the windows were padded.

    Returns:
        what `mention_batch` returns, ``entity_mentions`` ``(B, E, m)``, ``distances``
        ``(B, E, T)``, ``pairs`` ``(B, P, 2)``, ``pair_rules`` ``(B, P)``, ``pair_features``
        ``(B, P, features)``. Padding is -1, but 0 in pairs, rules and features, whose padded rows
        nobody reads.
    """
    return mention_batch(documents, length) | {
        "entity_mentions": stack([d.entity_mentions for d in documents], -1),
        "distances": stack([d.distances.astype(np.int64) for d in documents], 0),
        "pairs": stack([d.pairs for d in documents], 0),
        "pair_rules": stack([d.pair_rules for d in documents], 0),
        "pair_features": stack([d.pair_features for d in documents], 0),
    }


def stack(arrays: Sequence[npt.NDArray[_Number]], fill: int) -> npt.NDArray[_Number]:
    """Stack arrays of one rank and type, padded at the end of every axis."""
    axes = range(arrays[0].ndim)
    sizes: list[int] = [max(array.shape[axis] for array in arrays) for axis in axes]
    stacked = np.full((len(arrays), *sizes), fill, dtype=arrays[0].dtype)
    for index, array in enumerate(arrays):
        corner = tuple(slice(size) for size in array.shape)
        stacked[index][corner] = array
    return stacked
