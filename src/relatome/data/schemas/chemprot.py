"""ChemProt and its successor DrugProt: what chemicals do to genes and proteins."""

from __future__ import annotations

from relatome.data.schema import PairRule, Schema

# GENE-Y can be normalised to a database entry, GENE-N cannot; DrugProt's development set only
# says GENE. The finer type stays in `Mention.fine_type`.
_TYPES = {"CHEMICAL": (), "GENE": ("GENE-Y", "GENE-N")}

_DRUGPROT_LABELS = (
    "INHIBITOR",
    "DIRECT-REGULATOR",
    "SUBSTRATE",
    "ACTIVATOR",
    "INDIRECT-UPREGULATOR",
    "INDIRECT-DOWNREGULATOR",
    "ANTAGONIST",
    "PRODUCT-OF",
    "PART-OF",
    "AGONIST",
    "AGONIST-ACTIVATOR",
    "SUBSTRATE_PRODUCT-OF",
    "AGONIST-INHIBITOR",
)
DRUGPROT = Schema(
    name="drugprot",
    entity_types=_TYPES,
    labels=_DRUGPROT_LABELS,
    pairs=(PairRule("CHEMICAL", "GENE", _DRUGPROT_LABELS),),
    ordered=True,
    unit="mention",
    scope="document",
    multi_label=True,
    novelty=False,
    prompt_word="DrugProt",
    rule="drugprot",
)

# All groups that are annotated. The official rule judges the first five; of the others, CPR:1
# (part of), CPR:2 (regulator), CPR:7 (modulator), CPR:8 (cofactor) and CPR:10 (stated not to hold)
# can still be learnt from, and CPR:0 is "undefined".
_CHEMPROT_LABELS = (
    "CPR:3",
    "CPR:4",
    "CPR:5",
    "CPR:6",
    "CPR:9",
    "CPR:1",
    "CPR:2",
    "CPR:7",
    "CPR:8",
    "CPR:10",
    "CPR:0",
)
CHEMPROT = Schema(
    name="chemprot",
    entity_types=_TYPES,
    labels=_CHEMPROT_LABELS,
    pairs=(PairRule("CHEMICAL", "GENE", _CHEMPROT_LABELS),),
    ordered=True,
    unit="mention",
    scope="document",
    multi_label=True,
    novelty=False,
    prompt_word="ChemProt",
    rule="chemprot",
)
