"""Hiding entities: whole entities, every mention, nothing else."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from relatome.data.schema import BIORED
from relatome.encode import DocumentEncoding, encode_document
from relatome.models import hide_entities
from relatome.training.dataset import tensors
from tests.tiny import DOCUMENTS, long_document, tokenizer

TOKENIZER = tokenizer()
ENCODING = DocumentEncoding(96, 32)
ENCODED = [
    made
    for source in (DOCUMENTS[0], long_document("long", 6), DOCUMENTS[4])
    if (made := encode_document(source, BIORED, TOKENIZER, ENCODING))
]
BATCH = tensors(ENCODED, TOKENIZER.pad_id, ENCODING)


def hidden_tokens(rate: float) -> list[torch.Tensor]:
    """Which tokens of each document read as masked."""
    ids = hide_entities(BATCH, rate, TOKENIZER.mask_id).flatten()
    return [
        ids[BATCH["token_source"][row, : len(encoded.window_of)]] == TOKENIZER.mask_id
        for row, encoded in enumerate(ENCODED)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_entities_are_hidden_whole_and_nothing_besides(seed: int) -> None:
    torch.manual_seed(seed)
    hidden = hidden_tokens(0.5)
    allowed_anywhere = 0
    for encoded, mask in zip(ENCODED, hidden, strict=True):
        explained = torch.zeros_like(mask)
        for mentions in encoded.entity_mentions:
            tokens = encoded.mention_tokens[mentions[mentions >= 0]].flatten()
            tokens = torch.from_numpy(tokens[tokens >= 0])
            if mask[tokens].all():
                explained[tokens] = True
                allowed_anywhere += 1
        assert torch.equal(explained, mask)
    assert allowed_anywhere > 0


def test_no_rate_nothing_hidden_and_the_batch_stays_as_it_was() -> None:
    before = BATCH["input_ids"].clone()
    assert torch.equal(hide_entities(BATCH, 0.0, TOKENIZER.mask_id), before)
    assert not torch.equal(hide_entities(BATCH, 0.99, TOKENIZER.mask_id), before)
    assert torch.equal(BATCH["input_ids"], before)


def test_the_same_random_state_hides_the_same() -> None:
    torch.manual_seed(3)
    first = hide_entities(BATCH, 0.5, TOKENIZER.mask_id)
    assert not torch.equal(hide_entities(BATCH, 0.5, TOKENIZER.mask_id), first)
    torch.manual_seed(3)
    assert torch.equal(hide_entities(BATCH, 0.5, TOKENIZER.mask_id), first)
