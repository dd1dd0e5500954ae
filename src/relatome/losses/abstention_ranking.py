"""Abstention ranking: the score of no relation as a threshold that each pair sets for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor

from relatome.encode import ILLEGAL
from relatome.losses.pair_loss import PairLoss


class AbstentionRanking(PairLoss):
    """No relation ranks above every relation where there is none, below the gold one else.

    With s the softmax scores of a pair's n + 1 legal classes, ⊥ among them, and y its gold class
    (paper A, equation 8)::

        l_AC = Σ_{i=1..n} l_rank(s(y), s(y_i); γ)    if y = ⊥, over every other class y_i
               l_rank(s(y), s(⊥); γ)                 otherwise, for every gold class y

        l_rank(x1, x2; γ) = max(0, γ - x1 + x2)

    so the loss is 0 exactly where every one of these margins holds. The paper does not write
    l_rank out; it is the hinge in the work the equation comes from. Nor does it say whether the
    loss stands alone or beside cross-entropy; a recipe may name both.

    Equation 7 sums l_AC over the pairs; here it is their mean, as for all losses.

    Args:
        margin: γ, by how much a probability shall lead, 0 to 1.
        unrelated: see `PairLoss`. Where there are several, a gold one of them leads every other
            class, and a gold relation leads each of them.

    Source: paper A (prompt, transfer, abstention), equations 7 and 8, scores as in equation 6;
    from Xu et al. 2023, "Can NLI provide proper indirect supervision for low-resource biomedical
    relation extraction?", whose published code takes probabilities and a margin of 0.1.

    Use it when pairs without relation are asserted too often, mostly beside cross-entropy:
    alone it compares relations with ⊥ and never with each other.

    Example:
        >>> import torch
        >>> gold = torch.tensor([[1, 0, 0], [0, 1, 0]]).bool()
        >>> AbstentionRanking(margin=0.1)(torch.zeros(2, 3), gold).item()  # (2 · 0.1 + 0.1) / 2
        0.150000...
    """

    options: ClassVar = {"margin": (0.0, 1.0)}

    def __init__(self, *, margin: float = 0.1, unrelated: Sequence[int] = (0,)) -> None:
        super().__init__(unrelated=unrelated)
        self.margin = margin

    def per_pair(self, logits: Tensor, gold: Tensor) -> Tensor:
        """What each judged pair costs, ``(pairs,)``."""
        unrelated = self.says_unrelated(logits)
        legal = logits > ILLEGAL / 2
        # Which class shall lead which, ``(pairs, classes, classes)``.
        rivals = (legal & ~gold).unsqueeze(-2) & (unrelated.unsqueeze(-1) | unrelated)
        ranked = gold.unsqueeze(-1) & rivals
        score = logits.softmax(dim=-1)
        lead = score.unsqueeze(-1) - score.unsqueeze(-2)
        return (ranked * (self.margin - lead).relu()).sum(dim=(-2, -1))
