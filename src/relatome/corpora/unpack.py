"""Unpack a downloaded archive without trusting it."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from relatome.errors import ARCHIVE_TOO_LARGE, ARCHIVE_UNREADABLE, ARCHIVE_UNSAFE, Place, WorkError

# Far above any corpus of the registry (BioRED unpacks to 16 MB).
MOST_BYTES = 1024**3
MOST_MEMBERS = 20_000


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip archive into `folder`, all of it or nothing.

    Members are written to a temporary folder beside the target and renamed into it at the end.
    Existing files of the same names are replaced.

    Raises:
        WorkError: if a member would leave the folder (an absolute path, ``..``) or is a link, if
            the whole would be larger than `MOST_BYTES`, or if the archive is damaged.
    """
    place = Place(str(archive))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpack-", dir=folder) as temporary:
        try:
            with zipfile.ZipFile(archive) as opened:
                members = opened.infolist()
                _require_bounded(members, place)
                for member in members:
                    _write(opened, member, Path(temporary) / _safe_path(member, place))
        # zipfile reports encryption and unknown compression as RuntimeError.
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise WorkError(ARCHIVE_UNREADABLE, at=place, reason=error) from error
        for source in sorted(Path(temporary).rglob("*")):
            target = folder / source.relative_to(temporary)
            if source.is_dir():
                target.mkdir(exist_ok=True)
            else:
                source.replace(target)


def _require_bounded(members: list[zipfile.ZipInfo], place: Place) -> None:
    # `ZipExtFile` stops at the size a member declares, so the declared total is a true bound.
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES or len(members) > MOST_MEMBERS:
        raise WorkError(
            ARCHIVE_TOO_LARGE,
            at=place,
            files=f"{len(members):,}",
            bytes=f"{total:,}",
            most_files=f"{MOST_MEMBERS:,}",
            most_bytes=f"{MOST_BYTES:,}",
        )


def _safe_path(member: zipfile.ZipInfo, place: Place) -> PurePosixPath:
    path = PurePosixPath(member.filename)
    # A backslash or a colon is a separator or a drive on Windows, and in no corpus a name.
    unsafe = path.is_absolute() or ".." in path.parts or set(member.filename) & set("\\:\0")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if unsafe or not path.parts or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise WorkError(ARCHIVE_UNSAFE, at=place, member=member.filename)
    return path


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
