"""What entity types mean."""

from __future__ import annotations

import pytest

from relatome.data.schemas import SCHEMAS
from relatome.entities.kinds import Kind, kind_of


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("GeneOrGeneProduct", Kind.GENE),
        ("GENE-Y", Kind.GENE),
        ("Protein", Kind.GENE),
        ("DiseaseOrPhenotypicFeature", Kind.DISEASE),
        ("Chemical", Kind.CHEMICAL),
        ("drug", Kind.CHEMICAL),
        ("SequenceVariant", Kind.VARIANT),
        ("ProteinMutation", Kind.VARIANT),
        ("Species", Kind.ORGANISM),
        ("CellLine", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_kind(type: str, kind: Kind) -> None:
    assert kind_of(type) is kind


def test_aliases_of_a_type_mean_what_it_means() -> None:
    for schema in SCHEMAS.values():
        for type, aliases in schema.entity_types.items():
            assert {kind_of(alias) for alias in aliases} <= {kind_of(type)}
