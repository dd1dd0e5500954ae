"""Files that outlast a power cut, and what goes wrong when they are written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relatome.errors import CANNOT_WRITE, SCAN_DISK_FULL, WorkError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say of what fails in the block that it failed to write `path`.

    Raises:
        WorkError: if the disk is full, or it cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        message = SCAN_DISK_FULL if error.errno in _NO_ROOM else CANNOT_WRITE
        raise WorkError(message, path=path, reason=error.strerror or error) from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, whatever happens.

    Raises:
        WorkError: if it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.part")
    with writing(path):
        try:
            with temporary.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    if os.name == "nt":  # which has no such call
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
