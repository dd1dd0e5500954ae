"""Cross-entropy against hand-worked values and torch's own."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st

from relatome.encode import IGNORED
from relatome.losses import CrossEntropy

LOSS = CrossEntropy()


@pytest.mark.parametrize(
    ("logits", "targets", "expected"),
    [
        ([[0.0, 0.0]], [1], math.log(2)),
        ([[0.0, 0.0, 0.0, 0.0]], [3], math.log(4)),
        ([[math.log(3), 0.0]], [0], math.log(4 / 3)),
        ([[math.log(3), 0.0], [0.0, 0.0]], [0, 1], (math.log(4 / 3) + math.log(2)) / 2),
        ([[math.log(3), 0.0], [0.0, 0.0]], [0, IGNORED], math.log(4 / 3)),
    ],
)
def test_by_hand(logits: list[list[float]], targets: list[int], expected: float) -> None:
    value = LOSS(torch.tensor(logits), torch.tensor(targets))
    assert value.item() == pytest.approx(expected, abs=1e-6)


@given(st.integers(1, 8), st.integers(2, 6), st.data())
def test_as_torch_has_it(pairs: int, classes: int, data: st.DataObject) -> None:
    row = st.lists(st.floats(-30, 30, width=32), min_size=classes, max_size=classes)
    logits = torch.tensor(data.draw(st.lists(row, min_size=pairs, max_size=pairs)))
    target = st.one_of(st.integers(0, classes - 1), st.just(IGNORED))
    targets = torch.tensor(data.draw(st.lists(target, min_size=pairs, max_size=pairs)))
    if (targets == IGNORED).all():
        return  # torch's mean of nothing is no number; ours is 0
    theirs = torch.nn.functional.cross_entropy(logits, targets, ignore_index=IGNORED)
    assert LOSS(logits, targets).item() == pytest.approx(theirs.item(), rel=1e-5, abs=1e-5)
