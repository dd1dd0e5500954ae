"""Heads: coreference is the bilinear layer of the paper, hidden layers are there if asked for."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from relatome.data.schemas import BIORED
from relatome.models.heads import (
    CoreferenceHead,
    DirectionHead,
    NoveltyHead,
    RelationHead,
    TypingHead,
)


def test_coreference_is_a_bilinear_layer() -> None:
    torch.manual_seed(0)
    head, other = CoreferenceHead(6), nn.Bilinear(6, 6, 2)
    with torch.no_grad():
        head.bias.copy_(torch.tensor([0.3, -0.2]))
        other.weight.copy_(head.bilinear.permute(1, 0, 2))
        other.bias.copy_(head.bias)
    mentions, others = torch.randn(2, 5, 6), torch.randn(2, 4, 6)
    made = head(mentions, others)
    assert made.shape == (2, 5, 4, 2)
    for left in range(5):
        for right in range(4):
            expected = other(mentions[:, left], others[:, right])
            assert torch.allclose(made[:, left, right], expected, atol=1e-5)


@pytest.mark.parametrize("pooled", [True, False], ids=["with context", "without"])
def test_swapping_head_and_tail_swaps_the_subject(pooled: bool) -> None:
    torch.manual_seed(0)
    head = DirectionHead(8, context=pooled, dropout=0.5).eval()
    one, other, between = torch.randn(3, 2, 5, 8)
    context = between if pooled else None
    made, swapped = head(one, other, context), head(other, one, context)
    assert made.shape == (2, 5, 3)
    assert torch.allclose(swapped, made[..., [1, 0, 2]], atol=1e-6)
    assert (made[..., 0] - made[..., 1]).abs().min() > 1e-4
    if pooled:
        assert not torch.allclose(head(one, other, -between), made, atol=1e-2)


def test_a_hidden_layer_makes_a_perceptron() -> None:
    vectors, rules = torch.randn(2, 3, 8), torch.zeros(2, 3, dtype=torch.long)
    for hidden, layers in ((0, 1), (16, 2)):
        relation, novelty = RelationHead(8, BIORED, hidden), NoveltyHead(8, hidden)
        assert relation(vectors, rules).shape == (2, 3, 9)
        assert novelty(vectors).shape == (2, 3, 2)
        for head in (relation, novelty):
            assert sum(isinstance(module, nn.Linear) for module in head.modules()) == layers


def test_pair_typing_tells_the_pair_rules() -> None:
    head = TypingHead(8, len(BIORED.pairs))
    assert head(torch.randn(2, 3, 8)).shape == (2, 3, 8)
