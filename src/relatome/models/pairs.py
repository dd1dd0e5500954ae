"""Pair vectors of whole documents: pooled mentions and a context of the pair's own."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from relatome.encode import DISTANCE_BUCKETS, PAIR_FEATURE_SIZES
from relatome.models.pair_reader import PairReader

_HEAD_WIDTH = 64
# How strongly attention starts out preferring tokens near a mention, in logits from nearest
# to farthest bucket.
_NEAR_BIAS = 3.0


class PairVectors(NamedTuple):
    """What is known of B × P pairs and their entities.

    Attributes:
        pair: one vector per pair, ``(B, P, size)``.
        untyped: the same without what was added to it for the types of the pair; `pair` itself
            where nothing was.
        head: the pair's head, ``(B, P, hidden)``; None where the encoding has no vector for it.
        tail: its tail, likewise.
        context: what both entities attend to, ``(B, P, hidden)``, the same whichever is the head;
            None where the encoding has no such context.
        attention: what each token weighs in it, ``(B, P, T)``, in sum 1; likewise.
    """

    pair: Tensor
    untyped: Tensor
    head: Tensor | None
    tail: Tensor | None
    context: Tensor | None = None
    attention: Tensor | None = None


def attention_heads(hidden: int) -> int:
    """As many heads as divide `hidden` into equal widths of 64 or more; at least one."""
    most = max(1, hidden // _HEAD_WIDTH)
    return next(heads for heads in range(most, 0, -1) if hidden % heads == 0)


def gather_rows(rows: Tensor, index: Tensor) -> Tensor:
    """Rows of each batch element by index.

    Args:
        rows: ``(B, N, H)``.
        index: ``(B, ...)`` of indices into N; negative ones give the row 0, to be masked.

    Returns:
        ``(B, ..., H)``.
    """
    flat = index.clamp(min=0).flatten(1)
    picked = torch.gather(rows, 1, flat.unsqueeze(-1).expand(-1, -1, rows.shape[-1]))
    return picked.reshape(*index.shape, rows.shape[-1])


def flat_rows(windows: Tensor, index: Tensor) -> Tensor:
    """Rows of ``(windows, length, H)`` by index among all of them, ``(B, T)`` to ``(B, T, H)``.

    Negative indices give the row 0, to be masked.
    """
    return windows.flatten(0, 1)[index.clamp(min=0)]


class DocumentPairs(nn.Module):
    """Token vectors of documents to one vector per candidate pair.

    Token vectors are first brought to unit scale: encoders differ in theirs (MiniLM's is a quarter
    of BERT's), and what follows depends on it. A mention is the mean of its pieces, an entity the
    log-sum-exp of its mentions (ATLOP, arXiv:2010.11304, eq. 1) less the logarithm of their
    number, which would otherwise shift all its dimensions alike. The pair's context is what both
    entities attend to (the same paper's localized context, eq. 8), here through attention heads
    of our own with a learned preference for tokens near a mention: it works with any encoder,
    needs no attention weights from it, and knows from the first step where to look.
    """

    def __init__(self, hidden: int, pair_rules: int, dropout: float, readers: int = 0) -> None:
        """Build.

        Args:
            hidden: size of token vectors, and of what comes out.
            pair_rules: of the schema.
            dropout: of pair vectors.
            readers: how many times pairs look at the document again, see `PairReader`.
        """
        super().__init__()
        self.size = hidden
        self.scale = nn.LayerNorm(hidden)
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.heads = attention_heads(hidden)
        near_to_far = torch.linspace(_NEAR_BIAS, -_NEAR_BIAS, DISTANCE_BUCKETS)
        self.nearness = nn.Parameter(near_to_far[:, None].repeat(1, self.heads))
        self.features = nn.ModuleList(
            _small_embedding(size, hidden) for size in (*PAIR_FEATURE_SIZES, pair_rules)
        )
        self.combine = nn.Linear(4 * hidden, hidden)
        self.readers = nn.ModuleList(
            PairReader(hidden, self.heads, DISTANCE_BUCKETS, dropout) for _ in range(readers)
        )
        self.norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        window_vectors: Tensor,
        token_source: Tensor,
        mention_tokens: Tensor,
        entity_mentions: Tensor,
        distances: Tensor,
        pairs: Tensor,
        pair_rules: Tensor,
        pair_features: Tensor,
    ) -> PairVectors:
        """One vector per pair, of size ``hidden``.

        Args:
            window_vectors: ``(windows, length, hidden)`` from the encoder.
            others: as `relatome.encode.pair_batch` makes them.

        """
        tokens = self._tokens(window_vectors, token_source)
        mentions = mean_rows(gather_rows(tokens, mention_tokens), mention_tokens >= 0)
        entities = _logmeanexp(gather_rows(mentions, entity_mentions), entity_mentions >= 0)
        head, tail = pairs.unbind(-1)  # (B, P) each
        head_vector, tail_vector = gather_rows(entities, head), gather_rows(entities, tail)
        attention = self._attention(tokens, token_source >= 0, entities, distances, head, tail)
        context = attention @ tokens
        # (B, P, 4 · hidden)
        joined = torch.cat((head_vector, tail_vector, context, head_vector * tail_vector), dim=-1)
        combined = self.combine(self.dropout(joined))
        *features, of_types = self.features
        for embedding, feature in zip(features, pair_features.unbind(-1), strict=True):
            combined = combined + embedding(feature)
        if len(self.readers):
            near = gather_rows(distances, head), gather_rows(distances, tail)  # (B, P, T) each
            for reader in self.readers:
                combined = reader(combined, tokens, token_source >= 0, *near)
        untyped, typed = (
            self.dropout(nn.functional.gelu(self.norm(vectors)))
            for vectors in (combined, combined + of_types(pair_rules))
        )
        return PairVectors(typed, untyped, head_vector, tail_vector, context, attention)

    def mentions(self, window_vectors: Tensor, batch: dict[str, Tensor]) -> Tensor:
        """Vectors of all mentions, ``(B, M, hidden)``; arguments as for `forward`, by name."""
        tokens = self._tokens(window_vectors, batch["token_source"])
        found = batch["mention_tokens"]
        return mean_rows(gather_rows(tokens, found), found >= 0)

    def _tokens(self, window_vectors: Tensor, token_source: Tensor) -> Tensor:
        """Token vectors of each document, at unit scale, ``(B, T, hidden)``."""
        return flat_rows(self.scale(window_vectors), token_source)

    def _attention(
        self,
        tokens: Tensor,
        is_token: Tensor,
        entities: Tensor,
        distances: Tensor,
        head: Tensor,
        tail: Tensor,
    ) -> Tensor:
        batch, length, hidden = tokens.shape
        width = hidden // self.heads
        query = self.query(entities).reshape(batch, -1, self.heads, width)
        key = self.key(tokens).reshape(batch, length, self.heads, width)
        # (B, E, heads, T)
        scores = torch.einsum("beaw,btaw->beat", query, key) / width**0.5
        scores = scores + self.nearness[distances].transpose(2, 3)
        scores = scores.masked_fill(~is_token[:, None, None, :], -1e4)
        attention = scores.softmax(-1).flatten(2)  # (B, E, heads · T)
        shared = gather_rows(attention, head) * gather_rows(attention, tail)
        shared = shared.reshape(batch, -1, self.heads, length).sum(-2)  # (B, P, T)
        return shared / shared.sum(-1, keepdim=True).clamp(min=1e-12)


def _small_embedding(size: int, hidden: int) -> nn.Embedding:
    """An embedding that starts near zero: it is added to vectors that mean something already."""
    embedding = nn.Embedding(size, hidden)
    nn.init.normal_(embedding.weight, std=0.02)
    return embedding


def mean_rows(values: Tensor, present: Tensor) -> Tensor:
    """Mean over the second last axis where `present`: ``(..., N, H)`` to ``(..., H)``."""
    weight = present.to(values.dtype).unsqueeze(-1)
    return (values * weight).sum(-2) / weight.sum(-2).clamp(min=1)


def _logmeanexp(values: Tensor, present: Tensor) -> Tensor:
    """Log of the mean of exp over the second last axis where `present`; 0 where nothing is."""
    count = present.sum(-1, keepdim=True)
    masked = values.float().masked_fill(~present.unsqueeze(-1), -1e4)
    pooled = masked.logsumexp(-2) - count.clamp(min=1).log()
    return pooled.masked_fill(count == 0, 0.0)
