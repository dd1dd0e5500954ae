"""Losses over class logits, one per file; `LOSSES` maps recipe names to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relatome.errors import LOSS_OPTION_UNKNOWN, LOSS_OPTION_VALUE, LOSS_UNKNOWN, UsageError
from relatome.losses.abstention_ranking import AbstentionRanking
from relatome.losses.adaptive_threshold import AdaptiveThreshold
from relatome.losses.cross_entropy import CrossEntropy
from relatome.losses.distillation import Distillation
from relatome.losses.focal import Focal
from relatome.losses.pair_loss import PairLoss

__all__ = [
    "LOSSES",
    "AbstentionRanking",
    "AdaptiveThreshold",
    "CrossEntropy",
    "Distillation",
    "Focal",
    "PairLoss",
    "build_loss",
]

LOSSES: dict[str, type[PairLoss]] = {
    "cross_entropy": CrossEntropy,
    "focal": Focal,
    "abstention_ranking": AbstentionRanking,
    "adaptive_threshold": AdaptiveThreshold,
}


def build_loss(
    name: str, options: Mapping[str, float], key: str, unrelated: Sequence[int] = (0,)
) -> PairLoss:
    """The loss that a recipe asks for.

    Args:
        name: a name of `LOSSES`.
        options: values of its options; those that are not given have the loss's defaults.
        key: the recipe's table under ``losses``, which errors name.
        unrelated: the classes that say that there is no relation, see `PairLoss`.

    Raises:
        UsageError: for a loss or an option that there is not, or a value out of range.
    """
    if name not in LOSSES:
        raise UsageError(LOSS_UNKNOWN, key=key, name=name, known=", ".join(LOSSES))
    kind = LOSSES[name]
    for option, value in options.items():
        if option not in kind.options:
            known = ", ".join(kind.options) or "none"
            raise UsageError(LOSS_OPTION_UNKNOWN, key=key, option=option, name=name, known=known)
        least, most = kind.options[option]
        if isinstance(value, bool) or not (
            isinstance(value, int | float) and least <= value <= most  # NaN is in no range
        ):
            raise UsageError(
                LOSS_OPTION_VALUE, key=key, option=option, value=value, least=least, most=most
            )
    return kind(**options, unrelated=unrelated)
