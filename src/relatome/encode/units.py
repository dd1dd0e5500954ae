"""Units: what the encoder reads in one pass: a document, the same with an anchor, one pair.

Everything after encoding (batches, training, scoring) works on units and need not know which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from relatome.data import Document, Schema
from relatome.data.narrowing import Narrowing
from relatome.encode.anchored import AnchoredDocument, AnchoredEncoding, encode_anchored
from relatome.encode.asked import Asked
from relatome.encode.batch import (
    ANCHORED_INPUTS,
    ENCODER_INPUTS,
    PAIR_INPUTS,
    Batch,
    encoder_batch,
    pair_batch,
)
from relatome.encode.decode import FloatArray
from relatome.encode.document import DocumentEncoding, EncodedDocument, EncodedText, encode_document
from relatome.encode.mention_tags import TokenWindows
from relatome.encode.sequences import (
    SEQUENCE_INPUTS,
    VECTOR_INPUTS,
    EncodedPairs,
    PairEncoding,
    PairSequence,
    encode_pairs,
    sequence_batch,
)
from relatome.encode.tokens import IntArray, Tokenizer

Encoding = DocumentEncoding | AnchoredEncoding | PairEncoding
Unit = EncodedDocument | PairSequence

_Read = TypeVar("_Read", bound=EncodedText | PairSequence | TokenWindows)


def encode(
    document: Document,
    schema: Schema,
    tokenizer: Tokenizer,
    encoding: Encoding,
    narrowing: Narrowing,
    read: EncodedText | None = None,
) -> Asked | None:
    """A document and its candidates as arrays; None if it has no candidate pair.

    Args:
        document: with the schema's own type names.
        schema: which pairs may be related.
        tokenizer: the encoder's, with the markers of the encoding.
        encoding: how.
        narrowing: which of the schema's pairs.
        read: under document encoding, what `encode_text` made of the document, if it did already.
    """
    asked = narrowing.candidates(document, schema)
    if isinstance(encoding, DocumentEncoding):
        return encode_document(document, schema, tokenizer, encoding, asked, read)
    if isinstance(encoding, AnchoredEncoding):
        return encode_anchored(document, schema, tokenizer, encoding, asked)
    return encode_pairs(document, schema, tokenizer, encoding, asked)


def units(asked: Asked) -> Sequence[Unit]:
    """The units of an encoded document."""
    if isinstance(asked, EncodedPairs):
        return asked.sequences
    if isinstance(asked, AnchoredDocument):
        return asked.passes
    assert isinstance(asked, EncodedDocument)
    return (asked,)


def unit_rows(asked: Asked) -> Sequence[IntArray]:
    """Which candidates each of the `units` is about, as indices."""
    if isinstance(asked, AnchoredDocument):
        return asked.rows
    every = np.arange(len(asked.candidates))
    return np.split(every, len(every)) if isinstance(asked, EncodedPairs) else (every,)


def combined(asked: Asked, found: Iterable[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    """Scores of all candidates, in their order, from those of the units.

    Under anchored encoding a candidate is scored in two units, and has the mean of both. The mean
    is that of logits, so nothing but scores has to be kept of a pass; where a head is linear, it
    is what the head says of the mean pair vector.

    Args:
        asked: the document.
        found: of each of its `units`, arrays by name with a row per candidate.

    Returns:
        the same names, with P rows each.
    """
    totals: dict[str, FloatArray] = {}
    counts = np.zeros(len(asked.candidates), dtype=np.float32)
    for rows, scores in zip(unit_rows(asked), found, strict=True):
        counts[rows] += 1
        for name, values in scores.items():
            if name not in totals:
                totals[name] = np.zeros((len(counts), *values.shape[1:]), dtype=np.float32)
            totals[name][rows] += values
    return {name: total / counts[:, None] for name, total in totals.items()}


def unit_batch(group: Sequence[Unit], pad_id: int, encoding: Encoding) -> Batch:
    """Units of one encoding as one batch of padded arrays, under the names of `inputs`."""
    if isinstance(encoding, PairEncoding):
        sequences = [unit for unit in group if isinstance(unit, PairSequence)]
        return sequence_batch(sequences, pad_id, encoding.vector)
    documents = [unit for unit in group if isinstance(unit, EncodedDocument)]
    windows = encoder_batch(documents, pad_id)
    return windows | pair_batch(documents, windows["input_ids"].shape[1])


def inputs(encoding: Encoding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the arrays the encoder reads, and of those the pair scorer reads besides."""
    if isinstance(encoding, PairEncoding):
        return SEQUENCE_INPUTS, VECTOR_INPUTS[encoding.vector]
    if isinstance(encoding, AnchoredEncoding):
        return ANCHORED_INPUTS, PAIR_INPUTS
    return ENCODER_INPUTS, PAIR_INPUTS


def length_batches(all_units: Sequence[_Read], budget: int) -> Iterator[list[_Read]]:
    """Group units of similar length so that a batch holds at most `budget` padded tokens.

    A single unit larger than the budget is a batch of its own.
    """
    group: list[_Read] = []
    windows = 0
    for unit in sorted(all_units, key=lambda u: u.longest_window):
        if group and (windows + unit.windows) * unit.longest_window > budget:
            yield group
            group, windows = [], 0
        group.append(unit)
        windows += unit.windows
    if group:
        yield group
