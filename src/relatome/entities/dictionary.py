"""A user's dictionary of entities: identifier, type and names, one entity per line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from relatome.data import Document, Mention
from relatome.entities.names import normalized
from relatome.errors import (
    DICTIONARY_EMPTY,
    DICTIONARY_LINE,
    FILE_MISSING,
    FILE_TRUNCATED,
    FILE_UNREADABLE,
    NOT_A_FILE,
    NOT_UTF8,
    InputError,
    Place,
    UsageError,
)

_HEADER = ("id", "type", "names")
_SEPARATORS = frozenset(",; ")  # of identifiers, in the formats
_BOM = b"\xef\xbb\xbf"
_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST_LINE = 16 * 1024 * 1024  # bytes

# What a key leads to: "identifier⇥name", or a list of them. A million names are strings, not
# objects of their own, for the sake of memory.
_Entries = str | list[str]


class Dictionary:
    """Looks names up, exactly and then normalized, among the entities of a type.

    A name of several entities is answered by none of them, unless only one is called exactly so,
    case included; such questions are counted in `ambiguous`. A mention that is refused so can
    still get an identifier from its group: from the long form that the text gives for it.

    It is a `Linker`.

    Attributes:
        entities: lines read.
        ambiguous: how many mentions `link` was asked about that fit several entities.
    """

    def __init__(self) -> None:
        self.entities = 0
        self.ambiguous = 0
        self._entries: dict[str, dict[str, _Entries]] = {}

    @classmethod
    def read(
        cls, path: Path, canonical_type: Callable[[str, Place], str] | None = None
    ) -> Dictionary:
        """Read a dictionary from a table.

        Its columns, separated by tabs, are identifier, type and names; names are separated by
        ``|``. A first line ``id type names``, empty lines and lines that begin with ``#`` are
        passed over. Gzip is recognized by content. An identifier may have several lines.

        Args:
            path: the file, UTF-8.
            canonical_type: the type that mentions have for the one of a line, or an error; for
                example `Schema.canonical_type`. By default types are taken as they are.

        Raises:
            UsageError: if there is no such file.
            InputError: naming the first line that cannot be read.
        """
        made = cls()
        types: dict[str, str] = {}
        first = True
        for number, line in _lines(path):
            place = Place(str(path), number)
            fields = [field.strip() for field in line.split("\t")]
            if first and tuple(field.lower() for field in fields) == _HEADER:
                first = False
                continue
            first = False
            if len(fields) != len(_HEADER):
                raise _unfit(f"it has {len(fields)} columns, not {len(_HEADER)}", place)
            identifier, spelled, names = fields
            if not identifier or not _SEPARATORS.isdisjoint(identifier):
                raise _unfit(f"{identifier!r} cannot be an identifier", place)
            if not spelled:
                raise _unfit("it has no type", place)
            if spelled not in types:
                types[spelled] = canonical_type(spelled, place) if canonical_type else spelled
            found = [name for part in names.split("|") if (name := part.strip())]
            if not found:
                raise _unfit("it has no name", place)
            made.entities += 1
            for name in found:
                made._add(types[spelled], name, identifier)
        if not made.entities:
            raise InputError(DICTIONARY_EMPTY, at=Place(str(path)))
        return made

    @property
    def types(self) -> tuple[str, ...]:
        """The entity types there are names for, in the order met."""
        return tuple(self._entries)

    def find(self, name: str, type: str) -> tuple[str, ...]:
        """The identifiers of all entities of a type that a name fits.

        Several if it is ambiguous, and an empty tuple if it fits none.
        """
        entries = self._entries.get(type, {}).get(normalized(name, type), ())
        pairs = [e.split("\t") for e in ((entries,) if isinstance(entries, str) else entries)]
        exact = {identifier for identifier, spelled in pairs if spelled == name.strip()}
        if len(exact) == 1:
            return (*exact,)
        return tuple(dict.fromkeys(identifier for identifier, _ in pairs))

    def link(self, mention: Mention, document: Document) -> tuple[str, ...]:
        """The identifier of a mention, or none if it fits no entity or several."""
        found = self.find(mention.text, mention.type)
        if len(found) > 1:
            self.ambiguous += 1
            return ()
        return found

    def _add(self, type: str, name: str, identifier: str) -> None:
        entries = self._entries.setdefault(type, {})
        key, entry = normalized(name, type), f"{identifier}\t{name}"
        there = entries.get(key)
        if there is None:
            entries[key] = entry
        elif isinstance(there, str):
            entries[key] = [there, entry]
        else:
            there.append(entry)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers, counted from 1."""
    if path.is_dir():
        raise UsageError(NOT_A_FILE, path=path)
    if not path.exists():
        raise UsageError(FILE_MISSING, path=path)
    try:
        with path.open("rb") as raw:
            packed = raw.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            yield from _numbered(stream, path)
    except EOFError:
        reason = "its gzip compression is cut"
        raise InputError(FILE_TRUNCATED, at=Place(str(path)), reason=reason) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        reason = f"damaged gzip ({error})"
        raise InputError(FILE_UNREADABLE, at=Place(str(path)), reason=reason) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(FILE_UNREADABLE, at=Place(str(path)), reason=reason) from None


def _numbered(stream: BinaryIO | gzip.GzipFile, path: Path) -> Iterator[tuple[int, str]]:
    number = 0
    while content := stream.readline(_LONGEST_LINE + 1):
        number += 1
        place = Place(str(path), number)
        if len(content) > _LONGEST_LINE:
            raise _unfit(f"it is longer than {_LONGEST_LINE // 1024**2} MiB", place)
        try:
            line = (content.removeprefix(_BOM) if number == 1 else content).decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            what = f"byte 0x{content[error.start]:02x}"
            raise InputError(NOT_UTF8, at=place, what=what) from None
        if line.strip() and not line.startswith("#"):
            yield number, line


def _unfit(reason: str, place: Place) -> InputError:
    return InputError(DICTIONARY_LINE, at=place, reason=reason)
