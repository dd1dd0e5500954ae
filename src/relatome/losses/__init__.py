"""Losses over class logits, one per file; `LOSSES` maps recipe names to them."""

from torch import nn

from relatome.losses.cross_entropy import CrossEntropy

LOSSES: dict[str, type[nn.Module]] = {"cross_entropy": CrossEntropy}

__all__ = ["LOSSES", "CrossEntropy"]
