"""Adaptive thresholding: gold relations above no relation, all others below it."""

from __future__ import annotations

from torch import Tensor

from relatome.encode import ILLEGAL
from relatome.losses.pair_loss import PairLoss


class AdaptiveThreshold(PairLoss):
    """The logit of no relation becomes a threshold between the relations that hold and the rest.

    With P the gold relations of a pair, N its other legal relations and TH the class of no
    relation (Zhou et al. 2021)::

        L1 = -Σ_{r in P} log( exp(logit_r) / Σ_{r' in P ∪ TH} exp(logit_r') )
        L2 = -log( exp(logit_TH) / Σ_{r' in N ∪ TH} exp(logit_r') )
        L  = L1 + L2

    A pair may have any number of gold relations; with none, L is L2 alone.

    Args:
        unrelated: see `PairLoss`. Several classes make one threshold, the log-sum-exp of their
            logits, as decoding adds their probabilities.

    Source: Zhou et al. 2021, "Document-level relation extraction with adaptive thresholding and
    localized context pooling" (ATLOP), arXiv:2010.11304, the section on adaptive thresholding.

    Use it when pairs may have several relations, or when one threshold for all pairs, fitted
    after training, serves some badly.

    Example:
        >>> import torch
        >>> gold = torch.tensor([[0, 1, 1, 0]]).bool()
        >>> AdaptiveThreshold()(torch.zeros(1, 4), gold).item()  # 2 · ln 3 + ln 2
        2.890371...
    """

    def per_pair(self, logits: Tensor, gold: Tensor) -> Tensor:
        """What each judged pair costs, ``(pairs,)``."""
        unrelated = self.says_unrelated(logits)
        relations = gold & ~unrelated
        above = logits.masked_fill(~(relations | unrelated), ILLEGAL).log_softmax(dim=-1)
        below = logits.masked_fill(relations, ILLEGAL).log_softmax(dim=-1)
        threshold = below.masked_fill(~unrelated, ILLEGAL).logsumexp(dim=-1)
        return -(relations * above).sum(dim=-1) - threshold  # L1 + L2
