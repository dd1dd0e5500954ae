"""A second look at the document, by every pair for itself."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# Half of what the context starts out with: what a token's nearness to head and tail adds is summed.
_NEAR_BIAS = 1.5


class PairReader(nn.Module):
    """Attention of each pair vector to the tokens, then a perceptron, as in a decoder's layer.

    The context of a pair is where the attention of its entities meets, whatever the other one is.
    Here the pair itself asks, with several heads that prefer tokens near its mentions at first.
    Both outputs start at zero, so a model that begins with the weights of one without readers
    begins where that one ended.

    Source: Vaswani et al. 2017, "Attention is all you need", section 3.1, the decoder's second and
    third sub-layer, normalised before rather than after.
    """

    def __init__(self, hidden: int, heads: int, buckets: int, dropout: float) -> None:
        """Build.

        Args:
            hidden: size of pair and token vectors.
            heads: of attention, dividing `hidden`.
            buckets: of distance between a token and an entity.
            dropout: of what is read.
        """
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(hidden)
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        near_to_far = torch.linspace(_NEAR_BIAS, -_NEAR_BIAS, buckets)
        self.nearness = nn.Parameter(near_to_far[:, None].repeat(1, heads))
        self.read = nn.Linear(hidden, hidden)
        self.think = nn.Sequential(
            nn.LayerNorm(hidden),
            nn.Linear(hidden, 2 * hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(2 * hidden, hidden),
        )
        self.dropout = nn.Dropout(dropout)
        for last in (self.read, self.think[-1]):
            assert isinstance(last, nn.Linear)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(
        self, pairs: Tensor, tokens: Tensor, is_token: Tensor, near_head: Tensor, near_tail: Tensor
    ) -> Tensor:
        """The pair vectors with what was read added, ``(B, P, hidden)``.

        Args:
            pairs: ``(B, P, hidden)``.
            tokens: ``(B, T, hidden)``.
            is_token: ``(B, T)``, false at padding.
            near_head: bucket of each token's distance to the pair's head, ``(B, P, T)``.
            near_tail: likewise to its tail.
        """
        batch, count, hidden = pairs.shape
        width = hidden // self.heads

        def split(rows: Tensor) -> Tensor:
            return rows.reshape(batch, -1, self.heads, width).transpose(1, 2)

        query, key = split(self.query(self.norm(pairs))), split(self.key(tokens))
        value = split(self.value(tokens))
        # (B, heads, P, T)
        scores = query @ key.transpose(2, 3) / width**0.5
        near = self.nearness[near_head] + self.nearness[near_tail]  # (B, P, T, heads)
        scores = scores + near.permute(0, 3, 1, 2)
        scores = scores.masked_fill(~is_token[:, None, None, :], -1e4)
        found = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, count, hidden)
        pairs = pairs + self.dropout(self.read(found))
        added: Tensor = self.dropout(self.think(pairs))
        return pairs + added
