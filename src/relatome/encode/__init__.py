"""Documents to arrays and back, NumPy only: training and runtime share it and cannot drift."""

from relatome.encode.batch import (
    ENCODER_INPUTS,
    PAIR_INPUTS,
    Batch,
    encoder_batch,
    length_batches,
    pair_batch,
)
from relatome.encode.decode import ILLEGAL, Decoding, decode, softmax
from relatome.encode.document import (
    DISTANCE_BUCKETS,
    PAIR_FEATURE_SIZES,
    DocumentEncoding,
    EncodedDocument,
    encode_document,
    legal_classes,
    type_tags,
)
from relatome.encode.settings import Settings
from relatome.encode.targets import IGNORED, relation_targets
from relatome.encode.tokens import Tokenizer, Tokens

__all__ = [
    "DISTANCE_BUCKETS",
    "ENCODER_INPUTS",
    "IGNORED",
    "ILLEGAL",
    "PAIR_FEATURE_SIZES",
    "PAIR_INPUTS",
    "Batch",
    "Decoding",
    "DocumentEncoding",
    "EncodedDocument",
    "Settings",
    "Tokenizer",
    "Tokens",
    "decode",
    "encode_document",
    "encoder_batch",
    "legal_classes",
    "length_batches",
    "pair_batch",
    "relation_targets",
    "softmax",
    "type_tags",
]
