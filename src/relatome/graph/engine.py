"""DuckDB as relatome uses it: within given memory, nothing fetched, its errors in our words."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from relatome.errors import (
    CANNOT_WRITE,
    GRAPH_DAMAGED,
    GRAPH_MEMORY,
    GRAPH_OUT_OF_MEMORY,
    GRAPH_PLACE,
    SHARD_DAMAGED,
    InputError,
    Place,
    RelatomeError,
    UsageError,
    WorkError,
    first_line,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A name as it is looked up: without case, and with single spaces.
FOLDED = r"lower(trim(regexp_replace(nfc_normalize({0}), '\s+', ' ', 'g')))"

_MB = 10**6
# What the process takes besides what DuckDB counts: Python, Arrow, its own code, and what it holds
# outside its limit (benchmarks/graph.py measures the sum).
_BESIDE = 250 * _MB
LEAST_MEMORY = 400 * _MB
_TO_READ = 500 * _MB  # for sorting a whole graph; questions take little
_PER_THREAD = 200 * _MB  # DuckDB wants memory for each of its threads

# What is wrong with a query, not with what it reads or where it writes.
_OURS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)i?B?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_memory(written: str) -> int:
    """Bytes in a size such as ``1GB`` or ``800 MB``.

    Raises:
        UsageError: if it is no size, or less than the work can be done with.
    """
    found = _SIZE.fullmatch(written.strip())
    size = int(float(found[1]) * 1000 ** _POWERS[found[2].lower()]) if found else 0
    if size < LEAST_MEMORY:
        raise UsageError(GRAPH_MEMORY, memory=written, least=f"{LEAST_MEMORY // _MB}MB")
    return size


def require_plain(path: Path) -> None:
    """Refuse a place that DuckDB would take for another: after a ``?`` it expects options.

    Raises:
        UsageError: if there is one in the path.
    """
    if "?" in str(path.resolve()):
        raise UsageError(GRAPH_PLACE, path=path)


def connect_to_build(folder: Path, memory: int) -> DuckDBPyConnection:
    """A database for intermediate results in a folder, which it spills to.

    Args:
        folder: for everything temporary.
        memory: bytes the whole process may take.
    """
    for_duckdb = int((memory - _BESIDE) * 0.8)
    connection = duckdb.connect(
        str(folder / "stage.duckdb"),
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": f"{for_duckdb // _MB}MB",
            "preserve_insertion_order": False,
            "temp_directory": str(folder / "spilled"),
            "threads": max(1, min(os.cpu_count() or 1, for_duckdb // _PER_THREAD)),
        },
    )
    # Not one at a time, or a long build would show one bar after the other.
    connection.execute("SET enable_progress_bar = false")
    return connection


def connect_to_read(path: Path) -> DuckDBPyConnection:
    """A finished graph, which can neither be changed nor reach any other file.

    What does not fit into memory goes to the folder for temporary files. All connections of one
    process to one graph share a database, so they must ask for the same.

    Raises:
        InputError: if it is no database that this version of DuckDB reads.
    """
    require_plain(path)
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:16]
    spilled = Path(tempfile.gettempdir(), f"relatome-{os.getpid()}-{name}")
    with asking(path):
        return duckdb.connect(
            str(path),
            read_only=True,
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "enable_external_access": False,
                "lock_configuration": True,
                "memory_limit": f"{_TO_READ // _MB}MB",
                "temp_directory": str(spilled),
            },
        )


@contextmanager
def reading(file: Path) -> Iterator[str]:
    """The name of a Parquet file for ``read_parquet``; what goes wrong is the fault of this file.

    Raises:
        InputError: if it cannot be read.
        WorkError: if what is read cannot be kept.
    """
    try:
        yield re.sub(r"([*?\[])", r"[\1]", str(file))  # a name is no pattern
    except _OURS:
        raise
    except duckdb.Error as error:
        raise _not_written(error, file) or InputError(
            SHARD_DAMAGED, at=Place(str(file)), reason=_reason(error)
        ) from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Work whose failure means that the graph cannot be written.

    Raises:
        WorkError: naming the place and the reason.
    """
    try:
        yield
    except _OURS:
        raise
    except duckdb.Error as error:
        raise _not_written(error, path) or WorkError(
            CANNOT_WRITE, path=path, reason=_reason(error)
        ) from None


@contextmanager
def asking(path: Path) -> Iterator[None]:
    """Work on a finished graph whose failure means that it is damaged.

    Raises:
        InputError: naming the graph and the reason.
    """
    try:
        yield
    except duckdb.Error as error:
        raise InputError(GRAPH_DAMAGED, at=Place(str(path)), reason=_reason(error)) from None


def _not_written(error: duckdb.Error, path: Path) -> RelatomeError | None:
    """The error, if it is about room: on the disk or in memory."""
    text = str(error).lower()
    if "no space left" in text or "could not write" in text or "max_temp_directory" in text:
        return WorkError(CANNOT_WRITE, path=path, reason=_reason(error))
    if isinstance(error, duckdb.OutOfMemoryException):
        return WorkError(GRAPH_OUT_OF_MEMORY, reason=_reason(error))
    return None


def _reason(error: duckdb.Error) -> str:
    return first_line(error).rstrip(".")
