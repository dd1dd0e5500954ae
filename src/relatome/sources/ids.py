"""Ids of articles as people write them: in lists, with prefixes, in files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from relatome.errors import ID_INVALID, NO_IDS, Place, UsageError
from relatome.formats.source import clipped, decoded, lines, open_path, require_file, unpacked

Kind = Literal["pmid", "pmcid"]

PMC = "PMC"

_SEPARATORS = re.compile(r"[\s,;]+")
_PREFIX: dict[Kind, re.Pattern[str]] = {
    "pmid": re.compile(r"\bPMID:\s*", re.IGNORECASE),
    "pmcid": re.compile(r"\bPMCID:\s*", re.IGNORECASE),
}
_SHAPE: dict[Kind, re.Pattern[str]] = {
    "pmid": re.compile("0*([1-9][0-9]{0,8})"),
    "pmcid": re.compile("(?:PMC)?0*([1-9][0-9]{0,8})", re.IGNORECASE),
}
_NAME: dict[Kind, str] = {"pmid": "PubMed id", "pmcid": "PMC id"}
_EXAMPLES: dict[Kind, str] = {
    "pmid": "18439317 or PMID:18439317 (an id of PMC, such as PMC6207735, goes to --pmcid)",
    "pmcid": "PMC6207735",
}
_FILE = "@"
_COMMENT = "#"


class Ids(NamedTuple):
    """The ids asked for, each once and in the order given, and those that were given again."""

    ids: tuple[str, ...]
    repeated: tuple[str, ...]


def read_ids(given: Iterable[str], kind: Kind = "pmid") -> Ids:
    """The ids that `given` names.

    Args:
        given: ids, divided by commas, semicolons or white space, with or without ``PMID:`` or
            ``PMC`` in front; ``@FILE``, or the name of a file, for the ids in it, where the rest
            of a line after ``#`` is a comment.
        kind: ``pmid`` for PubMed ids, which come out as ``18439317``; ``pmcid`` for ids of PMC,
            which come out as ``PMC6207735``.

    Raises:
        UsageError: naming what is no id and its line, if there is no such file, or if there is no
            id at all.
        InputError: if the file cannot be read.
    """
    found: dict[str, None] = {}
    repeated: dict[str, None] = {}
    for each in _ids(given, kind):
        (repeated if each in found else found)[each] = None
    if not found:
        raise UsageError(NO_IDS, kind=_NAME[kind], examples=_EXAMPLES[kind])
    return Ids(tuple(found), tuple(repeated))


def require_ids(ids: Iterable[str], kinds: Sequence[Kind]) -> tuple[str, ...]:
    """Each of `ids` once, in order, written as `read_ids` writes it; no file is looked at.

    Raises:
        UsageError: naming the first that is no id of these kinds.
    """
    found: dict[str, None] = {}
    for each in ids:
        pmc = "pmcid" in kinds and each[: len(PMC)].upper() == PMC
        kind: Kind = "pmcid" if pmc or "pmid" not in kinds else "pmid"
        found[_id(each, kind, Place())] = None
    return tuple(found)


def _ids(given: Iterable[str], kind: Kind) -> Iterator[str]:
    for value in given:
        path = _file(value, kind)
        if path is None:
            yield from _ids_of_text(value, kind, Place())
        else:
            yield from _ids_of_file(path, kind)


def _file(value: str, kind: Kind) -> Path | None:
    """The file that `value` names; what can be read as ids is no file."""
    if value.startswith(_FILE):
        return Path(value.removeprefix(_FILE))
    first = _SEPARATORS.split(_PREFIX[kind].sub("", value).strip(), maxsplit=1)[0]
    try:
        named = not _SHAPE[kind].fullmatch(first) and Path(value).is_file()
    except OSError:  # longer than any file name
        named = False
    return Path(value) if named else None


def _ids_of_file(path: Path, kind: Kind) -> Iterator[str]:
    require_file(path)
    with open_path(path) as stream:
        _, content = unpacked(stream)
        for line in lines(content):
            text = decoded(line.content, line.number).partition(_COMMENT)[0]
            yield from _ids_of_text(text, kind, Place(str(path), line.number))


def _ids_of_text(text: str, kind: Kind, place: Place) -> Iterator[str]:
    for piece in _SEPARATORS.split(_PREFIX[kind].sub("", text)):
        if piece:
            yield _id(piece, kind, place)


def _id(text: str, kind: Kind, place: Place) -> str:
    match = _SHAPE[kind].fullmatch(_PREFIX[kind].sub("", text).strip())
    if match is None:
        raise UsageError(
            ID_INVALID, at=place, id=clipped(text), kind=_NAME[kind], examples=_EXAMPLES[kind]
        )
    return match[1] if kind == "pmid" else f"{PMC}{match[1]}"
