"""The corpora that BioREx made of repositories: which gene goes with which disease or chemical.

All their relations are positive: a pair without one was not annotated, which does not say that it
is unrelated. They and HPRD50 have no published score; what is counted is related or not.
"""

from __future__ import annotations

import msgspec

from relatome.data.schema import PairRule, Schema
from relatome.data.schemas.ppi import PPI

_ASSOCIATION = ("Association",)
# The finer types of tmVar, kept in `Mention.fine_type`.
_VARIANT = (
    "SNP",
    "DNAMutation",
    "ProteinMutation",
    "DNAAllele",
    "ProteinAllele",
    "DNAAcidChange",
    "ProteinAcidChange",
)


def _repository(title: str, other: str, **changes: str) -> Schema:
    """Genes and one other kind of entity; `title` is the corpus's name as its authors write it."""
    schema = Schema(
        name=title.lower(),
        entity_types={"Gene": (), other: (), "SequenceVariant": _VARIANT},
        labels=_ASSOCIATION,
        pairs=(PairRule(other, "Gene", _ASSOCIATION),),
        ordered=False,
        unit="concept",
        scope="document",
        multi_label=False,
        novelty=False,
        prompt_word=title,
        rule="ppi",
    )
    return msgspec.structs.replace(schema, **changes)


DISGENET = _repository("DisGeNET", "Disease", scope="sentence")
EMU = _repository("EMU", "Disease")
PHARMGKB = _repository("PharmGKB", "Chemical")

# The conversion joined the sentences of a document without a mark between them, so that a sentence
# cannot be told from the next.
HPRD50_BIOREX = msgspec.structs.replace(
    PPI,
    name="hprd50-biorex",
    prompt_word="HPRD50",
    labels=_ASSOCIATION,
    pairs=(PairRule("Protein", "Protein", _ASSOCIATION),),
    scope="document",
)
