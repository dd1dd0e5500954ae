"""DDI 2013: drugs that act on one another."""

from __future__ import annotations

from itertools import combinations_with_replacement

from relatome.data.schema import PairRule, Schema

_LABELS = ("effect", "mechanism", "advise", "int")

# All ten pairs of types are annotated. One interaction of the training split has no type; it is
# read as UNTYPED, is no label, and is reported as unreachable.
UNTYPED = "untyped"

DDI = Schema(
    name="ddi",
    entity_types={"drug": (), "group": (), "brand": (), "drug_n": ()},
    labels=_LABELS,
    pairs=tuple(
        PairRule(head, tail, _LABELS)
        for head, tail in combinations_with_replacement(("brand", "drug", "drug_n", "group"), 2)
    ),
    ordered=False,
    unit="mention",
    scope="sentence",
    multi_label=False,
    novelty=False,
    prompt_word="DDI",
    rule="ddi",
)
