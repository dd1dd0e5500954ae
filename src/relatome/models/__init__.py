"""Torch modules: encoders, pair vectors, heads. Needs the extra `train`."""

from relatome.models.encoder import (
    TypedEncoder,
    build_encoder,
    load_encoder,
    longest_input,
    require_length,
)
from relatome.models.masking import hide_entities
from relatome.models.pairs import DocumentPairs
from relatome.models.relation import RelationModel, Scores

__all__ = [
    "DocumentPairs",
    "RelationModel",
    "Scores",
    "TypedEncoder",
    "build_encoder",
    "hide_entities",
    "load_encoder",
    "longest_input",
    "require_length",
]
