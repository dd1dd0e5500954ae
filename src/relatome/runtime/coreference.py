"""Fitting how probable coreference must be for two mentions to be grouped."""

from __future__ import annotations

from collections.abc import Sequence

from relatome.data import Document
from relatome.entities import group, without_groups
from relatome.runtime.model import Coreferent, Model
from relatome.scoring.b_cubed import b_cubed

# The highest first: of thresholds that group as well, the one that joins least.
THRESHOLDS = (0.999, 0.995, 0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)


def fit_coreference(model: Model, documents: Sequence[Document]) -> float | None:
    """The threshold with which the groups of a model have the best F1 of B³ on documents.

    The mentions are grouped by the rules, and the groups by what the model says of them.

    Args:
        model: one that learnt coreference.
        documents: with annotated identifiers, the types as the schema spells them.

    Returns:
        one of `THRESHOLDS`; None where the rules alone make groups as good.

    Raises:
        ModelError: if a graph fails.
    """
    bare = [without_groups(document) for document in documents]
    linked: list[list[Coreferent]] = []
    for document in bare:
        reading = model.read(document)
        linked.append([] if reading is None else model.coreferent(group(document), reading))

    def f1(threshold: float) -> float:
        grouped = [
            group(
                document,
                coreferent=[(a, b) for a, b, probability in links if probability >= threshold],
            )
            for document, links in zip(bare, linked, strict=True)
        ]
        return b_cubed(documents, grouped).f1

    best, chosen = f1(2.0), None  # no link is as probable: the rules alone
    for threshold in THRESHOLDS:
        if (reached := f1(threshold)) > best:
            best, chosen = reached, threshold
    return chosen
