"""Folders of scans, written by hand: a few documents said in a line each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from relatome.graph.tables import DELETIONS, DOCUMENTS, ENTITIES, RELATIONS, SCHEMAS, SHARDS

CHEMICAL, DISEASE, GENE = "ChemicalEntity", "DiseaseOrPhenotypicFeature", "GeneOrGeneProduct"

# Identifier, type and the surfaces of the mentions.
ASPIRIN = ("D001241", CHEMICAL, "aspirin", "Aspirin", "aspirin")
HEADACHE = ("D006261", DISEASE, "headache")
ULCER = ("MESH:D014456", "Disease", "ulcer", "ulcers")
COX1 = ("5742", GENE, "COX-1")


class Rel(NamedTuple):
    """One row of relations; head and tail are numbers of the document's entities."""

    head: int
    tail: int
    type: str
    score: float | None = 0.5
    novel: bool | None = None
    subject: int | None = None
    evidence: tuple[str, ...] = ("It says so.",)


class Doc(NamedTuple):
    """One record of a document."""

    id: str
    entities: tuple[tuple[str, ...], ...] = ()
    relations: tuple[Rel, ...] = ()
    version: int = 1
    year: int | None = 2001
    retracted: bool = False


def spans(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"start": 0, "end": len(text), "text": text} for text in texts]


def write_scan(
    folder: Path,
    shards: Sequence[Sequence[Doc]],
    *,
    deletions: dict[int, Sequence[str]] | None = None,
    done: Sequence[bool] | None = None,
    ordered: bool = False,
    format: int = 1,
) -> Path:
    """Write a scan of these shards.

    Args:
        folder: to write.
        shards: the documents of each.
        deletions: documents taken back, by number of the shard.
        done: of each shard, whether it is; all by default.
        ordered: whether the order of its pairs means something.
        format: that it claims.
    """
    for table in SCHEMAS:
        (folder / table).mkdir(parents=True, exist_ok=True)
    (folder / SHARDS).mkdir()
    names = [f"{number:05d}-part" for number in range(len(shards))]
    manifest = {
        "format": format,
        "relatome": "0.1.0",
        "work": {"model": "tiny", "pairs": "ordered" if ordered else "unordered"},
        "inputs": [{"shard": name, "path": "part", "bytes": 1} for name in names],
    }
    (folder / "scan.json").write_text(json.dumps(manifest))
    for number, documents in enumerate(shards):
        name = names[number]
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in SCHEMAS}
        rows[DELETIONS] = [{"document": id} for id in (deletions or {}).get(number, ())]
        for position, document in enumerate(documents):
            _add(rows, document, position)
        for table, schema in SCHEMAS.items():
            made = pa.Table.from_pylist(rows[table], schema=schema)
            pq.write_table(made, folder / table / f"{name}.parquet")
        if done is None or done[number]:
            (folder / SHARDS / f"{name}.json").write_text("{}")
    return folder


def _add(rows: dict[str, list[dict[str, Any]]], made: Doc, position: int) -> None:
    record = {"document": made.id, "version": made.version, "position": position}
    rows[DOCUMENTS].append(record | {"year": made.year, "retracted": made.retracted})
    for id, type, *surfaces in made.entities:
        rows[ENTITIES].append(
            record | {"id": id, "type": type, "name": surfaces[0], "mentions": spans(surfaces)}
        )
    for relation in made.relations:
        row: dict[str, Any] = {
            "type": relation.type,
            "score": relation.score,
            "novel": relation.novel,
            "evidence": spans(relation.evidence),
            "model": "tiny",
        }
        for end in ("head", "tail"):
            id, type, name, *_ = made.entities[getattr(relation, end)]
            row |= {end: id, f"{end}_type": type, f"{end}_name": name}
        if relation.subject is not None:
            row["subject"] = made.entities[relation.subject][0]
        rows[RELATIONS].append(record | row)


# Three documents, four edges; the example of docs/graph.md and of most tests.
SMALL = (
    (
        Doc(
            "101",
            (ASPIRIN, HEADACHE, ULCER),
            (
                Rel(0, 1, "Negative_Correlation", 0.9, True, None, ("Aspirin eased headache.",)),
                Rel(0, 2, "Positive_Correlation", 0.6, False, 0, ("Aspirin caused ulcers.",)),
            ),
        ),
        Doc(
            "102",
            (HEADACHE, ASPIRIN, COX1),
            (
                Rel(0, 1, "Negative_Correlation", 0.5, False, None, ("Headache fell.",)),
                Rel(1, 2, "Negative_Correlation", 0.8, None, None, ("It inhibits COX-1.",)),
            ),
            year=2004,
        ),
    ),
    (
        Doc(
            "103",
            (ULCER, COX1),
            (Rel(0, 1, "Association", 0.7, True, None, ("COX-1 guards against ulcers.",)),),
            year=None,
        ),
    ),
)
