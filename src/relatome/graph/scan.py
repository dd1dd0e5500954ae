"""Opening the folders of scans: which shards are done, and whether their tables can be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from relatome.errors import (
    GRAPH_NO_SCAN,
    GRAPH_SCAN_EMPTY,
    GRAPH_SCAN_FORMAT,
    GRAPH_SCAN_TWICE,
    SHARD_DAMAGED,
    SHARD_MISSING,
    SHARD_TABLE,
    InputError,
    Place,
    UsageError,
)
from relatome.graph.tables import DELETIONS, DOCUMENTS, ENTITIES, RELATIONS, SCHEMAS, SHARDS

MANIFEST = "scan.json"  # its format is that of the folder
_FORMAT = 1
_TABLES = (DOCUMENTS, ENTITIES, RELATIONS, DELETIONS)


class Input(msgspec.Struct, frozen=True):
    """One input file of a scan, of which only the name of its shard matters here."""

    shard: str


class Manifest(msgspec.Struct, frozen=True):
    """What ``scan.json`` says.

    Attributes:
        work: model and options; under ``pairs`` whether those of its schema are ``ordered``.
        relatome: the version that scanned.
        inputs: in the order of their shards.
    """

    work: dict[str, str | float | None] = {}
    relatome: str = ""
    inputs: tuple[Input, ...] = ()


class _Format(msgspec.Struct):
    format: int


class Shard(NamedTuple):
    """One input file of a scan.

    Attributes:
        number: its place among all shards of all scans; later ones replace earlier ones.
        scan: folder of the scan.
        name: of the shard.
        ordered: whether head and tail of its relations mean something by themselves.
    """

    number: int
    scan: Path
    name: str
    ordered: bool

    def file(self, table: str) -> Path:
        """Its Parquet file of a table."""
        return self.scan / table / f"{self.name}.parquet"


class Scans(NamedTuple):
    """Scans that are to become one graph.

    Attributes:
        shards: those that are done, in order.
        manifests: what each scan says about itself.
        unfinished: inputs of the scans whose shards are not done.
    """

    shards: tuple[Shard, ...]
    manifests: tuple[Manifest, ...]
    unfinished: int


def open_scans(folders: Sequence[Path]) -> Scans:
    """Open folders of scans, in the order in which later records replace earlier ones.

    Raises:
        UsageError: if one is no folder of a scan, is named twice, or no shard of any is done.
        InputError: if one was made by another version, or a table is missing or damaged.
    """
    shards: list[Shard] = []
    manifests = []
    unfinished = 0
    seen: set[Path] = set()
    for folder in folders:
        if folder.resolve() in seen:
            raise UsageError(GRAPH_SCAN_TWICE, path=folder)
        seen.add(folder.resolve())
        manifest = _manifest(folder)
        manifests.append(manifest)
        done = sorted(path.stem for path in (folder / SHARDS).glob("*.json"))
        unfinished += len({each.shard for each in manifest.inputs}.difference(done))
        for name in done:
            shard = Shard(len(shards), folder, name, manifest.work.get("pairs") == "ordered")
            for table in _TABLES:
                _check(shard.file(table), SCHEMAS[table])
            shards.append(shard)
    if not shards:
        raise UsageError(GRAPH_SCAN_EMPTY, path=", ".join(map(str, folders)))
    return Scans(tuple(shards), tuple(manifests), unfinished)


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(GRAPH_NO_SCAN, path=folder)
    place = Place(str(path))
    try:
        content = path.read_bytes()
        found = msgspec.json.decode(content, type=_Format).format
        if found != _FORMAT:
            raise InputError(GRAPH_SCAN_FORMAT, at=place, found=found, expected=_FORMAT)
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise InputError(SHARD_DAMAGED, at=place, reason=error) from None


def _check(path: Path, expected: pa.Schema) -> None:
    """Refuse a file that is no Parquet of this schema, before any work."""
    place = Place(str(path))
    if not path.is_file():
        raise InputError(SHARD_MISSING, at=place)
    try:
        found = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(SHARD_DAMAGED, at=place, reason=reason) from None
    if not found.equals(expected):
        wrong = [name for name in expected.names if _lacks(found, expected, name)]
        more = [name for name in found.names if name not in expected.names]
        raise InputError(SHARD_TABLE, at=place, columns=", ".join((*wrong, *more)) or "their order")


def _lacks(found: pa.Schema, expected: pa.Schema, name: str) -> bool:
    return name not in found.names or found.field(name).type != expected.field(name).type
