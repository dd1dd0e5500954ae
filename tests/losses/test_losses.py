"""Losses: what every one of them owes, and that each has its own test."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from relatome.encode import IGNORED, ILLEGAL
from relatome.losses import LOSSES

LOGITS = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.0, 0.0], [-3.0, 4.0, 1.0], [1.0, 1.0, -2.0]])
TARGETS = torch.tensor([0, 2, 1, 2])

each_loss = pytest.mark.parametrize("loss", [kind() for kind in LOSSES.values()], ids=LOSSES)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_a_file_and_a_test_of_its_own(name: str) -> None:
    module = LOSSES[name].__module__
    assert module == f"relatome.losses.{name}"
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_says_what_it_is_when_to_use_it_and_shows_it(name: str) -> None:
    loss = LOSSES[name]
    text = loss.__doc__ or ""
    idea, when, example = text.find("\n"), text.find("Use it"), text.find("Example")
    assert 0 < idea < when < example, "the idea, when to use it, an example, in this order"
    assert text.split("\n", 1)[0].endswith("."), "the idea in one sentence"
    forward = loss.forward.__doc__ or ""
    assert "Args:" in forward
    for argument, shape in (("logits:", "``(pairs, classes)``"), ("targets:", "``(pairs,)``")):
        assert shape in forward[forward.index(argument) :], "arguments with their shapes"


@pytest.mark.parametrize("name", LOSSES)
def test_examples_of_the_docstring_run(name: str) -> None:
    module = importlib.import_module(LOSSES[name].__module__)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


@each_loss
def test_a_loss_is_a_finite_scalar_in_full_precision(loss: nn.Module) -> None:
    value = loss(LOGITS, TARGETS)
    assert value.shape == ()
    assert value.dtype == torch.float32
    assert torch.isfinite(value)
    assert loss(LOGITS.bfloat16(), TARGETS).dtype == torch.float32


@each_loss
def test_what_is_ignored_changes_nothing(loss: nn.Module) -> None:
    more = torch.cat([LOGITS, torch.full((2, 3), 7.0)])
    targets = torch.cat([TARGETS, torch.tensor([IGNORED, IGNORED])])
    assert loss(more, targets) == pytest.approx(loss(LOGITS, TARGETS).item(), abs=1e-6)


@each_loss
def test_nothing_to_judge_is_no_loss(loss: nn.Module) -> None:
    logits = LOGITS.clone().requires_grad_()
    value = loss(logits, torch.full((4,), IGNORED))
    assert value.item() == 0
    value.backward()
    assert logits.grad is not None
    assert not logits.grad.any()


@each_loss
def test_the_order_of_pairs_does_not_matter(loss: nn.Module) -> None:
    order = torch.tensor([2, 0, 3, 1])
    assert loss(LOGITS[order], TARGETS[order]).item() == pytest.approx(loss(LOGITS, TARGETS).item())


@each_loss
def test_gradients_are_right(loss: nn.Module) -> None:
    logits = LOGITS.double().requires_grad_()
    targets = torch.tensor([0, 2, IGNORED, 1])
    loss(logits, targets).backward()
    assert logits.grad is not None
    step = 1e-2
    for row in range(4):
        for column in range(3):
            ends = []
            for sign in (1, -1):
                moved = LOGITS.double().clone()
                moved[row, column] += sign * step
                ends.append(loss(moved, targets).item())
            slope = (ends[0] - ends[1]) / (2 * step)
            assert logits.grad[row, column].item() == pytest.approx(slope, abs=2e-3)


@each_loss
def test_illegal_classes_are_left_alone(loss: nn.Module) -> None:
    logits = LOGITS.clone()
    logits[:, 1] = ILLEGAL
    logits.requires_grad_()
    targets = torch.tensor([0, 2, 0, 2])
    without = loss(LOGITS[:, [0, 2]], torch.tensor([0, 1, 0, 1]))
    value = loss(logits, targets)
    value.backward()
    assert value.item() == pytest.approx(without.item(), abs=1e-6)
    assert logits.grad is not None
    assert not logits.grad[:, 1].any()


@each_loss
def test_a_step_down_the_gradient_lowers_it(loss: nn.Module) -> None:
    logits = LOGITS.clone().requires_grad_()
    value = loss(logits, TARGETS)
    value.backward()
    with torch.no_grad():
        assert loss(logits - 0.1 * logits.grad, TARGETS) < value
