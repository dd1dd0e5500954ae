"""The folder of a graph: its database, and what it was made of."""

from __future__ import annotations

from pathlib import Path

import msgspec

from relatome.errors import (
    GRAPH_DAMAGED,
    GRAPH_FOLDER,
    GRAPH_FORMAT,
    InputError,
    Place,
    UsageError,
)

DATABASE, MANIFEST = "graph.duckdb", "graph.json"
_FORMAT = 1

FORMULA = (
    "P = 1 - product over k of (1 - p_k) ** (1 / k): p_1 >= p_2 >= ... are the scores of the "
    "documents that assert the relation, each the highest of its rows and at most 0.999"
)


class Counts(msgspec.Struct, frozen=True):
    """How much a graph was made of, and how much it holds.

    Attributes:
        shards: of all scans, done.
        unfinished_shards: inputs of the scans that are not done.
        records: of documents, read.
        superseded: records that a later one of the same document replaces.
        deleted: records that an update took back.
        retracted: current records left out because the article was retracted.
        documents: those the graph is made of.
        relations: rows of evidence, each in one edge.
        nodes: entities.
        local_nodes: of these, the ones no vocabulary identifies.
        edges: relations over all documents.
    """

    shards: int
    unfinished_shards: int
    records: int
    superseded: int
    deleted: int
    retracted: int
    documents: int
    relations: int
    nodes: int
    local_nodes: int
    edges: int


class Scanned(msgspec.Struct, frozen=True):
    """Where relations come from: the version that scanned, its model and options."""

    relatome: str
    work: dict[str, str | float | None]


class Provenance(msgspec.Struct, frozen=True):
    """``graph.json``.

    Attributes:
        scans: what each scan says of itself.
        counts: of what was read and made.
        formula: how the scores of documents become one probability.
        size: of the database in bytes; another one says that the graph was altered.
        format: of the folder.
    """

    scans: list[Scanned]
    counts: Counts
    formula: str
    size: int = 0
    format: int = _FORMAT


class _Format(msgspec.Struct):
    format: int


def write_manifest(folder: Path, made: Provenance) -> None:
    """Write ``graph.json`` beside a finished database."""
    whole = msgspec.structs.replace(made, size=(folder / DATABASE).stat().st_size)
    content = msgspec.json.format(msgspec.json.encode(whole), indent=2)
    (folder / MANIFEST).write_bytes(content + b"\n")


def read_manifest(folder: Path) -> Provenance:
    """What a graph says of itself.

    Raises:
        UsageError: if the folder holds no finished graph.
        InputError: if it is of another version, or was altered.
    """
    for file in (MANIFEST, DATABASE):
        if not (folder / file).is_file():
            raise UsageError(GRAPH_FOLDER, path=folder, file=file)
    place = Place(str(folder / MANIFEST))
    try:
        content = (folder / MANIFEST).read_bytes()
        found = msgspec.json.decode(content, type=_Format).format
        if found != _FORMAT:
            raise InputError(GRAPH_FORMAT, at=place, found=found, expected=_FORMAT)
        manifest = msgspec.json.decode(content, type=Provenance)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise InputError(GRAPH_DAMAGED, at=place, reason=error) from None
    size = (folder / DATABASE).stat().st_size
    if size != manifest.size:
        reason = f"{DATABASE} has {size:,} bytes, and {MANIFEST} says {manifest.size:,}"
        raise InputError(GRAPH_DAMAGED, at=Place(str(folder)), reason=reason)
    return manifest
