"""BioREx: nine corpora pooled in the terms of BioRED.

Lai PT, Wei CH, Luo L, Chen Q, Lu Z. BioREx: improving biomedical relation extraction by leveraging
heterogeneous datasets. Journal of Biomedical Informatics 146, 104487, 2023. The mapping of labels
is theirs, and so is that the repositories (DisGeNET, EMU, PharmGKB) have BioRED's prompt word and
no negatives of their own.
"""

from __future__ import annotations

import msgspec

from relatome.corpora.pool.source import Pool, PoolSource, Role
from relatome.corpora.pool.target import towards
from relatome.data import PairRule, Schema
from relatome.data.schemas import BC5CDR, BIORED, CHEMPROT, DDI, DRUGPROT
from relatome.data.schemas.ddi import UNTYPED

_DISEASE, _GENE, _CHEMICAL = (
    "DiseaseOrPhenotypicFeature",
    "GeneOrGeneProduct",
    "ChemicalEntity",
)
_TYPES = {
    "Disease": _DISEASE,
    "Gene": _GENE,
    "Chemical": _CHEMICAL,
    "SequenceVariant": "SequenceVariant",
}
_ASSOCIATION = {"Association": "Association"}

_DRUGPROT = {
    "ACTIVATOR": "Positive_Correlation",
    "AGONIST": "Positive_Correlation",
    "AGONIST-ACTIVATOR": "Positive_Correlation",
    "INDIRECT-UPREGULATOR": "Positive_Correlation",
    "ANTAGONIST": "Negative_Correlation",
    "AGONIST-INHIBITOR": "Negative_Correlation",
    "INDIRECT-DOWNREGULATOR": "Negative_Correlation",
    "INHIBITOR": "Negative_Correlation",
    "DIRECT-REGULATOR": "Association",
    "PART-OF": "Association",
    "PRODUCT-OF": "Association",
    "SUBSTRATE": "Association",
    "SUBSTRATE_PRODUCT-OF": "Association",
}

# Related or not says less than BioRED's labels do: a label of their own.
_OWN_LABELS = ("AIMed-Association", "HPRD50-Association")


def _rule(rule: PairRule) -> PairRule:
    own = _OWN_LABELS if rule.head == rule.tail == _GENE else ()
    return PairRule(rule.head, rule.tail, (*rule.labels, *own))


_SCHEMA = msgspec.structs.replace(
    BIORED,
    name="biorex",
    labels=(*BIORED.labels, *_OWN_LABELS),
    pairs=tuple(map(_rule, BIORED.pairs)),
    rule="relations",
)

# Richer annotation first: a document of several sources stays in the first that has it.
BIOREX = Pool(
    name="biorex",
    title="BioREx: BioRED, BC5CDR, DrugProt, DDI, AIMed, HPRD50, EMU, PharmGKB and DisGeNET",
    citation=(
        "Lai PT, Wei CH, Luo L, Chen Q, Lu Z. BioREx: improving biomedical relation extraction by "
        "leveraging heterogeneous datasets. Journal of Biomedical Informatics 146, 104487, 2023."
    ),
    schema=_SCHEMA,
    sources=(
        PoolSource(
            name="biored",
            prompt_word="BioRED",
            train=("biored:train",),
            labels={label: label for label in BIORED.labels},
            types={name: name for name in BIORED.entity_types},
            annotated=tuple((rule.head, rule.tail) for rule in BIORED.pairs),
            negative="None",
        ),
        PoolSource(
            name="bc5cdr",
            prompt_word="BC5CDR",
            train=("bc5cdr:train", "bc5cdr:dev"),
            labels={"CID": "Positive_Correlation"},
            types=_TYPES,
            annotated=((_CHEMICAL, _DISEASE),),
            negative="None-CID",
        ),
        PoolSource(
            name="drugprot",
            prompt_word="DrugProt",
            train=("drugprot:train",),
            labels=_DRUGPROT,
            types={"CHEMICAL": _CHEMICAL, "GENE": _GENE},
            annotated=((_CHEMICAL, _GENE),),
            negative="None-DrugProt",
        ),
        PoolSource(
            name="ddi",
            prompt_word="DDI",
            train=("ddi:train",),
            labels=dict.fromkeys((*DDI.labels, UNTYPED), "Association"),
            types=dict.fromkeys(DDI.entity_types, _CHEMICAL),
            annotated=((_CHEMICAL, _CHEMICAL),),
            negative="None-DDI",
            by_sentence=True,
        ),
        PoolSource(
            name="aimed",
            prompt_word="AIMed",
            train=("aimed:all",),  # not d78, which is the abstract of d31 once more
            labels={"PPI": "AIMed-Association"},
            types={"Protein": _GENE},
            annotated=((_GENE, _GENE),),
            negative="None-AIMed",
            divided=0.2,
            by_sentence=True,
        ),
        PoolSource(
            name="hprd50",
            prompt_word="HPRD50",
            train=("hprd50:all",),
            labels={"PPI": "HPRD50-Association"},
            types={"Protein": _GENE},
            annotated=((_GENE, _GENE),),
            negative="None-HPRD50",
            divided=0.2,
            by_sentence=True,
        ),
        PoolSource(
            name="emu",
            prompt_word="BioRED",
            train=("emu:bc_train80", "emu:pc_train80"),
            labels=_ASSOCIATION,
            types=_TYPES,
            held_out=("emu:bc_test20", "emu:pc_test20"),
        ),
        PoolSource(
            name="pharmgkb",
            prompt_word="BioRED",
            train=("pharmgkb:partial",),
            labels=_ASSOCIATION,
            types=_TYPES,
            held_out=("pharmgkb:test20",),
        ),
        PoolSource(
            name="disgenet",
            prompt_word="BioRED",
            train=("disgenet:train80",),
            labels=_ASSOCIATION,
            types=_TYPES,
            held_out=("disgenet:test20",),
            joined=True,
        ),
    ),
)

_SOURCES = {source.name: source for source in BIOREX.sources}
# No source, since DrugProt has its abstracts once more; it reads as DrugProt does.
_CHEMPROT = msgspec.structs.replace(
    _SOURCES["drugprot"],
    name="chemprot",
    prompt_word="ChemProt",
    labels={},
    negative="None-ChemProt",
)

# The corpora that the pool can be made for. BC5CDR's dev split is learnt from in BioREx, and is to
# select on here; DrugProt's test split was published without relations.
_TARGETS: tuple[tuple[PoolSource, Schema, dict[str, Role]], ...] = (
    (_SOURCES["biored"], BIORED, {"biored:dev": "dev", "biored:test": "test"}),
    (_SOURCES["ddi"], DDI, {"ddi:test": "test"}),
    (_SOURCES["drugprot"], DRUGPROT, {"drugprot:dev": "dev"}),
    (_SOURCES["bc5cdr"], BC5CDR, {"bc5cdr:dev": "dev", "bc5cdr:test": "test"}),
    (_CHEMPROT, CHEMPROT, {"chemprot:dev": "dev", "chemprot:test": "test"}),
)
BIOREX_TARGETS = tuple(
    towards(BIOREX, source, task, (f"{source.name}:train",), splits)
    for source, task, splits in _TARGETS
)
