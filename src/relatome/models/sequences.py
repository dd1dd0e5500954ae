"""Pair encoding: an encoder over one sequence per pair, and the vectors read off it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.models.pairs import PairVectors, gather_rows


class SequenceEncoder(nn.Module):
    """An encoder of sequences with markers, and a prompt as first segment where there is one."""

    def __init__(self, backbone: PreTrainedModel) -> None:
        super().__init__()
        self.backbone = backbone
        # RoBERTa has one segment only, DeBERTa and ModernBERT have none: there the separator
        # alone parts prompt and text.
        self._segments = getattr(backbone.config, "type_vocab_size", 0) > 1

    @property
    def hidden_size(self) -> int:
        """Size of the vectors `forward` returns."""
        return int(self.backbone.config.hidden_size)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, segment_ids: Tensor) -> Tensor:
        """Token vectors ``(sequences, length, hidden)``; all arguments ``(sequences, length)``."""
        segments = {"token_type_ids": segment_ids} if self._segments else {}
        output = self.backbone(input_ids=input_ids, attention_mask=attention_mask, **segments)
        hidden: Tensor = output.last_hidden_state
        return hidden


class ClassificationVector(nn.Module):
    """The vector of [CLS] (paper A, before eq. 6), brought to unit scale."""

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__()
        self.size = hidden
        self.norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, token_vectors: Tensor, pair_rules: Tensor) -> PairVectors:
        """One pair per sequence, ``(sequences, 1, hidden)``."""
        first = token_vectors[:, :1]
        return PairVectors(self.dropout(self.norm(first)), None, None)


class StartMarkers(nn.Module):
    """The vectors of both start markers, joined (paper B; PURE, Zhong and Chen 2021).

    An entity mentioned several times has the mean of its start markers. Encoders differ in the
    scale of their vectors, so each is brought to unit scale first.
    """

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__()
        self.size = 2 * hidden
        self.norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, token_vectors: Tensor, head_starts: Tensor, tail_starts: Tensor, pair_rules: Tensor
    ) -> PairVectors:
        """One pair per sequence.

        Args:
            token_vectors: ``(sequences, length, hidden)``.
            head_starts: positions of the markers that open the head's mentions, -1 padded,
                ``(sequences, mentions)``.
            tail_starts: of the tail's, likewise.
            pair_rules: not used here.

        Returns:
            pair vectors ``(sequences, 1, 2 · hidden)``.
        """
        head, tail = (
            self.norm(_mean_of(token_vectors, starts)).unsqueeze(1)
            for starts in (head_starts, tail_starts)
        )
        return PairVectors(self.dropout(torch.cat((head, tail), dim=-1)), head, tail)


def _mean_of(token_vectors: Tensor, positions: Tensor) -> Tensor:
    """Mean of the vectors at `positions`, negative ones left out, ``(sequences, hidden)``."""
    present = (positions >= 0).to(token_vectors.dtype).unsqueeze(-1)
    picked = gather_rows(token_vectors, positions)
    return (picked * present).sum(1) / present.sum(1).clamp(min=1)
