"""Files and folders to write: under a temporary name until they are whole."""

from __future__ import annotations

import glob
import gzip
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from relatome.errors import CANNOT_WRITE, FOLDER_FULL, UsageError, WorkError


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content appears at `path` when the block ends well, and not at all otherwise.

    A name ending in ``.gz`` is compressed; the same content gives the same bytes. A link stays, and
    the file it leads to is replaced. What is no file, such as a pipe or ``/dev/null``, is written
    to as it is.

    Raises:
        WorkError: if the file cannot be written.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as device:
                yield device
            return
        whole = path.resolve()
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=path, reason=error.strerror or error) from None
    temporary = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as plain:
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile("", "wb", 6, plain, mtime=0) as packed:
                    yield cast(BinaryIO, packed)
            else:
                yield plain
        temporary.replace(whole)
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=path, reason=error.strerror or error) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder that appears at `path` when the block ends well, and not at all otherwise.

    What a killed process left half written at the same place is removed.

    Raises:
        UsageError: if there is something already, see `require_new_folder`.
        WorkError: if the folder cannot be written.
    """
    require_new_folder(path)
    whole = path.resolve()  # "." has no name
    begin = f".{whole.name}.{socket.gethostname()}."
    temporary = whole.with_name(f"{begin}{os.getpid()}.part")
    try:
        for left in whole.parent.glob(f"{glob.escape(begin)}*.part"):
            if not _runs(left.name.removeprefix(begin).removesuffix(".part")):
                shutil.rmtree(left, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        if whole.exists():
            whole.rmdir()
        temporary.replace(whole)
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=path, reason=error.strerror or error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _runs(process: str) -> bool:
    """Whether a process of this machine is running, or may be."""
    if not process.isdecimal() or sys.platform == "win32":  # where asking would end it
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def require_new_folder(path: Path) -> None:
    """Refuse a place where something is already; an empty folder is nothing.

    Raises:
        UsageError: if there is a file, or a folder that is not empty.
        WorkError: if that cannot be seen.
    """
    try:
        free = not path.exists() or (path.is_dir() and not any(path.iterdir()))
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=path, reason=error.strerror or error) from None
    if not free:
        raise UsageError(FOLDER_FULL, path=path)
