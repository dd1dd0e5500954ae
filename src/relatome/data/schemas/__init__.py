"""The schemas of the published corpora, one family to a file."""

from __future__ import annotations

from relatome.data.schema import BIORED, Schema
from relatome.data.schemas.chemprot import CHEMPROT, DRUGPROT
from relatome.data.schemas.ddi import DDI
from relatome.data.schemas.euadr import EUADR, EUADR_DRUG_TARGET
from relatome.data.schemas.gene_disease import GENE_DISEASE
from relatome.data.schemas.ppi import PPI

__all__ = [
    "BIORED",
    "CHEMPROT",
    "DDI",
    "DRUGPROT",
    "EUADR",
    "EUADR_DRUG_TARGET",
    "GENE_DISEASE",
    "PPI",
    "SCHEMAS",
]

SCHEMAS: dict[str, Schema] = {
    schema.name: schema
    for schema in (
        BIORED,
        DRUGPROT,
        CHEMPROT,
        DDI,
        PPI,
        EUADR,
        EUADR_DRUG_TARGET,
        GENE_DISEASE,
    )
}
