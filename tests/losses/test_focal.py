"""Focal loss: hand-worked values, cross-entropy at γ = 0, and the ends of the scale."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from relatome.losses import CrossEntropy, Focal
from tests.losses.test_losses import batches

# Probabilities 1/6, 2/6, 3/6.
LOGITS = torch.tensor([[0.0, math.log(2), math.log(3)]]).double()


@pytest.mark.parametrize(
    ("gold", "gamma", "alpha", "expected"),
    [
        ([1, 0, 0], 1.0, 1.0, 5 / 6 * math.log(6)),
        ([1, 0, 0], 2.0, 1.0, 25 / 36 * math.log(6)),
        ([1, 0, 0], 2.0, 0.2, 5 / 36 * math.log(6)),
        ([0, 0, 1], 2.0, 1.0, 1 / 4 * math.log(2)),
        ([0, 0, 1], 2.0, 0.2, 1 / 4 * math.log(2)),  # α is for no relation only
        ([0, 0, 1], 0.5, 1.0, math.sqrt(1 / 2) * math.log(2)),
        ([0, 1, 1], 2.0, 0.2, (4 / 9 * math.log(3) + 1 / 4 * math.log(2)) / 2),
    ],
)
def test_by_hand(gold: list[int], gamma: float, alpha: float, expected: float) -> None:
    value = Focal(gamma=gamma, alpha=alpha)(LOGITS, torch.tensor([gold]).bool())
    assert value.item() == pytest.approx(expected, abs=1e-6)


def test_alpha_is_for_every_class_of_no_relation() -> None:
    loss = Focal(gamma=0.0, alpha=0.5, unrelated=(0, 2))
    values = [loss(LOGITS, torch.tensor([row]).bool()).item() for row in torch.eye(3).tolist()]
    assert values == pytest.approx([math.log(6) / 2, math.log(3), math.log(2) / 2], abs=1e-6)


@given(batches())
def test_without_focus_it_is_cross_entropy(batch: tuple[Tensor, Tensor]) -> None:
    assert Focal(gamma=0.0, alpha=1.0)(*batch).item() == CrossEntropy()(*batch).item()


@given(batches(), st.floats(0, 5), st.floats(0, 5))
def test_more_focus_never_costs_more(
    batch: tuple[Tensor, Tensor], gamma: float, more: float
) -> None:
    low, high = Focal(gamma=gamma)(*batch), Focal(gamma=gamma + more)(*batch)
    assert high <= low * (1 + 1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 100.0])
def test_where_the_probability_rounds_to_one_or_nought(gamma: float) -> None:
    logits = torch.tensor([[0.0, 40.0, -40.0], [0.0, 2000.0, -2000.0]], requires_grad=True)
    sure = Focal(gamma=gamma)(logits, torch.tensor([[0, 1, 0], [0, 1, 0]]).bool())
    assert sure.item() == pytest.approx(0.0, abs=1e-6)
    sure.backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    wrong = Focal(gamma=gamma)(logits, torch.tensor([[0, 0, 1], [0, 0, 1]]).bool())
    assert wrong.item() == pytest.approx((80 + 4000) / 2)
