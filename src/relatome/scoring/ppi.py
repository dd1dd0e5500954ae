"""Protein–protein interaction corpora (AIMed, BioInfer, HPRD50, IEPA, LLL): related or not.

Pyysalo et al., "Comparative analysis of five protein-protein interaction corpora", BMC
Bioinformatics 9(Suppl 3):S6, 2008.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.scoring.rule import Items, Judgement, argument_types, asserted, unordered

_NEGATIVE = ("negative", "false")


class PPI(msgspec.Struct, frozen=True):
    """Precision, recall and F1 of the interacting pairs, whatever the relation is called.

    Every other pair of a sentence is a negative; predictions that say so (``negative``,
    ``false``, ``None``) assert nothing. These corpora have no shared test split: score the answers
    of a cross-validation together, and report `relatome.scoring.folds.across_folds` beside it.
    """

    name: ClassVar[str] = "ppi"
    about: ClassVar[str] = "protein–protein interaction: is there one between two mentions, or not"
    scores: ClassVar[tuple[str, ...]] = ("pair",)
    primary: ClassVar[str] = "pair"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    extra: ClassVar[Literal["refuse"]] = "refuse"
    script: ClassVar[None] = None
    notes: ClassVar[Mapping[str, str]] = {
        "unknown_mention": "predicted interactions naming a mention the gold document does not "
        "have, all wrong",
        "duplicate": "predicted interactions given more than once, counted once",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items."""
        wanted, found = (
            [r for r in asserted(each.relations) if r.type.lower() not in _NEGATIVE]
            for each in (gold, predicted)
        )
        mentions = argument_types(gold).keys()
        gold_pairs, pairs = _items(wanted), _items(found)
        notes = Counter(
            unknown_mention=sum(not {r.head, r.tail} <= mentions for r in found),
            duplicate=len(found) - len(pairs),
        )
        return Judgement({"pair": gold_pairs}, {"pair": pairs}, +notes)


def _items(relations: Iterable[Relation]) -> Items:
    return {unordered(relation): {} for relation in relations}


INTERACTION = PPI()
