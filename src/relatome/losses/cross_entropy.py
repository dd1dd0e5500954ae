"""Cross-entropy, the loss the others are measured against."""

from __future__ import annotations

from torch import Tensor

from relatome.losses.pair_loss import PairLoss, gold_distribution


class CrossEntropy(PairLoss):
    """Negative log-probability of the gold class, the mean of them where a pair has several.

    With G the gold classes of the pair and p the softmax of its logits::

        L = -1/|G| · Σ_{r in G} log p_r

    Illegal classes carry the logit `ILLEGAL` and so take no part in the softmax.

    Source: the loss of every softmax classifier. Paper B's focal loss becomes it at γ = 0.

    Use it first; reach for another loss when classes are so unequal that the rare ones are
    never predicted.

    Example:
        >>> import torch
        >>> gold = torch.tensor([[0, 1, 0, 0], [0, 0, 0, 0]]).bool()  # the second is not judged
        >>> CrossEntropy()(torch.zeros(2, 4), gold).item()  # ln 4
        1.386294...
    """

    def per_pair(self, logits: Tensor, gold: Tensor) -> Tensor:
        """What each judged pair costs, ``(pairs,)``."""
        return -(gold_distribution(gold, logits) * logits.log_softmax(dim=-1)).sum(dim=-1)
