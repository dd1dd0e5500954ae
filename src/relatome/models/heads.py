"""What is read off a pair vector: the relation, within what is legal, and its novelty."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from relatome.data import Schema
from relatome.encode import ILLEGAL, legal_classes


class RelationHead(nn.Module):
    """Scores of every class for every pair; classes illegal for its types are out of reach."""

    def __init__(self, size: int, schema: Schema) -> None:
        super().__init__()
        self.classify = nn.Linear(size, 1 + len(schema.labels))
        self.register_buffer("legal", torch.from_numpy(legal_classes(schema)), persistent=False)

    def forward(self, pair_vectors: Tensor, pair_rules: Tensor) -> Tensor:
        """Logits ``(B, P, labels+1)``, class 0 being none, from ``(B, P, size)``."""
        logits: Tensor = self.classify(pair_vectors)
        legal: Tensor = self.legal[pair_rules]  # type: ignore[index]
        return logits.masked_fill(~legal, ILLEGAL)


class NoveltyHead(nn.Module):
    """Whether a relation between the pair, if asserted, is a new finding of the text."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.classify = nn.Linear(size, 2)

    def forward(self, pair_vectors: Tensor) -> Tensor:
        """Logits ``(B, P, 2)``, known and novel, from ``(B, P, size)``."""
        logits: Tensor = self.classify(pair_vectors)
        return logits


class TypingHead(nn.Module):
    """The type of an entity, as an auxiliary task (paper B, system 2)."""

    def __init__(self, hidden: int, types: int) -> None:
        super().__init__()
        self.classify = nn.Linear(hidden, types)

    def forward(self, entity_vectors: Tensor) -> Tensor:
        """Logits ``(B, P, types)`` from ``(B, P, hidden)``."""
        logits: Tensor = self.classify(entity_vectors)
        return logits
