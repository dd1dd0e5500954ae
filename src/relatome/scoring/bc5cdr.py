"""BC5CDR: which chemical induces which disease, over concept identifiers of a document.

Wei et al., "Assessing the state of the art in biomedical relation extraction: overview of the
BioCreative V chemical-disease relation (CDR) task", Database 2016.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.scoring.rule import Items, Judgement, argument_types, asserted

LABEL = "CID"
_NULL = "-1"


class CID(msgspec.Struct, frozen=True):
    """The rule of the CID task: exact sets of (chemical, disease) per document, in that order.

    Identifiers without a prefix are MeSH's, so ``D003924`` and ``MESH:D003924`` are one; ``-1``
    is no identifier, and a relation naming it asserts nothing. Only relations of type CID are
    looked at. Some papers leave out diseases whose narrower term is also predicted
    ("hypernym filtering"); that is another task.

    Attributes:
        name: the protocol.
        about: the protocol in one line.
        script: the rule that counts as the organisers' program does, if it is not this one.
        only_annotated: drop the predictions for documents without annotated relation.
    """

    name: str
    about: str
    script: str | None = None
    only_annotated: bool = False

    scores: ClassVar[tuple[str, ...]] = ("pair",)
    primary: ClassVar[str] = "pair"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    extra: ClassVar[Literal["refuse"]] = "refuse"
    notes: ClassVar[Mapping[str, str]] = {
        "gold_null": "gold relations naming -1, which is no identifier, dropped",
        "null": "predicted relations naming -1, which is no identifier, dropped",
        "other_type": "predicted relations of other types than CID, not judged",
        "unknown_entity": "predicted relations naming an entity the gold document does not have, "
        "all wrong",
        "swapped": "predicted relations that are right but for the order of their arguments, wrong",
        "duplicate": "predicted relations given more than once, counted once",
        "not_annotated": "predicted relations in documents without annotated relation, dropped",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items."""
        annotated = [r for r in asserted(gold.relations) if r.type == LABEL]
        answered = list(asserted(predicted.relations))
        of_type = [r for r in answered if r.type == LABEL]
        wanted_pairs, found_pairs = _pairs(annotated), _pairs(of_type)
        wanted = _items(wanted_pairs)
        notes = Counter(
            gold_null=len(annotated) - len(wanted_pairs),
            null=len(of_type) - len(found_pairs),
            other_type=len(answered) - len(of_type),
        )
        if self.only_annotated and not wanted:
            notes["not_annotated"] = len(found_pairs)
            found_pairs = []
        found = _items(found_pairs)
        entities = {_prefixed(entity_id) for entity_id in argument_types(gold)}
        notes["duplicate"] = len(found_pairs) - len(found)
        notes["unknown_entity"] = sum(not set(pair) <= entities for pair in found_pairs)
        notes["swapped"] = sum(pair[::-1] in wanted for pair in found_pairs)
        return Judgement({"pair": wanted}, {"pair": found}, +notes)


def _pairs(relations: Iterable[Relation]) -> list[tuple[str, str]]:
    """The arguments of each relation that has two."""
    return [
        (_prefixed(r.head), _prefixed(r.tail))
        for r in relations
        if _NULL not in (r.head.removeprefix("MESH:"), r.tail.removeprefix("MESH:"))
    ]


def _prefixed(identifier: str) -> str:
    return identifier if ":" in identifier else f"MESH:{identifier}"


def _items(pairs: Iterable[tuple[str, str]]) -> Items:
    items: dict[Hashable, dict[str, str]] = {pair: {} for pair in pairs}
    return items


BC5CDR_CID = CID(
    "bc5cdr-cid",
    "BC5CDR: chemical-induced disease, exact (chemical, disease) pairs (BioCreative V CID task)",
    "bc5cdr-cid-script",
)
BC5CDR_CID_SCRIPT = CID(
    "bc5cdr-cid-script",
    "BC5CDR as the organisers' program counts: predictions for documents without annotated "
    "relation are dropped",
    only_annotated=True,
)
