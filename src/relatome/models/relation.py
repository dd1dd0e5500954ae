"""The relation model: encoder, pair vectors, heads."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.data import Schema
from relatome.encode import ENCODER_INPUTS, PAIR_INPUTS, type_tags
from relatome.models.encoder import TypedEncoder
from relatome.models.heads import NoveltyHead, RelationHead
from relatome.models.pairs import DocumentPairs


class Scores(NamedTuple):
    """Logits of a batch: relation ``(B, P, labels+1)`` and novelty ``(B, P, 2)`` or None."""

    relation: Tensor
    novelty: Tensor | None


class RelationModel(nn.Module):
    """Documents in, scores of every candidate pair out, with one encoder pass per window."""

    def __init__(self, backbone: PreTrainedModel, schema: Schema, dropout: float) -> None:
        super().__init__()
        self.encoder = TypedEncoder(backbone, type_tags(schema))
        hidden = self.encoder.hidden_size
        self.pairs = DocumentPairs(hidden, len(schema.pairs), dropout)
        self.relation = RelationHead(hidden, schema)
        self.novelty = NoveltyHead(hidden) if schema.novelty else None

    def forward(self, batch: dict[str, Tensor]) -> Scores:
        """Score a batch made of `relatome.encode.encoder_batch` and `pair_batch`."""
        window_vectors = self.encoder(*(batch[name] for name in ENCODER_INPUTS))
        return self.score(window_vectors, *(batch[name] for name in PAIR_INPUTS))

    def score(self, window_vectors: Tensor, *pair_inputs: Tensor) -> Scores:
        """Score pairs from token vectors: the part after the encoder.

        Args:
            window_vectors: ``(windows, length, hidden)``.
            pair_inputs: the arrays `PAIR_INPUTS` names, in that order.
        """
        vectors = self.pairs(window_vectors, *pair_inputs)
        pair_rules = pair_inputs[PAIR_INPUTS.index("pair_rules")]
        return Scores(
            relation=self.relation(vectors, pair_rules),
            novelty=None if self.novelty is None else self.novelty(vectors),
        )
