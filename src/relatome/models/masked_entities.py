"""Entity-aware masking: an encoder that tells which entity is hidden, and of which type."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.models.masking import hidden_tokens
from relatome.models.pairs import gather_rows, mean_rows


class MaskedEntityModel(nn.Module):
    """An encoder with two heads over masked mentions, identifier and type (paper D, EMBRE).

    Of every window entities are chosen at random, and every mention of them is masked whole. A
    mention is the mean of the vectors of its masked pieces. What is kept in the end is the encoder.
    """

    def __init__(
        self,
        backbone: PreTrainedModel,
        identifiers: int,
        types: int,
        mask_rate: float,
        mask_id: int,
    ) -> None:
        """Build on an encoder.

        Args:
            backbone: the encoder.
            identifiers: how many there are to tell apart.
            types: likewise.
            mask_rate: chance of an entity to be chosen.
            mask_id: vocabulary id of the mask token.
        """
        super().__init__()
        self.backbone = backbone
        hidden = backbone.config.hidden_size
        self.tell_identifier = nn.Linear(hidden, identifiers)
        self.tell_type = nn.Linear(hidden, types)
        self.mask_rate = mask_rate
        self.mask_id = mask_id

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        mention_tokens: Tensor,
        entity_mentions: Tensor,
        identifiers: Tensor,
        types: Tensor,
    ) -> dict[str, Tensor]:
        """Mean cross-entropy of identifier and type over the masked mentions, added, as ``loss``.

        Args:
            input_ids: ``(B, L)``.
            attention_mask: ``(B, L)``.
            mention_tokens: positions of each mention's pieces, -1 padded, ``(B, M, K)``.
            entity_mentions: mentions of each entity, -1 padded, ``(B, E, m)``.
            identifiers: class of each mention's identifier, negative where it has none,
                ``(B, M)``.
            types: class of each mention's type, ``(B, M)``.
        """
        chosen = choose_entities(entity_mentions, self.mask_rate)
        mentions, tokens = hidden_tokens(
            chosen, entity_mentions, mention_tokens, input_ids.shape[1]
        )
        masked = input_ids.masked_fill(tokens, self.mask_id)
        output = self.backbone(input_ids=masked, attention_mask=attention_mask)
        pieces = gather_rows(output.last_hidden_state, mention_tokens)
        vectors = mean_rows(pieces, mention_tokens >= 0)[mentions]  # (masked mentions, hidden)
        identifiers, types = identifiers[mentions], types[mentions]
        known = identifiers >= 0
        loss = _mean_cost(self.tell_identifier(vectors[known]), identifiers[known])
        return {"loss": loss + _mean_cost(self.tell_type(vectors), types)}


def choose_entities(entity_mentions: Tensor, rate: float) -> Tensor:
    """Entities to mask, ``(B, E)``: at least one of two or more, and never all of a window.

    Something of what is said must stay to be read (paper D). The choice comes from torch's random
    state, which checkpoints keep.

    Args:
        entity_mentions: ``(B, E, m)``, -1 padded.
        rate: chance of each to be chosen.
    """
    real = (entity_mentions >= 0).any(-1)
    drawn = torch.rand(real.shape, device=real.device).masked_fill(~real, 2.0)
    chosen = drawn < rate
    lowest = drawn.argmin(-1, keepdim=True)
    chosen = chosen.scatter(1, lowest, True)
    highest = drawn.masked_fill(~real, -1.0).argmax(-1, keepdim=True)
    # Of a single entity, lowest and highest are the same, and it stays.
    return chosen.scatter(1, highest, False) & real


def _mean_cost(logits: Tensor, classes: Tensor) -> Tensor:
    """Mean cross-entropy; 0 where there is nothing to judge."""
    total = nn.functional.cross_entropy(logits.float(), classes, reduction="sum")
    return total / max(1, len(classes))
