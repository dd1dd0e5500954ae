"""Focal loss: cross-entropy that pays little for what is easy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from relatome.encode import ILLEGAL
from relatome.losses.pair_loss import PairLoss, gold_distribution


class Focal(PairLoss):
    """Cross-entropy in which a pair counts less, the surer the model already is of it.

    With p_r the probability of the gold class r (paper B, equation 4)::

        L = -a_r · (1 - p_r)^γ · log p_r        a_r = α where r is no relation, else 1

    and the mean over the gold classes where a pair has several. γ = 0 and α = 1 is exactly
    `CrossEntropy`.

    Args:
        gamma: how fast easy pairs lose weight, 0 to 100. Paper B finds 2 best.
        alpha: weight of pairs without relation relative to those with one. It is no substitute
            for leaving some of them out of training, and does not depend on whether that is done.
        unrelated: see `PairLoss`.

    Source: paper B (KeBioLM for DrugProt), equation 4; Lin et al. 2017, "Focal loss for dense
    object detection", equations 4 and 5.

    Use it when most pairs are unrelated and easy, and their sum drowns the few that are not.

    Example:
        >>> import torch
        >>> gold = torch.tensor([[0, 1, 0, 0]]).bool()
        >>> Focal(gamma=2.0)(torch.zeros(1, 4), gold).item()  # (3/4)² · ln 4
        0.779790...
    """

    options: ClassVar = {"gamma": (0.0, 100.0), "alpha": (0.0, 1e6)}

    def __init__(
        self, *, gamma: float = 2.0, alpha: float = 1.0, unrelated: Sequence[int] = (0,)
    ) -> None:
        super().__init__(unrelated=unrelated)
        self.gamma = gamma
        self.alpha = alpha

    def per_pair(self, logits: Tensor, gold: Tensor) -> Tensor:
        """What each judged pair costs, ``(pairs,)``."""
        # 1 - p_r = sigmoid(log-sum-exp of the other classes - logit of r). Taken from the logits,
        # its logarithm and the gradient of its power stay finite where p_r rounds to 1.
        itself = torch.eye(logits.shape[-1], dtype=torch.bool, device=logits.device)
        others = logits.unsqueeze(-2).masked_fill(itself, ILLEGAL)  # (pairs, classes, classes)
        log_doubt = nn.functional.logsigmoid(others.logsumexp(dim=-1) - logits)  # log(1 - p)
        weight = torch.ones_like(logits).masked_fill(self.says_unrelated(logits), self.alpha)
        focal = weight * torch.exp(self.gamma * log_doubt) * logits.log_softmax(dim=-1)
        return -(gold_distribution(gold, logits) * focal).sum(dim=-1)
