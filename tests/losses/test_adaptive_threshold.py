"""Adaptive thresholding: hand-worked values, and least where the threshold parts the labels."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from torch import Tensor

from relatome.encode import ILLEGAL
from relatome.losses import AdaptiveThreshold
from tests.losses.test_losses import batches

LOSS = AdaptiveThreshold()


@pytest.mark.parametrize(
    ("odds", "gold", "expected"),  # exp of the logits, threshold first
    [
        # No relation holds: L2 only.
        ([1, 2, 3], [1, 0, 0], math.log(6)),
        ([6, 2, 4], [1, 0, 0], math.log(2)),
        # L1 = ln(3/2), L2 = ln(4/1)
        ([1, 2, 3], [0, 1, 0], math.log(3 / 2) + math.log(4)),
        # L1 = ln(6/2) + ln(6/3), L2 = ln(1/1)
        ([1, 2, 3], [0, 1, 1], math.log(3) + math.log(2)),
        # L1 = ln(10/2) + ln(10/6), L2 = ln(7/2)
        ([2, 2, 5, 6], [0, 1, 0, 1], math.log(5) + math.log(10 / 6) + math.log(7 / 2)),
    ],
)
def test_by_hand(odds: list[float], gold: list[int], expected: float) -> None:
    logits = torch.tensor([odds], dtype=torch.float64).log()
    assert LOSS(logits, torch.tensor([gold]).bool()).item() == pytest.approx(expected, abs=1e-12)


def test_illegal_classes_are_in_neither_part() -> None:
    logits = torch.tensor([[0.0, 0.0, ILLEGAL, ILLEGAL]])
    assert LOSS(logits, torch.tensor([[1, 0, 0, 0]]).bool()).item() == pytest.approx(math.log(2))
    assert LOSS(logits, torch.tensor([[0, 1, 0, 0]]).bool()).item() == pytest.approx(math.log(2))


def test_several_classes_of_no_relation_are_one_threshold() -> None:
    """As if their probabilities were added first, whichever of them is gold."""
    loss = AdaptiveThreshold(unrelated=(0, 3))
    split = torch.tensor([[0.5, 2.0, 3.0, 0.5]]).double().log()
    whole = torch.tensor([[1.0, 2.0, 3.0]]).double().log()
    for gold, merged in (
        ([1, 0, 0, 0], [1, 0, 0]),
        ([0, 0, 0, 1], [1, 0, 0]),
        ([0, 1, 0, 0], [0, 1, 0]),
        ([0, 1, 1, 0], [0, 1, 1]),
    ):
        expected = LOSS(whole, torch.tensor([merged]).bool()).item()
        assert loss(split, torch.tensor([gold]).bool()).item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_it_is_least_where_the_threshold_parts_the_labels(count: int) -> None:
    """With labels far on their sides it nears its least, |P| ln |P|: positives share their sum."""
    gold = torch.zeros(1, 5, dtype=torch.bool)
    gold[0, 1 : 1 + count] = True
    gold[0, 0] = count == 0
    logits = torch.full((1, 5), -50.0)
    logits[0, 0] = 0.0
    logits[0, 1 : 1 + count] = 50.0
    least = count * math.log(count) if count else 0.0
    assert LOSS(logits, gold).item() == pytest.approx(least, abs=1e-6)
    for label in range(1, 5):  # one label on the wrong side costs what it is off by
        crossed = logits.clone()
        crossed[0, label] *= -1
        assert LOSS(crossed, gold).item() > least + 49


@given(batches())
def test_raising_a_gold_relation_or_lowering_another_never_costs(
    batch: tuple[Tensor, Tensor],
) -> None:
    """With one gold relation at most; with several, raising one draws from the others."""
    logits, gold = batch[0].double(), batch[1]
    gold &= gold.cumsum(dim=1) == 1
    better = logits.clone()
    better[:, 1:] += torch.where(gold[:, 1:], 1.0, -1.0)
    better[logits <= ILLEGAL] = ILLEGAL
    assert LOSS(better, gold) <= LOSS(logits, gold) + 1e-9
