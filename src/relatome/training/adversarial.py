"""The adversarial step: word embeddings moved to where the loss is higher."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@contextmanager
def perturbed(words: nn.Parameter, gradient: Tensor, epsilon: float) -> Iterator[None]:
    """Word embeddings moved along a gradient, and restored bit for bit afterwards.

    With g the gradient of the loss with respect to all word embeddings (paper C, eq. 7; the fast
    gradient method of Miyato et al. 2016, arXiv:1605.07725)::

        r_adv = ε · g / ‖g‖₂        x_adv = x + r_adv

    Args:
        words: the embedding matrix ``(vocabulary, size)``; its own gradient is left alone.
        gradient: g, of the same shape; where it is 0 or no number, nothing is moved.
        epsilon: ε, the length of the perturbation.
    """
    kept = words.detach().clone()
    length = gradient.norm()
    with torch.no_grad():
        if torch.isfinite(length) and length > 0:
            words.add_(gradient, alpha=epsilon / float(length))
    try:
        yield
    finally:
        with torch.no_grad():
            words.copy_(kept)
