"""What every loss shares: full precision inside, and the mean over the judged pairs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn


class PairLoss(nn.Module, ABC):
    """A loss over class logits, averaged over the judged pairs.

    Class 0 is no relation (⊥). Gold is multi-hot; a pair whose row of gold is empty is not judged:
    it adds nothing to the loss and nothing to the count. A loss says in `per_pair` what one
    judged pair costs.

    Args:
        unrelated: the classes that say that there is no relation: ⊥, and in a pool of corpora
            also the ``None-…`` of each corpus. A loss that treats ⊥ apart treats them all so.
    """

    #: Options that a recipe may set, arguments of the constructor: least and most.
    options: ClassVar[Mapping[str, tuple[float, float]]] = {}

    def __init__(self, *, unrelated: Sequence[int] = (0,)) -> None:
        super().__init__()
        self.unrelated = tuple(unrelated)

    def forward(self, logits: Tensor, gold: Tensor, count: Tensor | None = None) -> Tensor:
        """Mean loss of the judged pairs, a scalar; 0 where no pair is judged.

        Args:
            logits: ``(pairs, classes)``, `relatome.encode.ILLEGAL` where a class is illegal.
            gold: ``(pairs, classes)``, true where the class holds; only legal classes may hold.
            count: how many pairs the mean is over, where these are part of a larger batch: the
                means of its parts then add up to that of the whole.

        Returns:
            A scalar, in float32 for logits of lower precision (mixed precision would round away
            what separates a probability from 1).
        """
        judged = gold.any(dim=-1)  # (pairs,)
        precise = logits if logits.dtype == torch.float64 else logits.float()
        costs = self.per_pair(precise[judged], gold[judged])
        judged_pairs = costs.new_tensor(len(costs)) if count is None else count
        return costs.sum() / judged_pairs.clamp(min=1)

    @abstractmethod
    def per_pair(self, logits: Tensor, gold: Tensor) -> Tensor:
        """What each judged pair costs, ``(pairs,)``; arguments as `forward` has them."""

    def says_unrelated(self, logits: Tensor) -> Tensor:
        """Which classes say that there is no relation, ``(classes,)``."""
        mask = torch.zeros(logits.shape[-1], dtype=torch.bool, device=logits.device)
        mask[list(self.unrelated)] = True
        return mask


def gold_distribution(gold: Tensor, like: Tensor) -> Tensor:
    """Each judged pair's gold classes as a distribution, ``(pairs, classes)``.

    One gold class has all the mass; two have half each.
    """
    mass = gold.to(like.dtype)
    return mass / mass.sum(dim=-1, keepdim=True)
