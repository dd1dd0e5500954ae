"""BioRED: four scores over sets of unordered identifier pairs per document.

Luo et al., "BioRED: a rich biomedical relation extraction dataset", Briefings in Bioinformatics
23(5), 2022; Islamaj et al., the BioCreative VIII BioRED track, 2023.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.data.schema import BIORED
from relatome.errors import Place
from relatome.scoring.rule import Items, Judgement, asserted, unordered

_UNKNOWN = "unknown"
_MESH = "MESH:"

# The everyday word of each entity type: "chemical" for ChemicalEntity.
_SHORT = {name: (*aliases, name)[0].lower() for name, aliases in BIORED.entity_types.items()}


class BioRED(msgspec.Struct, frozen=True):
    """The rule of the BioRED paper and of the BioCreative VIII track.

    A relation is compared as an unordered pair of identifiers with (pair+type) its label,
    (pair+novelty) whether it is novel, or (all) both. A right pair with a wrong label is one
    false positive and one false negative. All gold counts, also what no candidate can reach.
    ``MESH:`` in front of an identifier makes no difference.

    Attributes:
        name: the protocol.
        about: the protocol in one line.
        type_pairs: where given, gold and predictions of other entity type pairs are not judged.
            Entity types are those of the gold document.
    """

    name: str
    about: str
    type_pairs: frozenset[str] | None = None

    scores: ClassVar[tuple[str, ...]] = ("pair", "pair+type", "pair+novelty", "all")
    primary: ClassVar[str] = "all"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "label": ("pair+type",),
        "type pair": ("pair", "pair+type", "all"),
    }
    extra: ClassVar[Literal["refuse"]] = "refuse"
    script: ClassVar[None] = None
    notes: ClassVar[Mapping[str, str]] = {
        "gold_outside": "gold relations of other type pairs, not judged by this protocol",
        "predicted_outside": "predicted relations of other type pairs, not judged by this protocol",
        "gold_without_novelty": "gold relations without a novelty label, missed by the novelty "
        "scores",
        "predicted_without_novelty": "predicted relations without a novelty label, wrong in the "
        "novelty scores",
        "duplicate": "predicted relations given more than once, counted once",
        "unknown_label": "predicted relations with a label BioRED does not have, wrong in the "
        "type scores",
        "untagged": "gold relations with an entity that the predicted document does not have (a "
        "tagger missed it), out of reach and missed",
        "unknown_entity": "predicted relations naming an entity the gold document does not have, "
        "all wrong",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items.

        Raises:
            InputError: if the gold has an entity type or a label that BioRED does not have.
        """
        gold, predicted = _bare(gold), _bare(predicted)
        place = Place(document=gold.id)
        types = {entity.id: BIORED.canonical_type(entity.type, place) for entity in gold.entities}
        annotated = [(r, _type_pair(r, types)) for r in asserted(gold.relations)]
        for relation, _ in annotated:
            BIORED.require_label(relation.type, place)
        # An entity that only the prediction has keeps the type it has there: the relation is
        # wrong, and should count as wrong where its author put it.
        all_types = _guessed_types(predicted) | types
        answered = [(r, _type_pair(r, all_types)) for r in asserted(predicted.relations)]

        judged_gold = [pair for pair in annotated if self._is_judged(pair[1])]
        judged_predicted = [pair for pair in answered if self._is_judged(pair[1])]
        gold_items = self._items(judged_gold, "not annotated")
        predicted_items = self._items(judged_predicted, "not predicted")

        notes = Counter(
            gold_outside=len(annotated) - len(judged_gold),
            predicted_outside=len(answered) - len(judged_predicted),
            duplicate=len(judged_predicted) - len(predicted_items["all"]),
            gold_without_novelty=sum(r.novel is None for r, _ in judged_gold),
        )
        if predicted.mentions:  # what an answer without any was asked about is unknown
            found = predicted.entity_by_id.keys()
            notes["untagged"] = sum(
                not {relation.head, relation.tail} <= found for relation, _ in judged_gold
            )
        for relation, _ in judged_predicted:
            notes["predicted_without_novelty"] += relation.novel is None
            notes["unknown_label"] += relation.type not in BIORED.labels
            notes["unknown_entity"] += not {relation.head, relation.tail} <= types.keys()
        return Judgement(gold=gold_items, predicted=predicted_items, notes=+notes)

    def _is_judged(self, type_pair: str) -> bool:
        # What cannot be placed is judged: a prediction must not escape by an unknown identifier.
        return self.type_pairs is None or type_pair in self.type_pairs or _UNKNOWN in type_pair

    def _items(
        self, relations: Iterable[tuple[Relation, str]], no_novelty: str
    ) -> dict[str, Items]:
        """The items of each score. `no_novelty` stands for a missing novelty label.

        Gold and prediction use different words for it, so that a missing label matches nothing.
        """
        found: dict[str, dict[Hashable, dict[str, str]]] = {score: {} for score in self.scores}
        for relation, type_pair in relations:
            pair = unordered(relation)
            novel = no_novelty if relation.novel is None else relation.novel
            groups = {"label": relation.type, "type pair": type_pair}
            for score, item in self._statements(relation, pair, novel).items():
                found[score][item] = groups
        return dict(found)

    def _statements(
        self, relation: Relation, pair: tuple[str, str], novel: bool | str
    ) -> dict[str, Hashable]:
        """What each score compares of one relation."""
        return {
            "pair": pair,
            "pair+type": (pair, relation.type),
            "pair+novelty": (pair, novel),
            "all": (pair, relation.type, novel),
        }


