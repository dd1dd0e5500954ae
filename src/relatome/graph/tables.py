"""The tables of a scan: what one input file, a shard, leaves behind, and where it stands.

A scan is a folder with one folder per table and in it one Parquet file per shard::

    SCAN/documents/NAME.parquet    every document read, also those without relations
    SCAN/entities/NAME.parquet     one row per entity of a document, with its mentions
    SCAN/relations/NAME.parquet    one row per relation, with its evidence
    SCAN/deletions/NAME.parquet    identifiers that an update file takes back
    SCAN/errors/NAME.parquet       documents and files that could not be used, with the reason
    SCAN/shards/NAME.json          written last: this shard is done
    SCAN/scan.json                 model, options and the order of the shards

`NAME` is the shard's number in the order of the scan and the name of its input file, so that sorted
names are the order in which later records replace earlier ones. Which of several records of one
document holds is said by `relatome.graph.current`.
"""

from __future__ import annotations

import pyarrow as pa

DOCUMENTS, ENTITIES, RELATIONS = "documents", "entities", "relations"
DELETIONS, ERRORS, SHARDS = "deletions", "errors", "shards"

# Characters of the document's text.
_SPAN = [("start", pa.int32()), ("end", pa.int32()), ("text", pa.string())]
_SPANS = pa.list_(pa.struct(_SPAN))

# What tells the record of a document from others of the same document: `position` counts the
# records of the shard, `version` is PubMed's, 1 if there is none.
_RECORD = [("document", pa.string()), ("version", pa.int32()), ("position", pa.int32())]

SCHEMAS: dict[str, pa.Schema] = {
    DOCUMENTS: pa.schema(
        [
            *_RECORD,
            ("title", pa.string()),
            ("journal", pa.string()),
            ("year", pa.int16()),
            ("retracted", pa.bool_()),
            ("characters", pa.int32()),
            ("entities", pa.int32()),
            ("relations", pa.int32()),
        ]
    ),
    ENTITIES: pa.schema(
        [
            *_RECORD,
            ("id", pa.string()),
            ("type", pa.string()),
            ("name", pa.string()),  # the surface most of its mentions have, the first if they tie
            ("mentions", _SPANS),
        ]
    ),
    RELATIONS: pa.schema(
        [
            *_RECORD,
            ("head", pa.string()),
            ("head_type", pa.string()),
            ("head_name", pa.string()),
            ("tail", pa.string()),
            ("tail_type", pa.string()),
            ("tail_name", pa.string()),
            ("type", pa.string()),
            ("score", pa.float32()),
            ("novel", pa.bool_()),  # null: not judged
            ("novel_score", pa.float32()),
            ("subject", pa.string()),
            ("evidence", _SPANS),  # sentences, the weightiest first
            ("model", pa.string()),
            ("model_version", pa.string()),
        ]
    ),
    DELETIONS: pa.schema([("document", pa.string())]),
    ERRORS: pa.schema(
        [
            ("document", pa.string()),
            ("position", pa.int32()),
            ("line", pa.int32()),
            ("code", pa.string()),
            ("reason", pa.string()),
        ]
    ),
}
