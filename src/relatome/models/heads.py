"""What is read off a pair vector: the relation, within what is legal, and its novelty."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from relatome.data import Schema
from relatome.encode import ILLEGAL, legal_classes


class RelationHead(nn.Module):
    """Scores of every class for every pair; classes illegal for its types are out of reach."""

    def __init__(self, size: int, schema: Schema, hidden: int = 0) -> None:
        super().__init__()
        self.classify = _classifier(size, 1 + len(schema.labels), hidden)
        self.register_buffer("legal", torch.from_numpy(legal_classes(schema)), persistent=False)

    def forward(self, pair_vectors: Tensor, pair_rules: Tensor) -> Tensor:
        """Logits ``(B, P, labels+1)``, class 0 being none, from ``(B, P, size)``."""
        logits: Tensor = self.classify(pair_vectors)
        legal: Tensor = self.legal[pair_rules]  # type: ignore[index]
        return logits.masked_fill(~legal, ILLEGAL)


class NoveltyHead(nn.Module):
    """Whether a relation between the pair, if asserted, is a new finding of the text."""

    def __init__(self, size: int, hidden: int = 0) -> None:
        super().__init__()
        self.classify = _classifier(size, 2, hidden)

    def forward(self, pair_vectors: Tensor) -> Tensor:
        """Logits ``(B, P, 2)``, known and novel, from ``(B, P, size)``."""
        logits: Tensor = self.classify(pair_vectors)
        return logits


class TypingHead(nn.Module):
    """Types as an auxiliary task: of an entity (paper B, system 2), of a pair (paper C, eq. 4)."""

    def __init__(self, size: int, types: int) -> None:
        super().__init__()
        self.classify = nn.Linear(size, types)

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits ``(B, P, types)`` from ``(B, P, size)``."""
        logits: Tensor = self.classify(vectors)
        return logits


class CoreferenceHead(nn.Module):
    """Whether two mentions mean the same entity, as an auxiliary task (paper C, eq. 2).

    The paper's bilinear layer: with m_i and m_j the vectors of two mentions, the logits are
    ``m_i A m_j + b`` with A of shape ``(hidden, 2, hidden)``.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.bilinear = nn.Parameter(torch.empty(hidden, 2, hidden))
        self.bias = nn.Parameter(torch.zeros(2))
        nn.init.uniform_(self.bilinear, -(hidden**-0.5), hidden**-0.5)  # as nn.Bilinear

    def forward(self, mention_vectors: Tensor) -> Tensor:
        """Logits ``(B, M, M, 2)``, different and same, from ``(B, M, hidden)``."""
        left = torch.einsum("bmh,hck->bmck", mention_vectors, self.bilinear)
        return torch.einsum("bmck,bnk->bmnc", left, mention_vectors) + self.bias


def _classifier(size: int, classes: int, hidden: int) -> nn.Module:
    """A linear layer, or two around a hidden one (paper D's multilayer perceptrons)."""
    if not hidden:
        return nn.Linear(size, classes)
    return nn.Sequential(nn.Linear(size, hidden), nn.GELU(), nn.Linear(hidden, classes))
