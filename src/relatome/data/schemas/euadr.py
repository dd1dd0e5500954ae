"""EU-ADR: drugs, targets, disorders, and whether the text relates them."""

from __future__ import annotations

from relatome.data.schema import PairRule, Schema

# Positive, speculative and negative association.
_LABELS = ("PA", "SA", "NA")
EUADR = Schema(
    name="euadr",
    entity_types={
        "Chemicals & Drugs": (),
        "Diseases & Disorders": (),
        "Genes & Molecular Sequences": (),
        "SNP & Sequence variations": (),
        "unknown": (),
    },
    labels=_LABELS,
    pairs=(
        PairRule("Chemicals & Drugs", "Diseases & Disorders", _LABELS),
        PairRule("Chemicals & Drugs", "Genes & Molecular Sequences", _LABELS),
        PairRule("Genes & Molecular Sequences", "Diseases & Disorders", _LABELS),
        PairRule("SNP & Sequence variations", "Diseases & Disorders", _LABELS),
    ),
    ordered=False,
    unit="mention",
    scope="document",
    multi_label=False,
    novelty=False,
    prompt_word="EU-ADR",
    rule="ppi",
)

# The conversion of the drug–target part keeps one label.
EUADR_DRUG_TARGET = Schema(
    name="euadr-drug-target",
    entity_types={"CHEMICAL": (), "GENE": ("GENE-Y",)},
    labels=("DRUG-TARGET",),
    pairs=(PairRule("CHEMICAL", "GENE", ("DRUG-TARGET",)),),
    ordered=True,
    unit="mention",
    scope="document",
    multi_label=False,
    novelty=False,
    prompt_word="EU-ADR",
    rule="ppi",
)
