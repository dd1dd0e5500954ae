"""The outcome of scoring: counts per score, per document and per group."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import msgspec

from relatome.errors import UNKNOWN_SCORE, UsageError
from relatome.scoring.counts import Counts


class Macro(msgspec.Struct, frozen=True):
    """Unweighted means over groups: every group weighs the same, however rare."""

    precision: float
    recall: float
    f1: float

    @property
    def f1_of_means(self) -> float:
        """F1 of the mean precision and the mean recall, the other figure called macro F1."""
        whole = self.precision + self.recall
        return 2 * self.precision * self.recall / whole if whole else 0.0


class Result(msgspec.Struct, frozen=True):
    """Scores of one prediction under one rule.

    Attributes:
        rule: name of the protocol.
        about: what the protocol compares.
        primary: the score that stands for the whole.
        documents: ids of the annotated documents, in the order given.
        tallies: for each score, one `Counts` per document, aligned with `documents`.
        groups: breakdown → score → group → `Counts`, for example
            ``groups["label"]["pair+type"]["Bind"]``; largest groups of the annotation first.
        gold_relations: relations in the annotated documents, as read.
        predicted_documents: how many of `documents` have a prediction.
        predicted_relations: relations in those, as read.
        notes: what happened, as a phrase, and how often; see `Rule.notes`.
    """

    rule: str
    about: str
    primary: str
    documents: tuple[str, ...]
    tallies: dict[str, tuple[Counts, ...]]
    groups: dict[str, dict[str, dict[str, Counts]]]
    gold_relations: int
    predicted_documents: int
    predicted_relations: int
    notes: dict[str, int] = {}

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the scores, in the rule's order."""
        return tuple(self.tallies)

    def counts(self, score: str | None = None) -> Counts:
        """Counts over all documents (micro average).

        Args:
            score: a name from `scores`; the rule's primary score if None.

        Raises:
            UsageError: if the rule has no such score.
        """
        return reduce(add, self.per_document(score), Counts())

    def per_document(self, score: str | None = None) -> tuple[Counts, ...]:
        """Counts of each document, aligned with `documents`; arguments as for `counts`."""
        name = self.primary if score is None else score
        if name not in self.tallies:
            raise UsageError(
                UNKNOWN_SCORE, score=name, rule=self.rule, known=", ".join(self.scores)
            )
        return self.tallies[name]

    def precision(self, score: str | None = None) -> float:
        """Micro precision, 0 to 1; arguments as for `counts`."""
        return self.counts(score).precision

    def recall(self, score: str | None = None) -> float:
        """Micro recall, 0 to 1; arguments as for `counts`."""
        return self.counts(score).recall

    def f1(self, score: str | None = None) -> float:
        """Micro F1, 0 to 1; arguments as for `counts`."""
        return self.counts(score).f1

    def macro(self, breakdown: str, score: str) -> Macro:
        """Unweighted means over the groups the annotation contains."""
        present = [c for c in self.groups[breakdown][score].values() if c.gold]
        return Macro(
            _mean([c.precision for c in present]),
            _mean([c.recall for c in present]),
            _mean([c.f1 for c in present]),
        )

    def macro_f1(self, breakdown: str, score: str) -> float:
        """Unweighted mean of the groups' F1, over the groups the annotation contains."""
        return self.macro(breakdown, score).f1


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
