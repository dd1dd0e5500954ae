"""What the entity types of a corpus mean, so that one rule for genes serves all of them."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache


class Kind(Enum):
    """What a name names. How names vary depends on it."""

    GENE = "gene"
    DISEASE = "disease"
    CHEMICAL = "chemical"
    VARIANT = "variant"
    ORGANISM = "organism"
    OTHER = "other"


# Parts of the names that corpora give their types; the first that fits decides, so that
# ProteinMutation is a variant.
_PARTS = {
    "variant": Kind.VARIANT,
    "mutation": Kind.VARIANT,
    "allele": Kind.VARIANT,
    "acidchange": Kind.VARIANT,
    "snp": Kind.VARIANT,
    "gene": Kind.GENE,
    "protein": Kind.GENE,
    "disease": Kind.DISEASE,
    "phenotyp": Kind.DISEASE,
    "chemical": Kind.CHEMICAL,
    "drug": Kind.CHEMICAL,
    "organism": Kind.ORGANISM,
    "species": Kind.ORGANISM,
    "taxon": Kind.ORGANISM,
}


@lru_cache(maxsize=256)
def kind_of(type: str) -> Kind:
    """What an entity type means, whatever the corpus calls it: ``GeneOrGeneProduct`` is a gene."""
    spelled = type.lower()
    return next((kind for part, kind in _PARTS.items() if part in spelled), Kind.OTHER)
