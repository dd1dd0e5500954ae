"""The sum that training minimises, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor

from relatome.data.schemas import BIORED
from relatome.errors import UsageError
from relatome.models import Scores
from relatome.recipes import Recipe, load_recipe, to_plain
from relatome.training.objective import Objective, relation_losses

# Two documents of two pairs, one of which is padding: gold relation 0, 1 and 2.
GOLD = torch.zeros(2, 2, 3, dtype=torch.bool)
GOLD[0, 0, 0] = GOLD[0, 1, 1] = GOLD[1, 0, 2] = True
NOVEL = torch.zeros(2, 2, 2, dtype=torch.bool)
NOVEL[0, 1, 1] = True
TYPES = torch.zeros(2, 2, 4, dtype=torch.bool)
TYPES[..., 1] = torch.tensor([[True, True], [True, False]])


def recipe(losses: dict[str, dict[str, Any]], **tasks: dict[str, float]) -> Recipe:
    plain = to_plain(load_recipe("small"))
    return msgspec.convert(plain | {"losses": losses, "tasks": tasks}, Recipe)


def scores(**changes: Tensor) -> Scores:
    """Logits that say nothing: every class of every task is as probable as the others."""
    sizes = {"relation": 3, "novelty": 2, "head_type": 4, "tail_type": 4}
    return {task: torch.zeros(2, 2, size) for task, size in sizes.items()} | changes


def total(recipe: Recipe, scores: Scores) -> Tensor:
    gold = {"relation": GOLD, "novelty": NOVEL, "head_type": TYPES, "tail_type": TYPES}
    return Objective(recipe, BIORED)(scores, gold)


CROSS_ENTROPY = math.log(3)
FOCAL = (2 / 3) ** 2 * math.log(3)
RANKING = (0.1 * 2 + 0.1 + 0.1) / 3


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ({"cross_entropy": {"weight": 1.0}}, CROSS_ENTROPY),
        ({"cross_entropy": {"weight": 2.5}}, 2.5 * CROSS_ENTROPY),
        ({"focal": {"weight": 1.0, "gamma": 2.0}}, FOCAL),
        (
            {"cross_entropy": {"weight": 0.5}, "abstention_ranking": {"weight": 3, "margin": 0.1}},
            0.5 * CROSS_ENTROPY + 3 * RANKING,
        ),
        (
            {name: {"weight": 1.0} for name in ("cross_entropy", "focal", "abstention_ranking")},
            CROSS_ENTROPY + FOCAL + RANKING,
        ),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_relation_losses_are_summed_by_weight(
    losses: dict[str, dict[str, Any]], expected: float
) -> None:
    assert float(total(recipe(losses), scores())) == pytest.approx(expected)


ONE = {"cross_entropy": {"weight": 2.0}}


def test_novelty_is_added_by_its_weight() -> None:
    found = total(recipe(ONE, novelty={"weight": 0.5}), scores())
    assert float(found) == pytest.approx(2 * math.log(3) + 0.5 * math.log(2))


# Head types are guessed, tail types known with odds of one to one.
TYPED = scores(tail_type=torch.tensor([0.0, math.log(3), 0.0, 0.0]).expand(2, 2, 4))
TYPING = (math.log(4) + math.log(2)) / 2


@pytest.mark.parametrize("balance", [0.0, 0.1, 0.5, 1.0])
def test_typing_is_balanced_with_all_others(balance: float) -> None:
    """Paper B, equation 3."""
    found = total(recipe(ONE, novelty={"weight": 0.5}, typing={"balance": balance}), TYPED)
    others = 2 * math.log(3) + 0.5 * math.log(2)
    assert float(found) == pytest.approx(balance * others + (1 - balance) * TYPING)


def test_what_the_recipe_does_not_name_is_not_learnt() -> None:
    logits = scores()
    for each in logits.values():
        each.requires_grad_()
    total(recipe(ONE), logits).backward()
    assert logits["relation"].grad is not None
    assert all(logits[task].grad is None for task in ("novelty", "head_type", "tail_type"))


def test_nothing_judged_is_no_loss() -> None:
    logits = scores()
    nothing = {task: torch.zeros_like(value, dtype=torch.bool) for task, value in logits.items()}
    chosen = recipe(ONE, novelty={"weight": 0.5}, typing={"balance": 0.5})
    logits["relation"].requires_grad_()
    found = Objective(chosen, BIORED)(logits, nothing)
    found.backward()
    assert float(found.detach()) == 0
    assert logits["relation"].grad is not None
    assert not logits["relation"].grad.any()


def test_the_classes_of_a_pool_that_assert_nothing_count_as_no_relation() -> None:
    labels = ("Association", "None-CID", "Bind", "None")
    schema = msgspec.structs.replace(BIORED, labels=labels)
    ((weight, loss),) = relation_losses(recipe({"abstention_ranking": {"weight": 2.0}}), schema)
    assert weight == 2
    assert loss.unrelated == (0, 2, 4)


@pytest.mark.parametrize(
    ("losses", "code", "named"),
    [
        ({"nosuch": {"weight": 1.0}}, "R606", "losses.nosuch"),
        ({"focal": {"weight": 1.0, "gama": 2.0}}, "R651", "losses.focal.gama"),
        ({"focal": {"weight": 1.0, "gamma": -2.0}}, "R652", "losses.focal.gamma"),
        ({"focal": {"gamma": 2.0}}, "R623", "losses.focal.weight"),
        *(
            ({"cross_entropy": {"weight": weight}}, "R623", "losses.cross_entropy.weight")
            for weight in (0.0, -1.0, 1e9, math.inf, math.nan)
        ),
    ],
)
def test_a_loss_that_cannot_be_is_refused_by_its_key(
    losses: dict[str, dict[str, Any]], code: str, named: str
) -> None:
    with pytest.raises(UsageError) as caught:
        relation_losses(recipe(losses), BIORED)
    assert caught.value.code == code
    assert named in str(caught.value)
