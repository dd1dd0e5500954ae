"""What training minimises: the losses of all tasks, in the proportions a recipe gives them."""

from __future__ import annotations

import torch
from torch import Tensor

from relatome.data import Schema
from relatome.data.schema import is_no_relation
from relatome.errors import LOSS_WEIGHT, UsageError
from relatome.losses import CrossEntropy, PairLoss, build_loss
from relatome.models import Scores
from relatome.recipes import Recipe


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
    """The weighted sum of the losses of all tasks."""

    def __init__(self, recipe: Recipe, schema: Schema) -> None:
        self.tasks = recipe.tasks
        self.relation_losses = relation_losses(recipe, schema)
        self.cross_entropy = CrossEntropy()

    def __call__(self, scores: Scores, gold: dict[str, Tensor]) -> Tensor:
        """The sum, a scalar.

        Args:
            scores: logits by task, ``(B, P, classes)``.
            gold: gold rows by task, of the same shapes.
        """

        def cost(loss: PairLoss, task: str) -> Tensor:
            value: Tensor = loss(scores[task].flatten(0, 1), gold[task].flatten(0, 1))
            return value

        total = torch.zeros((), device=scores["relation"].device)
        for weight, loss in self.relation_losses:
            total = total + weight * cost(loss, "relation")
        if self.tasks.novelty is not None:
            total = total + self.tasks.novelty.weight * cost(self.cross_entropy, "novelty")
        if self.tasks.typing is not None:
            balance = self.tasks.typing.balance
            ends = [cost(self.cross_entropy, task) for task in ("head_type", "tail_type")]
            # Paper B, eq. 3
            total = balance * total + (1 - balance) * (ends[0] + ends[1]) / 2
        return total
