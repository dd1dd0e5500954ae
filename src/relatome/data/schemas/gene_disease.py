"""Sentences about one gene and one disease, related or not: GAD, and EU-ADR as cut for BioBERT."""

from __future__ import annotations

from relatome.data.schema import PairRule, Schema

GENE_DISEASE = Schema(
    name="gene-disease",
    entity_types={"Gene": (), "Disease": ()},
    labels=("Association",),
    pairs=(PairRule("Gene", "Disease", ("Association",)),),
    ordered=False,
    unit="mention",
    scope="sentence",
    multi_label=False,
    novelty=False,
    prompt_word="gene-disease",
    rule="ppi",  # precision, recall and F1 of the related pairs, as in all corpora of yes or no
)
