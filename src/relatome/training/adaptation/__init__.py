"""Adapting encoders to biomedical text before they learn relations."""

from relatome.training.adaptation.encoder import ENCODER_FOLDER, adaptations, save_encoder
from relatome.training.adaptation.entities import mask_entities
from relatome.training.adaptation.stage import (
    adapt_to_entities,
    evaluation_splits,
    prepared_encoder,
    published_encoder,
    require_preparable,
)
from relatome.training.adaptation.text import Blocks, Evaluation, read_texts
from relatome.training.adaptation.vocabulary import Replacement, replacement
from relatome.training.adaptation.words import mask_words

__all__ = [
    "ENCODER_FOLDER",
    "Blocks",
    "Evaluation",
    "Replacement",
    "adapt_to_entities",
    "adaptations",
    "evaluation_splits",
    "mask_entities",
    "mask_words",
    "prepared_encoder",
    "published_encoder",
    "read_texts",
    "replacement",
    "require_preparable",
    "save_encoder",
]
