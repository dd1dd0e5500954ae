"""Scores of a cross-validation: one per fold, their mean and spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import reduce
from operator import add
from statistics import mean, stdev

import msgspec

from relatome.errors import BAD_FOLDS, InputError
from relatome.scoring.counts import Counts
from relatome.scoring.result import Result


class FoldScores(msgspec.Struct, frozen=True):
    """The counts of each fold, and what corpora without a test split report of them.

    Figures are ``(mean, standard deviation)`` over folds, the deviation with n - 1. Papers print
    the mean of the folds' F1, which is not the F1 of all folds together (`Result.f1`).
    """

    folds: tuple[Counts, ...]

    @property
    def precision(self) -> tuple[float, float]:
        """Precision over folds."""
        return _spread([counts.precision for counts in self.folds])

    @property
    def recall(self) -> tuple[float, float]:
        """Recall over folds."""
        return _spread([counts.recall for counts in self.folds])

    @property
    def f1(self) -> tuple[float, float]:
        """F1 over folds."""
        return _spread([counts.f1 for counts in self.folds])


def across_folds(
    result: Result, folds: Sequence[Collection[str]], score: str | None = None
) -> FoldScores:
    """Divide a result of held-out answers by the fold each document was held out in.

    Args:
        result: of the answers of all folds together, each document answered by the model that
            did not learn from it.
        folds: the ids of the documents held out in each fold.
        score: a name from `Result.scores`; the primary score if None.

    Raises:
        UsageError: if the rule has no such score.
        InputError: if a document of the result is in no fold, or in several.

    Example:
        >>> from relatome.data import Document, Relation, folds
        >>> from relatome.scoring import score
        >>> gold = [Document(str(n), (), relations=(Relation("a", "b", "PPI"),)) for n in range(4)]
        >>> held_out = [{d.id for d in held} for _, held in folds(gold, 2, seed=0)]
        >>> across_folds(score(gold, gold, "ppi"), held_out).f1
        (1.0, 0.0)
    """
    memberships = Counter(document for fold in folds for document in set(fold))
    for document in result.documents:
        if memberships[document] != 1:
            raise InputError(BAD_FOLDS, document=document, count=memberships[document])
    by_document = dict(zip(result.documents, result.per_document(score), strict=True))
    return FoldScores(
        tuple(
            reduce(add, (by_document[each] for each in set(fold) if each in by_document), Counts())
            for fold in folds
        )
    )


def _spread(values: Sequence[float]) -> tuple[float, float]:
    return mean(values), stdev(values) if len(values) > 1 else 0.0
