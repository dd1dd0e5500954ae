"""What services have sent, kept on disk: one file for each record.

A file is gzip, whose checksum tells when it is damaged, around a line that says which record it is
and the record as it was sent. It appears under its name only when it is whole, so several processes
may share a cache; at worst two fetch the same record.
"""

from __future__ import annotations

import gzip
import os
import re
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import platformdirs

from relatome.errors import CANNOT_WRITE, WorkError
from relatome.formats.source import MAX_DOCUMENT_BYTES
from relatome.formats.target import replaced

ENVIRONMENT = "RELATOME_CACHE"
MAX_AGE = timedelta(days=30)

_NAME = re.compile("[A-Za-z0-9-]{1,100}")


def user_directory() -> Path:
    """Where records are kept: ``RELATOME_CACHE``, else the user's cache folder."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    return platformdirs.user_cache_path("relatome", appauthor=False) / "services"


class Cache:
    """Records by kind and id."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_age: timedelta = MAX_AGE,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Use a folder, which need not be there yet.

        Args:
            folder: `user_directory`, if not given.
            max_age: how old a record may be.
            now: seconds since the epoch.
        """
        self.folder = folder if folder is not None else user_directory()
        self.max_age = max_age
        self._now = now

    def load(self, kind: str, id: str, *, any_age: bool = False) -> bytes | None:
        """The record; None if there is none, or it is too old or damaged.

        Args:
            kind: what it is a record of, such as ``pubmed``.
            id: its id.
            any_age: take it however old it is.
        """
        path = self._path(kind, id)
        try:
            if not any_age and self._now() - path.stat().st_mtime > self.max_age.total_seconds():
                return None
            with gzip.open(path) as stream:
                content = stream.read(MAX_DOCUMENT_BYTES + 1)
        except (OSError, EOFError, zlib.error):  # OSError includes BadGzipFile
            return None
        heading = _heading(kind, id)
        if not content.startswith(heading) or len(content) > MAX_DOCUMENT_BYTES:
            return None
        return content[len(heading) :]

    def store(self, kind: str, id: str, record: bytes) -> None:
        """Keep a record.

        Raises:
            WorkError: if it cannot be written.
        """
        path = self._path(kind, id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkError(CANNOT_WRITE, path=path, reason=error.strerror or error) from None
        with replaced(path) as stream:
            stream.write(_heading(kind, id) + record)

    def _path(self, kind: str, id: str) -> Path:
        for name in (kind, id):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name for a file of the cache")
        # Folders by the last two digits: a million files in one folder are slow to list.
        return self.folder / kind / id[-2:] / f"{id}.gz"


def _heading(kind: str, id: str) -> bytes:
    return f"relatome 1 {kind} {id}\n".encode()
