"""Files to write: under a temporary name until they are whole, compressed if the name says so."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from relatome.errors import CANNOT_WRITE, WorkError


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content appears at `path` when the block ends well, and not at all otherwise.

    A name ending in ``.gz`` is compressed; the same content gives the same bytes.

    Raises:
        WorkError: if the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as plain:
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile("", "wb", 6, plain, mtime=0) as packed:
                    yield cast(BinaryIO, packed)
            else:
                yield plain
        temporary.replace(path)
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=path, reason=error.strerror or error) from None
    finally:
        temporary.unlink(missing_ok=True)
