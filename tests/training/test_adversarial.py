"""The adversarial step: a second pass over moved word embeddings, which come back unmoved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from relatome.encode import Tokenizer
from relatome.models import RelationModel
from relatome.recipes import Recipe
from relatome.training.adversarial import perturbed
from relatome.training.dataset import Examples
from relatome.training.run import _beginning, preflight
from relatome.training.trainer import RelationTrainer
from tests.tiny import learnable, split
from tests.training.conftest import Tiny

EPSILON = 0.7


def test_the_words_are_moved_along_the_gradient_and_come_back_bit_for_bit() -> None:
    words = torch.nn.Parameter(torch.randn(5, 3))
    before, gradient = words.detach().clone(), torch.randn(5, 3)
    with perturbed(words, gradient, EPSILON):
        moved = words.detach() - before
        assert moved.norm().item() == pytest.approx(EPSILON, rel=1e-4)
        assert torch.allclose(moved, EPSILON * gradient / gradient.norm(), atol=1e-6)
    assert torch.equal(words, before)
    with pytest.raises(ZeroDivisionError), perturbed(words, gradient, EPSILON):
        raise ZeroDivisionError
    assert torch.equal(words, before), "they come back whatever happens"


@pytest.mark.parametrize("value", [0.0, float("nan"), float("inf")])
def test_nothing_moves_without_a_direction(value: float) -> None:
    words = torch.nn.Parameter(torch.randn(5, 3))
    before = words.detach().clone()
    with perturbed(words, torch.full((5, 3), value), EPSILON):
        assert torch.equal(words, before)


def beginning(recipe: Recipe) -> tuple[RelationModel, Tokenizer, Any]:
    """The model before its first step, without dropout, so that two passes are the same."""
    torch.manual_seed(3)
    model, tokenizer, settings = _beginning(recipe, preflight(recipe), None, "")
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model, tokenizer, settings


def trainer_of(recipe: Recipe, folder: Path) -> RelationTrainer:
    model, tokenizer, settings = beginning(recipe)
    examples = Examples(split("train", learnable(8), "train"), settings, tokenizer)
    return RelationTrainer(recipe, model, tokenizer, examples, folder=folder)


def recipe_of(tiny: Tiny, *overrides: str) -> Recipe:
    return tiny(
        "model.dropout=0.0",
        "training.mask_entities=0.0",
        "training.epochs=1",
        "training.batch_size=8",
        f"adversarial.epsilon={EPSILON}",
        *overrides,
    )


@pytest.mark.parametrize("accumulation", [1, 2])
def test_a_step_is_that_of_two_passes_made_by_hand(
    accumulation: int, tiny: Tiny, tmp_path: Path
) -> None:
    recipe = recipe_of(tiny, f"training.accumulation={accumulation}")
    trainer = trainer_of(recipe, tmp_path)
    trainer.train()

    other = trainer_of(recipe, tmp_path / "by-hand")
    model, words = other.model, other.model.encoder.backbone.get_input_embeddings().weight
    model.train()
    other.create_optimizer_and_scheduler(1)
    loader = list(other.get_train_dataloader())
    assert len(loader) == accumulation
    _, counts = other.get_batch_samples(iter(loader), len(loader), torch.device("cpu"))
    kept = words.detach().clone()
    total = [torch.zeros_like(p) for p in model.parameters()]
    for batch in loader:
        loss = other.compute_loss(model, dict(batch), num_items_in_batch=counts)
        clean = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
        (gradient,) = [g for p, g in zip(model.parameters(), clean, strict=True) if p is words]
        with torch.no_grad():
            words.add_(EPSILON * gradient / gradient.norm())
        loss = other.compute_loss(model, dict(batch), num_items_in_batch=counts)
        moved = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
        with torch.no_grad():
            words.copy_(kept)
        for sum_, one, two in zip(total, clean, moved, strict=True):
            if one is not None:
                sum_ += one + two
    for parameter, gradient in zip(model.parameters(), total, strict=True):
        parameter.grad = gradient
    torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.training.max_gradient_norm)
    other.optimizer.step()
    compared = 0
    for (name, made), expected, gradient in zip(
        trainer.model.named_parameters(), model.parameters(), total, strict=True
    ):
        # AdamW's first step is as long whatever the gradient's size, so where that is nothing but
        # rounding (a bias of attention keys changes nothing), so is the step.
        real = gradient.abs() > 1e-6
        compared += int(real.sum())
        assert torch.allclose(made[real], expected[real], atol=2e-6), name
    assert compared > 10_000


def test_it_is_another_step_than_without(tiny: Tiny, tmp_path: Path) -> None:
    trained = []
    for epsilon in (EPSILON, 1e-6):
        recipe = recipe_of(tiny, f"adversarial.epsilon={epsilon}")
        trainer = trainer_of(recipe, tmp_path / str(epsilon))
        trainer.train()
        trained.append(torch.cat([p.flatten() for p in trainer.model.parameters()]))
    assert not torch.allclose(*trained, atol=1e-6)


def test_it_computes_in_bf16_too(tiny: Tiny, tmp_path: Path) -> None:
    trainer = trainer_of(recipe_of(tiny, "training.precision=bf16"), tmp_path)
    trainer.train()
    assert all(torch.isfinite(p).all() for p in trainer.model.parameters())
