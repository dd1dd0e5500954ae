"""What a scoring rule is: two documents in, comparable items out; everything else is shared."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

import msgspec

from relatome.data import Document, Relation
from relatome.data.schema import is_no_relation

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

    @property
    def extra(self) -> Literal["refuse", "ignore"]:
        """What the task does with predicted documents that the gold does not have."""
        ...

    @property
    def script(self) -> str | None:
        """The rule that counts as the organisers' program does, where that counts otherwise."""
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


@runtime_checkable
class CrossDocumentRule(Rule, Protocol):
    """A rule under which the items of one document touch those of another."""

    def settle(
        self, gold: Sequence[Document], judgements: Sequence[Judgement]
    ) -> Sequence[Judgement]:
        """Move or merge items between documents once all are judged.

        Args:
            gold: all annotated documents.
            judgements: of each, in the same order.
        """
        ...


def asserted(relations: Iterable[Relation]) -> Iterator[Relation]:
    """The relations that assert something.

    Merged corpora spell "no relation" once per corpus (None, None-CID, None-DDI, …); at scoring
    all of them are no relation.
    """
    return (r for r in relations if not is_no_relation(r.type))


def unordered(relation: Relation) -> tuple[str, str]:
    """The arguments of a relation whose order means nothing."""
    head, tail = relation.head, relation.tail
    return (head, tail) if head <= tail else (tail, head)


def argument_types(document: Document) -> dict[str, str]:
    """The type of everything a relation of the document may name.

    Cheaper than `Document.entities`, and the same where every mention is its own entity.
    """
    return {entity_id: m.type for m in document.mentions for entity_id in m.entity_ids}
