"""Cross-entropy against hand-worked values and torch's own."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st

from relatome.losses import CrossEntropy

LOSS = CrossEntropy()
LN2, LN3 = math.log(2), math.log(3)


@pytest.mark.parametrize(
    ("logits", "gold", "expected"),
    [
        ([[0.0, 0.0]], [[0, 1]], LN2),
        ([[0.0, 0.0, 0.0, 0.0]], [[0, 0, 0, 1]], 2 * LN2),
        ([[LN3, 0.0]], [[1, 0]], math.log(4 / 3)),
        ([[LN3, 0.0], [0.0, 0.0]], [[1, 0], [0, 1]], (math.log(4 / 3) + LN2) / 2),
        ([[LN3, 0.0], [0.0, 0.0]], [[1, 0], [0, 0]], math.log(4 / 3)),
        # Probabilities 1/6, 2/6, 3/6 of which the last two are gold.
        ([[0.0, LN2, LN3]], [[0, 1, 1]], (math.log(3) + LN2) / 2),
    ],
)
def test_by_hand(logits: list[list[float]], gold: list[list[int]], expected: float) -> None:
    value = LOSS(torch.tensor(logits), torch.tensor(gold).bool())
    assert value.item() == pytest.approx(expected, abs=1e-6)


@given(st.integers(1, 8), st.integers(2, 6), st.data())
def test_as_torch_has_it(pairs: int, classes: int, data: st.DataObject) -> None:
    row = st.lists(st.floats(-30, 30, width=32), min_size=classes, max_size=classes)
    logits = torch.tensor(data.draw(st.lists(row, min_size=pairs, max_size=pairs)))
    target = st.integers(0, classes - 1)
    targets = torch.tensor(data.draw(st.lists(target, min_size=pairs, max_size=pairs)))
    theirs = torch.nn.functional.cross_entropy(logits, targets)
    gold = torch.nn.functional.one_hot(targets, classes).bool()
    assert LOSS(logits, gold).item() == pytest.approx(theirs.item(), rel=1e-5, abs=1e-5)
