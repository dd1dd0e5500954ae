"""Units: what the encoder reads in one pass, a document or the sequence of one pair.

Everything after encoding (batches, training, scoring) works on units and need not know which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from relatome.data import Document, Schema
from relatome.data.narrowing import Narrowing
from relatome.encode.asked import Asked
from relatome.encode.batch import ENCODER_INPUTS, PAIR_INPUTS, Batch, encoder_batch, pair_batch
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
from relatome.encode.tokens import Tokenizer

Encoding = DocumentEncoding | PairEncoding
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
    return encode_pairs(document, schema, tokenizer, encoding, asked)


def units(asked: Asked) -> Sequence[Unit]:
    """The units of an encoded document, whose pairs, joined, are its candidates in order."""
    if isinstance(asked, EncodedPairs):
        return asked.sequences
    assert isinstance(asked, EncodedDocument)
    return (asked,)


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
