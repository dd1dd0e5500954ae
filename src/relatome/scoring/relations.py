"""Any corpus without a rule of its own: exact pairs of a document, and exact pairs with type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.scoring.rule import Items, Judgement, argument_types, asserted, unordered


class Relations(msgspec.Struct, frozen=True):
    """Sets of relations per document: a pair with a wrong type is wrong and its own is missed.

    All annotated relations count, also what no candidate can reach. A pair may have several types.

    Attributes:
        name: the protocol.
        about: the protocol in one line.
        ordered: whether (a, b) and (b, a) are different relations.
    """

    name: str
    about: str
    ordered: bool

    scores: ClassVar[tuple[str, ...]] = ("pair", "pair+type")
    primary: ClassVar[str] = "pair+type"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "label": ("pair+type",),
        "type pair": ("pair", "pair+type"),
    }
    extra: ClassVar[Literal["refuse"]] = "refuse"
    script: ClassVar[None] = None
    notes: ClassVar[Mapping[str, str]] = {
        "unknown_entity": "predicted relations naming an entity the gold document does not have, "
        "all wrong",
        "swapped": "predicted relations that are right but for the order of their arguments, wrong",
        "duplicate": "predicted relations given more than once, counted once",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items."""
        types = argument_types(gold)
        answered = list(asserted(predicted.relations))
        wanted = self._items(asserted(gold.relations), types)
        found = self._items(answered, argument_types(predicted) | types)
        notes = Counter(duplicate=len(answered) - len(found["pair+type"]))
        for relation in answered:
            notes["unknown_entity"] += not {relation.head, relation.tail} <= types.keys()
            if self.ordered and (relation.head, relation.tail) not in wanted["pair"]:
                notes["swapped"] += (
                    (relation.tail, relation.head),
                    relation.type,
                ) in wanted["pair+type"]
        return Judgement(wanted, found, +notes)

    def _items(self, relations: Iterable[Relation], types: Mapping[str, str]) -> dict[str, Items]:
        found: dict[str, dict[Hashable, dict[str, str]]] = {score: {} for score in self.scores}
        for relation in relations:
            pair = (relation.head, relation.tail) if self.ordered else unordered(relation)
            names = [types.get(entity, "unknown") for entity in pair]
            type_pair = "-".join(names if self.ordered else sorted(names))
            groups = {"label": relation.type, "type pair": type_pair}
            found["pair"][pair] = groups
            found["pair+type"][pair, relation.type] = groups
        return dict(found)


RELATIONS = Relations("relations", "any corpus: exact pairs, their order means nothing", False)
RELATIONS_ORDERED = Relations("relations-ordered", "any corpus: exact (head, tail) pairs", True)
