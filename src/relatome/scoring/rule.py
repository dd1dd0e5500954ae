"""What a scoring rule is: two documents in, comparable items out; everything else is shared."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from relatome.data import Document, Relation

Items = Mapping[Hashable, Mapping[str, str]]
"""Comparable items, each with the groups it belongs to.

The keys are compared, so ``gold.keys() & predicted.keys()`` is what was found. The values name
the item's group in each breakdown of its score: ``{"label": "Bind", "type pair": "gene-gene"}``.
"""


class Judgement(msgspec.Struct, frozen=True):
    """One document seen through a rule.

    Attributes:
        gold: annotated items by score name. Every score of the rule is a key.
        predicted: predicted items by score name.
        notes: what a reader of the score should know, counted; keys as in `Rule.notes`.
    """

    gold: Mapping[str, Items]
    predicted: Mapping[str, Items]
    notes: Mapping[str, int] = {}


class Rule(Protocol):
    """An official scoring rule. One per file; registered in `relatome.scoring.registry`.

    Counting, micro and macro averages, breakdowns, intervals and printing are the same for all
    rules; a rule only says which items are compared.
    """

    @property
    def name(self) -> str:
        """The protocol, as printed beside every score."""
        ...

    @property
    def about(self) -> str:
        """What is compared and on which documents, in one line."""
        ...

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the scores, in the order to print them."""
        ...

    @property
    def primary(self) -> str:
        """The score that stands for the whole: the one to select models by."""
        ...

    @property
    def breakdowns(self) -> Mapping[str, tuple[str, ...]]:
        """By what the counts are broken down (``label``), and for which scores."""
        ...

    @property
    def notes(self) -> Mapping[str, str]:
        """What each key of `Judgement.notes` means, as a phrase to stand before its count."""
        ...

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items.

        Args:
            gold: the annotated document.
            predicted: the document of the same id with predicted relations; a document without
                relations where the prediction has none of that id.

        Raises:
            InputError: if the annotation cannot be judged by this rule.
        """
        ...


def asserted(relations: Iterable[Relation]) -> Iterator[Relation]:
    """The relations that assert something.

    Merged corpora spell "no relation" once per corpus (None, None-CID, None-DDI, …); at scoring
    all of them are no relation.
    """
    return (r for r in relations if r.type != "None" and not r.type.startswith("None-"))
