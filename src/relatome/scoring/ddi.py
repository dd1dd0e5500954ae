"""DDI 2013: interactions between two drug mentions of a sentence, of four types.

Segura-Bedmar et al., "SemEval-2013 Task 9: Extraction of Drug-Drug Interactions from Biomedical
Texts", 2013.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.data.schemas import DDI as SCHEMA
from relatome.scoring.rule import Items, Judgement, argument_types, asserted, unordered

TYPES = SCHEMA.labels


class DDI(msgspec.Struct, frozen=True):
    """The rule of DDIExtraction 2013, task 9.2, over unordered pairs of mentions.

    ``pair`` is what the task calls detection (is there an interaction, of whichever type?) and
    ``pair+type`` its classification, the micro average over the four types that papers quote.
    """

    name: ClassVar[str] = "ddi"
    about: ClassVar[str] = (
        "DDI 2013: pair is detection, pair+type classification into four types (SemEval task 9.2)"
    )
    scores: ClassVar[tuple[str, ...]] = ("pair", "pair+type")
    primary: ClassVar[str] = "pair+type"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {"label": ("pair+type",)}
    extra: ClassVar[Literal["refuse"]] = "refuse"
    script: ClassVar[None] = None
    notes: ClassVar[Mapping[str, str]] = {
        "gold_without_type": "gold interactions of none of the four types, judged in detection "
        "only",
        "unknown_label": "predicted interactions of none of the four types, wrong in the type "
        "score",
        "unknown_mention": "predicted interactions naming a mention the gold document does not "
        "have, all wrong",
        "duplicate": "predicted interactions given more than once, counted once",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items."""
        annotated, answered = list(asserted(gold.relations)), list(asserted(predicted.relations))
        typed = [relation for relation in annotated if relation.type in TYPES]
        mentions = argument_types(gold).keys()
        found = _items(answered)
        notes = Counter(
            gold_without_type=len(annotated) - len(typed),
            duplicate=len(answered) - len(found),
        )
        for relation in answered:
            notes["unknown_label"] += relation.type not in TYPES
            notes["unknown_mention"] += not {relation.head, relation.tail} <= mentions
        return Judgement(
            {"pair": _pairs(annotated), "pair+type": _items(typed)},
            {"pair": _pairs(answered), "pair+type": found},
            +notes,
        )


def _pairs(relations: Iterable[Relation]) -> Items:
    return {unordered(relation): {} for relation in relations}


def _items(relations: Iterable[Relation]) -> Items:
    items: dict[Hashable, dict[str, str]] = {}
    for relation in relations:
        items[unordered(relation), relation.type] = {"label": relation.type}
    return items


DDI_2013 = DDI()