def _bare(document: Document) -> Document:
    """The document with MeSH identifiers as BioRED writes them; PubTator says ``MESH:D001943``."""

    def bare(identifier: str) -> str:
        return identifier.removeprefix(_MESH)

    if not any(id.startswith(_MESH) for m in document.mentions for id in m.entity_ids) and not any(
        id.startswith(_MESH) for r in document.relations for id in (r.head, r.tail, r.subject or "")
    ):
        return document
    return msgspec.structs.replace(
        document,
        mentions=tuple(
            msgspec.structs.replace(mention, entity_ids=tuple(map(bare, mention.entity_ids)))
            for mention in document.mentions
        ),
        relations=tuple(
            msgspec.structs.replace(
                relation,
                head=bare(relation.head),
                tail=bare(relation.tail),
                subject=None if relation.subject is None else bare(relation.subject),
            )
            for relation in document.relations
        ),
    )


def _guessed_types(predicted: Document) -> dict[str, str]:
    """Canonical types of the prediction's own entities, as far as BioRED knows them."""
    return {
        entity.id: BIORED.canonical_type(entity.type)
        for entity in predicted.entities
        if BIORED.knows_type(entity.type)
    }


def _type_pair(relation: Relation, types: Mapping[str, str]) -> str:
    """Everyday name of the relation's type pair, in the schema's order: ``chemical-gene``."""
    first, second = types.get(relation.head, _UNKNOWN), types.get(relation.tail, _UNKNOWN)
    rule = BIORED.pair_rule(first, second)
    ordered = (rule.head, rule.tail) if rule is not None else sorted((first, second))
    return "-".join(_SHORT.get(name, name) for name in ordered)


BIORED_8 = BioRED("biored-8", "BioRED, all eight entity type pairs (the BioRED paper)")
BIORED_5 = BioRED(
    "biored-5",
    "BioRED, five entity type pairs, none with a variant (BioREx)",
    frozenset(
        {
            "disease-gene",
            "chemical-disease",
            "chemical-gene",
            "gene-gene",
            "chemical-chemical",
        }
    ),
)
BC8 = BioRED(
    "bc8", "BioCreative VIII BioRED track: all eight entity type pairs, the track's own abstracts"
)
