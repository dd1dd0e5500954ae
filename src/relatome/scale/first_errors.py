"""The first errors of a scan, as its tables hold them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from relatome.formats.source import clipped
from relatome.scale.manifest import Input

MOST = 5
_LONGEST_REASON = 200  # characters


def first_errors(tables: Iterable[tuple[Input, Path]]) -> list[str]:
    """The first `MOST` errors as lines ``FILE:LINE: CODE reason``.

    Args:
        tables: inputs with errors, in the order of the scan, and the table of errors of each.
    """
    found: list[str] = []
    for given, path in tables:
        for batch in pq.ParquetFile(path).iter_batches(MOST, columns=["line", "code", "reason"]):
            for row in batch.to_pylist():
                if len(found) == MOST:
                    return found
                found.append(_line(given, row["line"], row["code"], row["reason"]))
    return found


def _line(given: Input, line: int | None, code: str, reason: str) -> str:
    place = given.path if line is None else f"{given.path}:{line}"
    return f"{place}: {code} {clipped(' '.join(reason.split()), _LONGEST_REASON)}"
