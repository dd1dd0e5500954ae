"""BC5CDR: diseases that chemicals induce."""

from __future__ import annotations

from relatome.data.schema import PairRule, Schema

BC5CDR = Schema(
    name="bc5cdr",
    entity_types={"Chemical": (), "Disease": ()},
    labels=("CID",),
    pairs=(PairRule("Chemical", "Disease", ("CID",)),),
    ordered=True,
    unit="concept",
    scope="document",
    multi_label=False,
    novelty=False,
    prompt_word="BC5CDR",
    rule="bc5cdr-cid",
)
