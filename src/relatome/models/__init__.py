"""Torch modules: encoders, pair vectors, heads. Needs the extra `train`."""

from relatome.models.encoder import (
    AnchoredEncoder,
    TypedEncoder,
    add_markers,
    build_encoder,
    load_encoder,
    longest_input,
    replace_words,
    require_length,
    set_dropout,
)
from relatome.models.fine_types import FineTypeModel
from relatome.models.masked_entities import MaskedEntityModel
from relatome.models.masked_words import MaskedLanguageModel
from relatome.models.masking import hide_entities
from relatome.models.pairs import DocumentPairs, PairVectors
from relatome.models.relation import RelationModel, Scores
from relatome.models.sequences import ClassificationVector, SequenceEncoder, StartMarkers
from relatome.models.tagger import TaggerModel

__all__ = [
    "AnchoredEncoder",
    "ClassificationVector",
    "DocumentPairs",
    "FineTypeModel",
    "MaskedEntityModel",
    "MaskedLanguageModel",
    "PairVectors",
    "RelationModel",
    "Scores",
    "SequenceEncoder",
    "StartMarkers",
    "TaggerModel",
    "TypedEncoder",
    "add_markers",
    "build_encoder",
    "hide_entities",
    "load_encoder",
    "longest_input",
    "replace_words",
    "require_length",
    "set_dropout",
]
