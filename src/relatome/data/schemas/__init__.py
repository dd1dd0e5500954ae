"""The schemas of the published corpora, one family to a file."""

from __future__ import annotations

from relatome.data.schema import BIORED, Schema
from relatome.data.schemas.bc5cdr import BC5CDR
from relatome.data.schemas.bioredirect import BIOREDIRECT
from relatome.data.schemas.biorex import DISGENET, EMU, HPRD50_BIOREX, PHARMGKB
from relatome.data.schemas.chemprot import CHEMPROT, DRUGPROT
from relatome.data.schemas.ddi import DDI
from relatome.data.schemas.euadr import EUADR, EUADR_DRUG_TARGET
from relatome.data.schemas.gene_disease import GENE_DISEASE
from relatome.data.schemas.ppi import PPI

__all__ = [
    "BC5CDR",
    "BIORED",
    "BIOREDIRECT",
    "CHEMPROT",
    "DDI",
    "DISGENET",
    "DRUGPROT",
    "EMU",
    "EUADR",
    "EUADR_DRUG_TARGET",
    "GENE_DISEASE",
    "HPRD50_BIOREX",
    "PHARMGKB",
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
        BIOREDIRECT,
        BC5CDR,
        DISGENET,
        EMU,
        PHARMGKB,
        HPRD50_BIOREX,
    )
}
