"""Relation attention: pairs look at what the relations mean (paper B, system 1)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from relatome.encode import Tokenizer


class RelationAttention(nn.Module):
    """Attention of pair vectors over the encoded definitions of the relations.

    Paper B, eq. 2: ``a_j = softmax(R · h_j)``, and eq. 1: ``s_j = a_j · R``, where row r of ``R``
    is the encoder's vector of [CLS] over the definition of relation r and ``h_j`` is the pair
    vector. Here ``h_j`` is first projected to the size of ``R``, from which it may differ, as with
    two start markers; ``R`` is brought to unit scale, and the products are divided by the root of
    its size. The paper does not say what is then classified; here it is ``[h_j; s_j]``.
    """

    def __init__(
        self, size: int, hidden: int, definitions: Sequence[str], tokenizer: Tokenizer
    ) -> None:
        """Build.

        Args:
            size: of the pair vectors.
            hidden: of the encoder's vectors.
            definitions: what each relation means, in the order of the labels.
            tokenizer: the encoder's.
        """
        super().__init__()
        self.size = size + hidden
        self.project = nn.Linear(size, hidden)
        self.norm = nn.LayerNorm(hidden)
        rows = [[tokenizer.cls_id, *tokenizer(d).ids, tokenizer.sep_id] for d in definitions]
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), tokenizer.pad_id)
        for row, values in zip(ids, rows, strict=True):
            row[: len(values)] = torch.tensor(values)
        mask = torch.tensor([[i < len(row) for i in range(longest)] for row in rows]).long()
        self.register_buffer("input_ids", ids, persistent=False)
        self.register_buffer("attention_mask", mask, persistent=False)
        self.register_buffer("frozen", None, persistent=False)

    @torch.no_grad()
    def freeze(self, encoder: nn.Module) -> None:
        """Read the definitions once and for all, where no weight of the encoder will change."""
        self.frozen = self._relations(encoder)

    def forward(self, pair_vectors: Tensor, encoder: nn.Module) -> Tensor:
        """Pair vectors with what the relations mean to them.

        Args:
            pair_vectors: ``(B, P, size)``.
            encoder: of token ids, attention mask and, left at zero, types or segments.

        Returns:
            ``(B, P, size + hidden)``.
        """
        relations = self._relations(encoder) if self.frozen is None else self.frozen
        scores = self.project(pair_vectors) @ relations.T / relations.shape[-1] ** 0.5
        attended = scores.softmax(-1) @ relations
        return torch.cat((pair_vectors, attended), dim=-1)

    def _relations(self, encoder: nn.Module) -> Tensor:
        """R of the equations, ``(labels, hidden)``."""
        ids: Tensor = self.input_ids  # type: ignore[assignment]
        mask: Tensor = self.attention_mask  # type: ignore[assignment]
        first: Tensor = encoder(ids, mask, torch.zeros_like(ids))[:, 0]
        return self.norm(first)  # type: ignore[no-any-return]
