"""ChemProt: chemical–protein relations between mentions, in five groups.

Krallinger et al., "Overview of the BioCreative VI chemical-protein interaction track", 2017.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.scoring.rule import Items, Judgement, argument_types, asserted

JUDGED = ("CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9")


class ChemProt(msgspec.Struct, frozen=True):
    """The rule of the ChemProt track: micro average over (first, second argument, group).

    Only the five groups of `JUDGED` count; relations of the other groups are left out on both
    sides. Arguments are compared as written: a chemical and a gene in the wrong order, or a
    mention that the document does not have, make a wrong prediction.
    """

    name: ClassVar[str] = "chemprot"
    about: ClassVar[str] = (
        "ChemProt: chemical, gene and group, groups CPR:3, 4, 5, 6 and 9 (BioCreative VI track 5)"
    )
    scores: ClassVar[tuple[str, ...]] = ("pair+type",)
    primary: ClassVar[str] = "pair+type"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {"label": ("pair+type",)}
    extra: ClassVar[Literal["refuse"]] = "refuse"
    script: ClassVar[None] = None
    notes: ClassVar[Mapping[str, str]] = {
        "gold_outside": "gold relations of other groups, not judged",
        "predicted_outside": "predicted relations of other groups or types, not judged",
        "unknown_mention": "predicted relations naming a mention the gold document does not have, "
        "all wrong",
        "swapped": "predicted relations that are right but for the order of their arguments, wrong",
        "duplicate": "predicted relations given more than once, counted once",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items."""
        annotated, answered = list(asserted(gold.relations)), list(asserted(predicted.relations))
        judged_gold = [r for r in annotated if r.type in JUDGED]
        judged_predicted = [r for r in answered if r.type in JUDGED]
        wanted, found = _items(judged_gold), _items(judged_predicted)
        mentions = argument_types(gold).keys()
        notes = Counter(
            gold_outside=len(annotated) - len(judged_gold),
            predicted_outside=len(answered) - len(judged_predicted),
            duplicate=len(judged_predicted) - len(found),
        )
        for relation in judged_predicted:
            notes["unknown_mention"] += not {relation.head, relation.tail} <= mentions
            notes["swapped"] += (relation.tail, relation.head, relation.type) in wanted
        return Judgement({"pair+type": wanted}, {"pair+type": found}, +notes)


def _items(relations: Iterable[Relation]) -> Items:
    items: dict[Hashable, dict[str, str]] = {}
    for relation in relations:
        items[relation.head, relation.tail, relation.type] = {"label": relation.type}
    return items


CHEMPROT = ChemProt()
