"""Abstention ranking: hand-worked values, and nought exactly where every margin holds."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor

from relatome.encode import ILLEGAL
from relatome.losses import AbstentionRanking
from tests.losses.test_losses import batches


def ranked(scores: list[float], gold: list[int], **options: float) -> float:
    """The loss of one pair with these probabilities."""
    return float(
        AbstentionRanking(**options)(
            torch.tensor([scores], dtype=torch.float64).log(), torch.tensor([gold]).bool()
        )
    )


@pytest.mark.parametrize(
    ("scores", "gold", "margin", "expected"),
    [
        # ⊥ is gold: every other class has its share of the sum.
        ([0.5, 0.3, 0.2], [1, 0, 0], 0.1, 0.0),
        ([0.5, 0.3, 0.2], [1, 0, 0], 0.25, 0.05),
        ([0.5, 0.3, 0.2], [1, 0, 0], 0.4, 0.2 + 0.1),
        ([0.2, 0.3, 0.5], [1, 0, 0], 0.1, 0.2 + 0.4),
        # A relation is gold: it is compared with ⊥ only.
        ([0.2, 0.3, 0.5], [0, 1, 0], 0.1, 0.0),
        ([0.2, 0.3, 0.5], [0, 1, 0], 0.3, 0.2),
        ([0.5, 0.3, 0.2], [0, 1, 0], 0.0, 0.2),
        # Two relations are gold: each is compared with ⊥.
        ([0.4, 0.35, 0.25], [0, 1, 1], 0.1, 0.15 + 0.25),
    ],
)
def test_by_hand(scores: list[float], gold: list[int], margin: float, expected: float) -> None:
    assert ranked(scores, gold, margin=margin) == pytest.approx(expected, abs=1e-12)


def test_illegal_classes_have_no_share_in_the_sum() -> None:
    logits = torch.tensor([[0.0, 0.0, ILLEGAL, ILLEGAL]])
    gold = torch.tensor([[1, 0, 0, 0]]).bool()
    assert AbstentionRanking(margin=0.6)(logits, gold).item() == pytest.approx(0.6)


def test_several_classes_of_no_relation() -> None:
    loss = AbstentionRanking(margin=0.2, unrelated=(0, 3))
    scores = torch.tensor([[0.1, 0.2, 0.3, 0.4]], dtype=torch.float64).log()
    values = [loss(scores, torch.tensor([row]).bool()).item() for row in torch.eye(4).tolist()]
    # A gold ⊥ leads all others, a gold relation leads each ⊥.
    assert values == pytest.approx(
        [0.3 + 0.4 + 0.5, 0.1 + 0.4, 0.0 + 0.3, 0.0 + 0.0 + 0.1], abs=1e-12
    )


def margins_hold(scores: list[float], legal: list[bool], gold: list[bool], margin: float) -> bool:
    """Equation 8, read off one pair."""
    if gold[0]:
        rivals = [score for score, may in zip(scores[1:], legal[1:], strict=True) if may]
        return all(scores[0] - rival >= margin for rival in rivals)
    held = [score for score, holds in zip(scores, gold, strict=True) if holds]
    return all(score - scores[0] >= margin for score in held)


# A margin may be nought, but not so small that its loss vanishes in a mean.
@given(batches(), st.just(0.0) | st.floats(1e-6, 1))
@example((torch.zeros(1, 2), torch.tensor([[False, True]])), 0.0)  # equal scores, no margin
def test_it_is_nought_exactly_where_every_margin_holds(
    batch: tuple[Tensor, Tensor], margin: float
) -> None:
    judged = batch[1].any(dim=1)
    logits, gold = batch[0][judged].double(), batch[1][judged]
    scores, legal = logits.softmax(dim=1).tolist(), (logits > ILLEGAL).tolist()
    hold = [margins_hold(*pair, margin) for pair in zip(scores, legal, gold.tolist(), strict=True)]
    loss = AbstentionRanking(margin=margin)
    costs = [loss(row[None], held[None]).item() for row, held in zip(logits, gold, strict=True)]
    assert [cost == 0 for cost in costs] == hold
    assert (loss(logits, gold).item() == 0) == all(hold)
