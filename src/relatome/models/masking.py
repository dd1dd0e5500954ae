"""Hiding entities from the encoder during training."""

from __future__ import annotations

import torch
from torch import Tensor


def hide_entities(batch: dict[str, Tensor], rate: float, mask_id: int) -> Tensor:
    """Input ids in which whole entities, all mentions of them, are replaced by the mask token.

    The model still sees where and of which type the hidden entity is, so it has to read the
    relation from the words around it rather than from the names. Of a document that is read in
    several passes, as under anchored encoding, each pass hides entities of its own. The choice
    comes from torch's random state, which checkpoints keep, so a resumed run hides what it would
    have hidden.

    Args:
        batch: as `relatome.encode.encoder_batch` and `pair_batch` make it.
        rate: chance of every entity to be hidden.
        mask_id: vocabulary id of the mask token.

    Returns:
        ``(windows, length)``, a copy of ``batch["input_ids"]`` with masks.
    """
    entity_mentions, mention_tokens = batch["entity_mentions"], batch["mention_tokens"]
    chosen = torch.rand(entity_mentions.shape[:2], device=entity_mentions.device) < rate
    tokens = batch["token_source"].shape[1]
    _, hidden = hidden_tokens(chosen, entity_mentions, mention_tokens, tokens)
    input_ids = batch["input_ids"].clone()
    input_ids.view(-1)[batch["token_source"][hidden]] = mask_id
    return input_ids


def hidden_tokens(
    chosen: Tensor, entity_mentions: Tensor, mention_tokens: Tensor, tokens: int
) -> tuple[Tensor, Tensor]:
    """The mentions of chosen entities, ``(B, M)``, and their tokens, ``(B, T)``, as masks.

    Args:
        chosen: which entities, ``(B, E)``.
        entity_mentions: the mentions of each, -1 padded, ``(B, E, m)``.
        mention_tokens: the tokens of each mention, -1 padded, ``(B, M, K)``.
        tokens: their number, T.
    """
    # Unchosen and padded entries point to a column past the end, which is dropped again.
    mentions = mention_tokens.shape[1]
    wanted = entity_mentions.masked_fill(~chosen.unsqueeze(-1) | (entity_mentions < 0), mentions)
    mention_hidden = _marked(wanted.flatten(1), mentions)
    wanted = mention_tokens.masked_fill(
        ~mention_hidden.unsqueeze(-1) | (mention_tokens < 0), tokens
    )
    return mention_hidden, _marked(wanted.flatten(1), tokens)


def _marked(index: Tensor, size: int) -> Tensor:
    """True at the indexed columns of each row, ``(B, size)``; index `size` marks nothing."""
    marked = torch.zeros(index.shape[0], size + 1, dtype=torch.bool, device=index.device)
    return marked.scatter_(1, index, True)[:, :size]
