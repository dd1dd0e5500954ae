"""The five corpora of protein–protein interaction: AIMed, BioInfer, HPRD50, IEPA, LLL."""

from __future__ import annotations

from relatome.data.schema import PairRule, Schema

PPI = Schema(
    name="ppi",
    entity_types={"Protein": ("Gene",)},
    labels=("PPI",),
    pairs=(PairRule("Protein", "Protein", ("PPI",)),),
    ordered=False,
    unit="mention",
    scope="sentence",
    multi_label=False,
    novelty=False,
    prompt_word="PPI",
    rule="ppi",
)
