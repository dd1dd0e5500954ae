"""How far a model's scores can be believed: what was measured on dev, as plain values."""

from __future__ import annotations

import msgspec


class Bin(msgspec.Struct, frozen=True, array_like=True):
    """The relations whose scores lie in one interval.

    Attributes:
        count: how many there are.
        score: their mean score; 0 where there is none.
        right: the share of them that is right; 0 where there is none.
    """

    count: int
    score: float
    right: float


class Reliability(msgspec.Struct, frozen=True):
    """Scores beside the share that is right.

    Attributes:
        error: the expected calibration error, 0 to 1.
        bins: of equal width over 0 to 1, the lowest first.
    """

    error: float
    bins: tuple[Bin, ...]


class Thresholds(msgspec.Struct, frozen=True):
    """The scores with which the relations of one type reached a precision.

    Attributes:
        relations: how many relations of the type the model returned.
        right: how many of them were right.
        scores: for each of `Calibration.levels`, the lowest score at which the relations scored so
            or higher reached that precision; None where no score did.
        kept: for each of them, how many relations that leaves; 0 where no score did.
    """

    relations: int
    right: int
    scores: tuple[float | None, ...]
    kept: tuple[int, ...]


class Calibration(msgspec.Struct, frozen=True):
    """What was fitted to the relations that a model returned on a dev split, and how well.

    Attributes:
        split: the split.
        weights: the weights that scored it: int8, fp32, or torch for the model as trained.
        before: reliability of the scores at temperature 1.
        after: reliability of the scores at the fitted temperature.
        levels: precisions, the lowest first.
        types: thresholds of every relation type with enough relations to judge by.
        pooled: thresholds of all types together; what holds for any other type.
        novelty_before: the calibration error of the novelty scores at temperature 1; None where
            none were fitted.
        novelty_after: the same at the fitted temperature.
    """

    split: str
    weights: str
    before: Reliability
    after: Reliability
    levels: tuple[float, ...]
    types: dict[str, Thresholds]
    pooled: Thresholds
    novelty_before: float | None = None
    novelty_after: float | None = None

    def level(self, precision: float) -> int | None:
        """Index of the lowest of `levels` that is not below a precision; None above them all."""
        return next((i for i, level in enumerate(self.levels) if level >= precision), None)

    def thresholds(self, type: str) -> Thresholds:
        """The thresholds that hold for a relation type: its own, or the pooled ones."""
        return self.types.get(type, self.pooled)
