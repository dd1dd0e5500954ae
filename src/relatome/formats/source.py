"""Byte streams: opening, unpacking, decoding, with every failure named by its line."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from relatome.errors import (
    DOCUMENT_TOO_LONG,
    FILE_MISSING,
    FILE_TRUNCATED,
    FILE_UNREADABLE,
    NOT_A_FILE,
    NOT_UTF8,
    InputError,
    Place,
    UsageError,
)

# A document (or a line, or one element of a collection) larger than this is refused, so that a
# hostile or mistaken file cannot fill the memory. The longest PMC articles are under 10 MB.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

HEAD_BYTES = 64 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line without its line break, and its number, counted from 1."""

    number: int
    content: bytes


class _Guarded(io.RawIOBase):
    """A stream with a few bytes put back in front, whose failures are InputErrors."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            count = min(len(buffer), len(self._head))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = _read(self._rest, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def require_file(path: Path) -> None:
    """Refuse a path that is not there, or is a folder.

    Raises:
        UsageError: naming the path.
    """
    if path.is_dir():
        raise UsageError(NOT_A_FILE, path=path)
    if not path.exists():
        raise UsageError(FILE_MISSING, path=path)


def open_path(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        InputError: if the operating system does not let us read it.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(
            FILE_UNREADABLE, at=Place(str(path)), reason=error.strerror or error
        ) from None


def unpacked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of the content and a stream of all of it.

    Gzip is recognized by its first two bytes, whatever the file is called; a byte order mark is
    dropped.

    Raises:
        InputError: now or while the stream is read, if the file is cut or damaged.
    """
    start = _read(stream, len(_GZIP_MAGIC))
    if start == _GZIP_MAGIC:
        inner = io.BufferedReader(_Guarded(start, stream))
        stream, start = gzip.GzipFile(fileobj=inner, mode="rb"), b""  # type: ignore[assignment]
    head = start + _read(stream, HEAD_BYTES - len(start))
    head = head.removeprefix(_BOM)
    return head, io.BufferedReader(_Guarded(head, stream), HEAD_BYTES)


def _read(stream: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end; damaged compression is an InputError."""
    pieces: list[bytes] = []
    while size > 0:
        try:
            piece = stream.read(size)
        except EOFError:
            raise InputError(FILE_TRUNCATED, reason="its gzip compression is cut") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InputError(FILE_UNREADABLE, reason=f"damaged gzip ({error})") from None
        except OSError as error:
            raise InputError(FILE_UNREADABLE, reason=error.strerror or error) from None
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def lines(stream: BinaryIO) -> Iterator[Line]:
    r"""Lines as bytes, without `\n` or `\r\n`. Only these break lines, not U+2028 and its like.

    Raises:
        InputError: at a line longer than `MAX_DOCUMENT_BYTES`.
    """
    number = 0
    while content := stream.readline(MAX_DOCUMENT_BYTES + 1):
        number += 1
        if len(content) > MAX_DOCUMENT_BYTES:
            raise too_long(line=number)
        if content.endswith(b"\n"):
            content = content[:-1]
            if content.endswith(b"\r"):
                content = content[:-1]
        yield Line(number, content)


def clipped(text: str, length: int = 60) -> str:
    """`text` short enough to stand in a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


def too_long(line: int | None = None) -> InputError:
    """The error for a document above `MAX_DOCUMENT_BYTES`."""
    limit = f"{MAX_DOCUMENT_BYTES // 1024**2} MiB"
    return InputError(DOCUMENT_TOO_LONG, at=Place(line=line), limit=limit)


def decoded(content: bytes, line: int) -> str:
    """UTF-8 bytes as text.

    Args:
        content: the bytes.
        line: the number of the line they begin on.

    Raises:
        InputError: naming the byte and the line it stands on.
    """
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        bad_line = line + content.count(b"\n", 0, error.start)
        raise InputError(
            NOT_UTF8, at=Place(line=bad_line), what=f"byte 0x{content[error.start]:02x}"
        ) from None
