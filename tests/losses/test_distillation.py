"""Distillation: hand-worked values, nothing to learn from one's own opinion, and its gradient."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from relatome.losses import CrossEntropy, Distillation
from tests.losses.test_losses import batches

# Probabilities 1/6, 2/6, 3/6.
LOGITS = torch.tensor([[0.0, math.log(2), math.log(3)]]).double()


@pytest.mark.parametrize(
    ("taught", "temperature", "expected"),
    [
        ([1 / 6, 2 / 6, 3 / 6], 1.0, 0.0),
        ([1 / 6, 2 / 6, 3 / 6], 3.0, 0.0),
        ([1.0, 0.0, 0.0], 1.0, math.log(6)),
        ([0.5, 0.5, 0.0], 1.0, math.log(1 / 2) + (math.log(6) + math.log(3)) / 2),
        # Square roots of 1, 4 and 9 are 1, 2 and 3.
        ([0.0, 1.0, 0.0], 2.0, 4 * math.log((1 + math.sqrt(2) + math.sqrt(3)) / math.sqrt(2))),
    ],
)
def test_by_hand(taught: list[float], temperature: float, expected: float) -> None:
    value = Distillation(temperature=temperature)(LOGITS, torch.tensor([taught]).double())
    assert value.item() == pytest.approx(expected, abs=1e-6)


def test_a_row_without_probabilities_is_not_taught() -> None:
    taught = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]).double()
    both = Distillation(temperature=1.0)(LOGITS.repeat(2, 1), taught)
    assert both.item() == pytest.approx(math.log(6))


@given(batches())
def test_a_teacher_that_is_sure_is_gold(batch: tuple[Tensor, Tensor]) -> None:
    logits, gold = batch
    first = torch.zeros_like(gold).scatter(-1, gold.int().argmax(-1, keepdim=True), True) & gold
    taught = Distillation(temperature=1.0)(logits, first.to(logits.dtype))
    assert taught.item() == pytest.approx(CrossEntropy()(logits, first).item(), abs=1e-5)


@given(st.floats(0.5, 8))
def test_the_gradient(temperature: float) -> None:
    logits = torch.randn(4, 5, dtype=torch.float64, requires_grad=True)
    taught = torch.rand(4, 5, dtype=torch.float64).softmax(-1)
    assert torch.autograd.gradcheck(
        lambda each: Distillation(temperature=temperature)(each, taught), (logits,)
    )
