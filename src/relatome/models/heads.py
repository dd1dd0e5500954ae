"""What is read off a pair vector: the legal relation, its novelty, its direction."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from relatome.data import Schema
from relatome.encode import ILLEGAL, legal_classes
from relatome.encode.mention_tags import TAGS


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


class DirectionHead(nn.Module):
    """Which entity of a pair acts in their relation, if one does (BioREDirect's roles).

    One perceptron asks of each of the two whether it acts on the other, reading the two in that
    order and then what is the same in either: their product and the context of the pair. So where
    the vectors of the entities do not depend on which is the head, as under document encoding,
    swapping head and tail swaps their logits and leaves that of neither as it is.
    """

    def __init__(self, hidden: int, *, context: bool, dropout: float) -> None:
        """Build.

        Args:
            hidden: size of the vectors of entities.
            context: whether pairs have a context, of the same size.
            dropout: of what is read.
        """
        super().__init__()
        shared = (1 + context) * hidden
        self.dropout = nn.Dropout(dropout)
        self.acts = _classifier(2 * hidden + shared, 1, hidden)
        self.neither = nn.Linear(shared, 1)

    def forward(self, head: Tensor, tail: Tensor, context: Tensor | None) -> Tensor:
        """Logits ``(B, P, 3)``, subject head, tail and neither, from ``(B, P, hidden)`` each."""
        same = [head * tail] if context is None else [head * tail, context]
        shared = self.dropout(torch.cat(same, dim=-1))
        first, second = self.dropout(head), self.dropout(tail)
        logits = (
            self.acts(torch.cat((first, second, shared), dim=-1)),
            self.acts(torch.cat((second, first, shared), dim=-1)),
            self.neither(shared),
        )
        return torch.cat(logits, dim=-1)


class TypingHead(nn.Module):
    """Types as an auxiliary task: of an entity (paper B, system 2), of a pair (paper C, eq. 4)."""

    def __init__(self, size: int, types: int) -> None:
        super().__init__()
        self.classify = nn.Linear(size, types)

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits ``(B, P, types)`` from ``(B, P, size)``."""
        logits: Tensor = self.classify(vectors)
        return logits


class TaggingHead(nn.Module):
    """Tags of every token for every entity type, as `relatome.models.TaggerModel` gives them."""

    def __init__(self, hidden: int, types: int, dropout: float) -> None:
        super().__init__()
        self.types = types
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(hidden, types * TAGS)

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits ``(..., types, 3)`` from ``(..., hidden)``."""
        logits: Tensor = self.classify(self.dropout(vectors))
        return logits.view(*logits.shape[:-1], self.types, TAGS)


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

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Logits ``(B, M, N, 2)``, different and same, from ``(B, M or N, hidden)``."""
        left = torch.einsum("bmh,hck->bmck", first, self.bilinear)
        return torch.einsum("bmck,bnk->bmnc", left, second) + self.bias


def _classifier(size: int, classes: int, hidden: int) -> nn.Module:
    """A linear layer, or two around a hidden one (paper D's multilayer perceptrons)."""
    if not hidden:
        return nn.Linear(size, classes)
    return nn.Sequential(nn.Linear(size, hidden), nn.GELU(), nn.Linear(hidden, classes))
