"""Sequences of pairs as strings a person can read, and a tokenizer that keeps words whole."""

from __future__ import annotations

from relatome.data import Document, Schema
from relatome.encode import EncodedPairs, PairEncoding, PairSequence, Tokenizer
from relatome.encode.sequences import encode_pairs, pair_tokenizer
from tests.tiny import VOCABULARY, tokenizer_json

_WORDS = """abadol becotin what between biored drugprot ddi kcn tpo one two three four five six
seven eight nine ten acid title @ $"""

TOKENIZER = Tokenizer(
    tokenizer_json(
        vocabulary=tuple(dict.fromkeys((*VOCABULARY, *_WORDS.split(), *(f"##{d}" for d in "@$"))))
    )
)


def encode(
    document: Document, schema: Schema, encoding: PairEncoding
) -> tuple[EncodedPairs, Tokenizer]:
    """The document's pairs, and the tokenizer with the markers."""
    tokenizer = pair_tokenizer(TOKENIZER, schema, encoding)
    encoded = encode_pairs(document, schema, tokenizer, encoding)
    assert encoded is not None
    return encoded, tokenizer


def read(sequence: PairSequence, tokenizer: Tokenizer) -> str:
    """The tokens of a sequence, with the pieces of a word put together."""
    return " ".join(map(tokenizer.token, sequence.ids)).replace(" ##", "")
