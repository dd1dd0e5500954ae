"""Documents to arrays and back, NumPy only: training and runtime share it and cannot drift."""

from relatome.encode.arrays import DISTANCE_BUCKETS, PAIR_FEATURE_SIZES
from relatome.encode.asked import Asked
from relatome.encode.batch import (
    ENCODER_INPUTS,
    MENTION_INPUTS,
    PAIR_INPUTS,
    Batch,
    encoder_batch,
    mention_batch,
    pair_batch,
    stack,
)
from relatome.encode.decode import ILLEGAL, Assertion, Decoding, assertions, decode, softmax
from relatome.encode.document import (
    DocumentEncoding,
    EncodedDocument,
    EncodedText,
    encode_document,
    encode_text,
    legal_classes,
    type_tags,
)
from relatome.encode.evidence import MOST_SENTENCES, attended, with_evidence
from relatome.encode.sequences import (
    EncodedPairs,
    PairEncoding,
    PairSequence,
    pair_tokenizer,
)
from relatome.encode.settings import Settings
from relatome.encode.targets import (
    coreference_targets,
    direction_targets,
    pair_type_targets,
    relation_targets,
    tagging_targets,
    type_classes,
    type_targets,
)
from relatome.encode.tokens import Tokenizer, Tokens
from relatome.encode.units import Encoding, Unit, encode, inputs, length_batches, unit_batch, units

__all__ = [
    "DISTANCE_BUCKETS",
    "ENCODER_INPUTS",
    "ILLEGAL",
    "MENTION_INPUTS",
    "MOST_SENTENCES",
    "PAIR_FEATURE_SIZES",
    "PAIR_INPUTS",
    "Asked",
    "Assertion",
    "Batch",
    "Decoding",
    "DocumentEncoding",
    "EncodedDocument",
    "EncodedPairs",
    "EncodedText",
    "Encoding",
    "PairEncoding",
    "PairSequence",
    "Settings",
    "Tokenizer",
    "Tokens",
    "Unit",
    "assertions",
    "attended",
    "coreference_targets",
    "decode",
    "direction_targets",
    "encode",
    "encode_document",
    "encode_text",
    "encoder_batch",
    "inputs",
    "legal_classes",
    "length_batches",
    "mention_batch",
    "pair_batch",
    "pair_tokenizer",
    "pair_type_targets",
    "relation_targets",
    "softmax",
    "stack",
    "tagging_targets",
    "type_classes",
    "type_tags",
    "type_targets",
    "unit_batch",
    "units",
    "with_evidence",
]
