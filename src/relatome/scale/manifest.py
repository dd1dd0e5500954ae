"""``scan.json``: what a scan is of, and whether another command goes on with it."""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

import relatome
from relatome.errors import (
    SCAN_CHANGED,
    SCAN_INPUT_CHANGED,
    SCAN_ORDER,
    SCAN_UNREADABLE,
    SCAN_VERSION,
    UsageError,
)
from relatome.scale.work import Identity

FORMAT = 1

_LONGEST_NAME = 100  # characters of the file's name in that of the shard
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]")


class Input(msgspec.Struct, frozen=True):
    """One input file and the name of its shard."""

    shard: str
    path: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """What a scan is of.

    Attributes:
        format: of this file and the folder.
        relatome: the version that writes the scan.
        work: what its result depends on besides the inputs.
        inputs: in the order of the shards.
    """

    format: int
    relatome: str
    work: Identity
    inputs: list[Input]

    @classmethod
    def begin(cls, work: Identity) -> Manifest:
        """A scan of nothing yet."""
        return cls(FORMAT, relatome.__version__, work, [])

    @classmethod
    def decode(cls, content: bytes, path: Path) -> Manifest:
        """Read the file.

        Raises:
            UsageError: if it is of another version of relatome, or none at all.
        """
        known = f"relatome {relatome.__version__}, format {FORMAT}"
        try:
            head = msgspec.json.decode(content, type=_Head)
            if (head.format, head.relatome) == (FORMAT, relatome.__version__):
                return msgspec.json.decode(content, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            found = f"no version of relatome ({error})"
            raise UsageError(SCAN_VERSION, path=path, found=found, known=known) from None
        found = f"relatome {head.relatome}, format {head.format}"
        raise UsageError(SCAN_VERSION, path=path, found=found, known=known)

    def encode(self) -> bytes:
        """The file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def require_same(self, work: Identity, folder: Path) -> None:
        """Refuse to go on with other options or another model.

        Raises:
            UsageError: naming what differs.
        """
        if changes := differences(self.work, work):
            what = "model" if any("SHA" in change for change in changes) else "command"
            raise UsageError(SCAN_CHANGED, folder=folder, what=what, changes="; ".join(changes))

    def extended(self, paths: Sequence[Path]) -> Manifest:
        """The manifest with those inputs added at its end that it does not have.

        Inputs it has and the command does not name stay.

        Raises:
            UsageError: if a new one stands before one it has, or one of either kind cannot be read.
        """
        have = {each.path for each in self.inputs}
        inputs = list(self.inputs)
        new: Path | None = None
        for path in paths:
            if str(path) not in have:
                new = path
                number = len(inputs)
                inputs.append(Input(_shard_name(number, path), str(path), _size(path)))
            elif new is not None:
                raise UsageError(SCAN_ORDER, path=new, other=path)
        return msgspec.structs.replace(self, inputs=inputs)


class _Head(msgspec.Struct):
    format: int
    relatome: str


def differences(one: Identity, other: Identity) -> list[str]:
    """What differs between what two results depend on, in words."""
    return [
        f"{name} was {one.get(name)}, is {other.get(name)}"
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    ]


def require_unchanged(given: Input) -> None:
    """Refuse an input that has another size than when the scan was begun.

    Raises:
        UsageError: if it has, or is gone.
    """
    if (size := _size(Path(given.path))) != given.bytes:
        reason = f"it had {given.bytes:,} bytes, now it has {size:,}"
        raise UsageError(SCAN_INPUT_CHANGED, path=given.path, reason=reason)


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(SCAN_UNREADABLE, path=path, reason=reason) from None
    if not stat.S_ISREG(found.st_mode):  # a pipe gives its content once, or never
        raise UsageError(SCAN_UNREADABLE, path=path, reason="it is a pipe or a device, no file")
    return found.st_size


def _shard_name(number: int, path: Path) -> str:
    """The number makes it unique and sorts it; the rest is for people."""
    return f"{number:06d}-{_FOREIGN.sub('_', path.name)[-_LONGEST_NAME:]}"
