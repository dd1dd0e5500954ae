"""BioRED with direction: which of the two entities acts.

Lai et al., "Enhancing biomedical relation extraction with directionality", Bioinformatics
41(Suppl 1), 2025 (BioREDirect).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import ClassVar

import msgspec

from relatome.data import Document, Relation
from relatome.scoring.biored import BioRED
from relatome.scoring.rule import Judgement, asserted


class BioREDDirection(BioRED, frozen=True):
    """The rule of BioREDirect: that of BioRED, and the subject of each relation.

    The direction of a relation is its subject, or that it has none: about a tenth of the
    annotated relations are without direction, and saying so is then right.
    """

    scores: ClassVar[tuple[str, ...]] = (
        "pair",
        "pair+type",
        "pair+novelty",
        "pair+type+novelty",
        "pair+type+direction",
        "all",
    )
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "label": ("pair+type+direction",),
        "type pair": ("pair", "pair+type+direction", "all"),
    }
    notes: ClassVar[Mapping[str, str]] = {
        **BioRED.notes,
        "gold_undirected": "gold relations without a subject, compared as undirected",
        "predicted_undirected": "predicted relations without a subject, compared as undirected",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items.

        Raises:
            InputError: if the gold has an entity type or a label that BioRED does not have.
        """
        judgement = super().judge(gold, predicted)
        notes = dict(judgement.notes)
        for key, each in (("gold_undirected", gold), ("predicted_undirected", predicted)):
            if undirected := sum(r.subject is None for r in asserted(each.relations)):
                notes[key] = undirected
        return msgspec.structs.replace(judgement, notes=notes)

    def _statements(
        self, relation: Relation, pair: tuple[str, str], novel: bool | str
    ) -> dict[str, Hashable]:
        statements = super()._statements(relation, pair, novel)
        return statements | {
            "pair+type+novelty": (pair, relation.type, novel),
            "pair+type+direction": (pair, relation.type, relation.subject),
            "all": (pair, relation.type, novel, relation.subject),
        }


BIORED_DIRECTION = BioREDDirection(
    "biored-direction",
    "BioRED with the subject of each relation, all eight type pairs (BioREDirect)",
)
