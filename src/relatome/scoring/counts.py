"""True positives, false positives, false negatives, and what follows from them."""

from __future__ import annotations

from collections.abc import Set

import msgspec


class Counts(msgspec.Struct, frozen=True):
    """How many items were found, invented and missed.

    Precision, recall and F1 are fractions of 1, and 0.0 where they are undefined (nothing
    predicted, nothing annotated).
    """

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0

    @classmethod
    def of(cls, gold: Set[object], predicted: Set[object]) -> Counts:
        """Compare two sets of items."""
        both = len(gold & predicted)
        return cls(both, len(predicted) - both, len(gold) - both)

    @property
    def gold(self) -> int:
        """Number of annotated items."""
        return self.true_positive + self.false_negative

    @property
    def predicted(self) -> int:
        """Number of predicted items."""
        return self.true_positive + self.false_positive

    @property
    def precision(self) -> float:
        """Share of the predicted items that are right."""
        return _ratio(self.true_positive, self.predicted)

    @property
    def recall(self) -> float:
        """Share of the annotated items that were found."""
        return _ratio(self.true_positive, self.gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.true_positive, self.gold + self.predicted)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.true_positive + other.true_positive,
            self.false_positive + other.false_positive,
            self.false_negative + other.false_negative,
        )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
