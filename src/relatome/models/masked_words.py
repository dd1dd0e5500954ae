"""Masked language modelling: an encoder that predicts hidden tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.encode import Tokenizer


class MaskedLanguageModel(nn.Module):
    """An encoder with a head that predicts hidden tokens (Devlin et al. 2019).

    The head is fresh, its output layer the word embeddings themselves; only the masked positions
    pass through it. What is kept in the end is the encoder.
    """

    def __init__(self, backbone: PreTrainedModel, tokenizer: Tokenizer, mask_rate: float) -> None:
        super().__init__()
        self.backbone = backbone
        words = backbone.get_input_embeddings()
        hidden = backbone.config.hidden_size
        self.transform = nn.Sequential(
            nn.Linear(hidden, words.embedding_dim), nn.GELU(), nn.LayerNorm(words.embedding_dim)
        )
        self.bias = nn.Parameter(torch.zeros(words.num_embeddings))
        self.mask_rate = mask_rate
        self.mask_id = tokenizer.mask_id
        self.special_ids = (tokenizer.cls_id, tokenizer.sep_id)

    def forward(self, input_ids: Tensor) -> dict[str, Tensor]:
        """Mean cross-entropy over the masked tokens of ``(batch, length)`` ids, as ``loss``.

        Masks come from torch's random state, which checkpoints keep.
        """
        chosen = torch.rand(input_ids.shape, device=input_ids.device) < self.mask_rate
        for special in self.special_ids:
            chosen &= input_ids != special
        shown = torch.rand(input_ids.shape, device=input_ids.device)
        words = self.backbone.get_input_embeddings()
        other = torch.randint_like(input_ids, words.num_embeddings)
        masked = torch.where(chosen & (shown < 0.8), self.mask_id, input_ids)
        masked = torch.where(chosen & (shown >= 0.9), other, masked)
        vectors = self.backbone(input_ids=masked).last_hidden_state[chosen]
        # (masked tokens, vocabulary)
        logits = self.transform(vectors) @ words.weight.T + self.bias
        return {"loss": nn.functional.cross_entropy(logits.float(), input_ids[chosen])}
