"""What training minimises: the losses of all tasks, in the proportions a recipe gives them."""

from __future__ import annotations

import torch
from torch import Tensor

from relatome.data import Schema
from relatome.data.schema import is_no_relation
from relatome.errors import LOSS_WEIGHT, UsageError
from relatome.losses import CrossEntropy, Distillation, PairLoss, build_loss
from relatome.models import Scores
from relatome.recipes import Recipe
from relatome.training.lesson import TAUGHT


def relation_losses(recipe: Recipe, schema: Schema) -> list[tuple[float, PairLoss]]:
    """The losses of the relation head, each with its weight.

    Raises:
        UsageError: naming the key of a loss, option or value that cannot be.
    """
    labels = enumerate(schema.labels, start=1)
    unrelated = (0, *(index for index, label in labels if is_no_relation(label)))
    found = []
    for name, table in recipe.losses.items():
        options = dict(table)
        weight = options.pop("weight", None)
        if weight is None or not 0 < weight <= 1e6:
            raise UsageError(LOSS_WEIGHT, name=name)
        found.append((weight, build_loss(name, options, name, unrelated)))
    return found


class Objective:
    """The weighted sum of the losses of all tasks (paper C, eq. 6; paper D's λ1 and λ2)."""

    def __init__(self, recipe: Recipe, schema: Schema) -> None:
        self.typing = recipe.tasks.typing
        self.relation_losses = relation_losses(recipe, schema)
        self.cross_entropy = CrossEntropy()
        tasks = recipe.tasks
        weighted = {
            "novelty": tasks.novelty,
            "direction": tasks.direction,
            "coreference": tasks.coreference,
            "pair_typing": tasks.pair_typing,
            "tagging": tasks.tagging,
        }
        self.distillation, self.taught = 0.0, None
        if (taught := recipe.distillation) is not None:
            self.distillation = taught.weight
            self.taught = Distillation(temperature=taught.temperature)
        self.weights = {name: task.weight for name, task in weighted.items() if task is not None}

    def __call__(
        self,
        scores: Scores,
        gold: dict[str, Tensor],
        counts: dict[str, Tensor] | None = None,
    ) -> Tensor:
        """The sum, a scalar.

        Args:
            scores: logits by task, ``(..., classes)``.
            gold: gold rows by task, of the same shapes; and what a teacher says.
            counts: judged rows by task, where this is a part of a larger batch.
        """

        def cost(loss: PairLoss, task: str) -> Tensor:
            count = None if counts is None else counts[task]
            logits = scores[task.removesuffix(TAUGHT)]
            value: Tensor = loss(logits.flatten(0, -2), gold[task].flatten(0, -2), count)
            return value

        total = next(iter(scores.values())).new_zeros((), dtype=torch.float32)
        for weight, loss in self.relation_losses:
            total = total + weight * cost(loss, "relation")
        for task, weight in self.weights.items():
            total = total + weight * cost(self.cross_entropy, task)
        if self.taught is not None:
            for task in (name for name in gold if name.endswith(TAUGHT)):
                total = total + self.distillation * cost(self.taught, task)
        if self.typing is not None:
            balance = self.typing.balance
            ends = [cost(self.cross_entropy, task) for task in ("head_type", "tail_type")]
            # Paper B, eq. 3
            total = balance * total + (1 - balance) * (ends[0] + ends[1]) / 2
        return total


def judged_rows(gold: dict[str, Tensor]) -> dict[str, Tensor]:
    """How many rows of each task are judged, a scalar each."""
    return {task: rows.any(dim=-1).sum() for task, rows in gold.items()}
