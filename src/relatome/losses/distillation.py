"""Distillation: learning the probabilities that other models give."""

from __future__ import annotations

import torch
from torch import Tensor

from relatome.losses.pair_loss import PairLoss


class Distillation(PairLoss):
    """Divergence of the model's classes from a teacher's, both softened by a temperature.

    With q the teacher's probabilities to the power of 1/T, normalised again, and p the softmax of
    the logits divided by T::

        L = T² · Σ_r q_r · (log q_r - log p_r)

    T² keeps the size of the gradients, which fall with 1/T². What `forward` calls gold is here the
    teacher's probabilities, ``(pairs, classes)``; a pair whose row is all 0 is not taught.

    Args:
        temperature: T; above 1 the classes a teacher thinks unlikely tell more.

    Source: Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network", section
    2.

    Use it to have one model do what several do together.

    Example:
        >>> import torch
        >>> taught = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]])  # the second is not taught
        >>> Distillation(temperature=1.0)(torch.zeros(2, 3), taught).item()  # ln 3 - ln 2
        0.405465...
    """

    def __init__(self, *, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def per_pair(self, logits: Tensor, gold: Tensor) -> Tensor:
        """What each taught pair costs, ``(pairs,)``."""
        taught = (gold.to(logits.dtype).log() / self.temperature).softmax(dim=-1)
        learnt = (logits / self.temperature).log_softmax(dim=-1)
        divergence = torch.xlogy(taught, taught) - taught * learnt
        return self.temperature**2 * divergence.sum(dim=-1)
