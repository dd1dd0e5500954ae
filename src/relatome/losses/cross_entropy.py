"""Cross-entropy, the loss the others are measured against."""

from __future__ import annotations

from torch import Tensor, nn

from relatome.encode import IGNORED


class CrossEntropy(nn.Module):
    """Negative log-probability of the gold class, averaged over the judged pairs.

    Illegal classes carry the logit `ILLEGAL` and so take no part in the softmax.

    Use it first; reach for another loss when classes are so unequal that the rare ones are
    never predicted.

    Example:
        >>> import torch
        >>> CrossEntropy()(torch.zeros(2, 4), torch.tensor([1, -100])).item()  # ln 4
        1.386294...
    """

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Mean loss, a scalar.

        Args:
            logits: ``(pairs, classes)``.
            targets: ``(pairs,)`` gold classes, `IGNORED` where there is nothing to learn.
        """
        judged = (targets != IGNORED).sum().clamp(min=1)
        total = nn.functional.cross_entropy(
            logits.float(), targets, ignore_index=IGNORED, reduction="sum"
        )
        return total / judged
