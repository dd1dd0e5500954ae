"""Opening the folders of scans: which shards are done, and whether their tables can be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from relatome.errors import (
    SCAN_DAMAGED,
    SCAN_EMPTY,
    SCAN_FOLDER,
    SCAN_FORMAT,
    SCAN_MISSING,
    SCAN_TABLE,
    SCAN_TWICE,
    InputError,
    Place,
    UsageError,
)
from relatome.graph.tables import DELETIONS, DOCUMENTS, ENTITIES, RELATIONS, SCHEMAS, SHARDS

MANIFEST = "scan.json"
_FORMAT = 1
_TABLES = (DOCUMENTS, ENTITIES, RELATIONS, DELETIONS)


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
        unfinished: tables of shards that were begun and not finished; they do not count.
    """

    shards: tuple[Shard, ...]
    manifests: tuple[dict[str, Any], ...]
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
            raise UsageError(SCAN_TWICE, path=folder)
        seen.add(folder.resolve())
        manifest = _manifest(folder)
        manifests.append(manifest)
        done = sorted(path.stem for path in (folder / SHARDS).glob("*.json"))
        begun = {path.stem for path in (folder / DOCUMENTS).glob("*.parquet")}
        unfinished += len(begun.difference(done))
        for name in done:
            shard = Shard(len(shards), folder, name, manifest.get("ordered") is True)
            for table in _TABLES:
                _check(shard.file(table), SCHEMAS[table])
            shards.append(shard)
    if not shards:
        raise UsageError(SCAN_EMPTY, path=", ".join(map(str, folders)))
    return Scans(tuple(shards), tuple(manifests), unfinished)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(SCAN_FOLDER, path=folder)
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError) as error:
        raise InputError(SCAN_DAMAGED, at=Place(str(path)), reason=error) from None
    if not isinstance(found, dict):
        raise InputError(SCAN_DAMAGED, at=Place(str(path)), reason="it holds no object")
    if found.get("format") != _FORMAT:
        raise InputError(
            SCAN_FORMAT, at=Place(str(path)), found=found.get("format"), expected=_FORMAT
        )
    return found


def _check(path: Path, expected: pa.Schema) -> None:
    """Refuse a file that is no Parquet of this schema, before any work."""
    place = Place(str(path))
    if not path.is_file():
        raise InputError(SCAN_MISSING, at=place)
    try:
        found = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(SCAN_DAMAGED, at=place, reason=reason) from None
    if not found.equals(expected):
        wrong = [name for name in expected.names if _lacks(found, expected, name)]
        more = [name for name in found.names if name not in expected.names]
        raise InputError(SCAN_TABLE, at=place, columns=", ".join((*wrong, *more)) or "their order")


def _lacks(found: pa.Schema, expected: pa.Schema, name: str) -> bool:
    return name not in found.names or found.field(name).type != expected.field(name).type
