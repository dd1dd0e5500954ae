"""Hiding entities from the encoder during training."""

from __future__ import annotations

import torch
from torch import Tensor


def hide_entities(batch: dict[str, Tensor], rate: float, mask_id: int) -> Tensor:
    """Input ids in which whole entities, all mentions of them, are replaced by the mask token.

    The model still sees where and of which type the hidden entity is, so it has to read the
    relation from the words around it rather than from the names. The choice comes from torch's
    random state, which checkpoints keep, so a resumed run hides what it would have hidden.

    Args:
        batch: as `relatome.encode.encoder_batch` and `pair_batch` make it.
        rate: chance of every entity to be hidden.
        mask_id: vocabulary id of the mask token.

    Returns:
        ``(windows, length)``, a copy of ``batch["input_ids"]`` with masks.
    """
    entity_mentions, mention_tokens = batch["entity_mentions"], batch["mention_tokens"]
    chosen = torch.rand(entity_mentions.shape[:2], device=entity_mentions.device) < rate
    # Unchosen and padded entries point to a column past the end, which is dropped again.
    mentions = mention_tokens.shape[1]
    wanted = entity_mentions.masked_fill(~chosen.unsqueeze(-1) | (entity_mentions < 0), mentions)
    mention_hidden = _marked(wanted.flatten(1), mentions)
    tokens = batch["token_source"].shape[1]
    wanted = mention_tokens.masked_fill(
        ~mention_hidden.unsqueeze(-1) | (mention_tokens < 0), tokens
    )
    token_hidden = _marked(wanted.flatten(1), tokens)
    input_ids = batch["input_ids"].clone()
    input_ids.view(-1)[batch["token_source"][token_hidden]] = mask_id
    return input_ids


def _marked(index: Tensor, size: int) -> Tensor:
    """True at the indexed columns of each row, ``(B, size)``; index `size` marks nothing."""
    marked = torch.zeros(index.shape[0], size + 1, dtype=torch.bool, device=index.device)
    return marked.scatter_(1, index, True)[:, :size]
