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


class _OfMarked(nn.Module):
    """What vectors of marked pairs have in common: they are brought to unit scale.

    Encoders differ in theirs, and what follows depends on it.
    """

    def __init__(self, hidden: int, size: int, dropout: float) -> None:
        super().__init__()
        self.size = size
        self.norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def mentions(self, token_vectors: Tensor, batch: dict[str, Tensor]) -> Tensor:
        """The vectors of the markers that open M mentions, ``(sequences, M, hidden)``.

        Paper C lets the first marker stand for the mention.
        """
        vectors: Tensor = self.norm(gather_rows(token_vectors, batch["mention_starts"]))
        return vectors


class ClassificationVector(_OfMarked):
    """The vector of [CLS] (paper A, before eq. 6; paper C, eq. 4)."""

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__(hidden, hidden, dropout)

    def forward(self, token_vectors: Tensor, pair_rules: Tensor) -> PairVectors:
        """One pair per sequence, ``(sequences, 1, hidden)``."""
        first = self.dropout(self.norm(token_vectors[:, :1]))
        return PairVectors(first, first, None, None)


class StartMarkers(_OfMarked):
    """The vectors of both start markers, joined (paper B; PURE, Zhong and Chen 2021).

    An entity mentioned several times has the mean of its start markers.
    """

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__(hidden, 2 * hidden, dropout)

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
        pair = self.dropout(torch.cat((head, tail), dim=-1))
        return PairVectors(pair, pair, head, tail)


def _mean_of(token_vectors: Tensor, positions: Tensor) -> Tensor:
    """Mean of the vectors at `positions`, negative ones left out, ``(sequences, hidden)``."""
    present = (positions >= 0).to(token_vectors.dtype).unsqueeze(-1)
    picked = gather_rows(token_vectors, positions)
    return (picked * present).sum(1) / present.sum(1).clamp(min=1)
