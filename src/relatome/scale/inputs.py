"""What a user names as the input of a scan, as files in an order that is always the same."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from relatome.errors import (
    SCAN_BRAT,
    SCAN_INPUT_MISSING,
    SCAN_NO_INPUT,
    SCAN_UNREADABLE,
    UsageError,
)
from relatome.formats import READABLE, format_of_name
from relatome.formats.brat.names import ANNOTATIONS

_LIST = "@"
_COMMENT = "#"
_NOT_UTF8 = "its name is not UTF-8, in which the scan writes it down; rename it"


class Inputs(NamedTuple):
    """The files of a scan.

    Attributes:
        paths: absolute, each once, in the order of the scan.
        passed_over: files of folders whose endings name no format that relatome reads, by ending.
    """

    paths: list[Path]
    passed_over: Counter[str]


def find_inputs(named: Sequence[str], out: Path) -> Inputs:
    """The files that are meant.

    Arguments stand in the order given, and what one of them holds is sorted by path: so the
    yearly files can be named before the daily updates.

    Args:
        named: files, folders (with all below them), patterns, and ``@FILE`` for a list of these,
            one a line; blank lines and those that begin with ``#`` are passed over.
        out: the folder of the scan, whose files are no inputs.

    Raises:
        UsageError: if there is no such thing, it cannot be read, or it holds no file to read.
    """
    found: dict[Path, None] = {}
    passed_over = Counter[str]()
    out = Path(os.path.abspath(out))
    for name in _lines(named):
        paths, others = _files(name, out)
        if not paths:
            raise UsageError(SCAN_NO_INPUT, name=name)
        found.update(dict.fromkeys(paths))
        passed_over.update(others)
    if not found:
        raise UsageError(SCAN_NO_INPUT, name=" ".join(named) or "the command")
    for path in found:
        _require_utf8(path)
    return Inputs(list(found), passed_over)


def _lines(named: Sequence[str]) -> Iterator[str]:
    for name in named:
        if not name.startswith(_LIST):
            yield name
            continue
        path = Path(name.removeprefix(_LIST))
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except FileNotFoundError:
            raise UsageError(SCAN_INPUT_MISSING, name=path) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(SCAN_UNREADABLE, path=path, reason=_reason(error)) from None
        stripped = (line.strip() for line in lines)
        yield from (line for line in stripped if line and not line.startswith(_COMMENT))


def _files(name: str, out: Path) -> tuple[list[Path], Counter[str]]:
    """The files of one argument, and the endings of others that lie among them."""
    path = Path(os.path.abspath(name))
    try:
        if path.is_dir():
            return _below(path, out)
        paths = [path] if path.exists() else _matching(name, out)
    except OSError as error:
        raise UsageError(SCAN_UNREADABLE, path=path, reason=_reason(error)) from None
    for each in paths:
        _require_one_file(each)
    return paths, Counter()


def _matching(pattern: str, out: Path) -> list[Path]:
    matched = glob.glob(pattern, recursive=True)
    if not matched:
        raise UsageError(SCAN_INPUT_MISSING, name=pattern)
    paths = sorted(Path(os.path.abspath(each)) for each in matched)
    return [each for each in paths if not each.is_dir() and out not in each.parents]


def _below(folder: Path, out: Path) -> tuple[list[Path], Counter[str]]:
    def refuse(error: OSError) -> None:
        raise UsageError(SCAN_UNREADABLE, path=error.filename, reason=_reason(error))

    paths: list[Path] = []
    passed_over = Counter[str]()
    for where, folders, files in os.walk(folder, onerror=refuse):
        place = Path(where)
        for file in files:
            _require_one_file(place / file)
        folders[:] = [f for f in folders if not f.startswith(".") and place / f != out]
        shown = [file for file in files if not file.startswith(".")]
        readable = [file for file in shown if format_of_name(file) in READABLE]
        paths += [place / file for file in readable]
        passed_over.update(Path(f).suffix.lower() for f in set(shown).difference(readable))
    return sorted(paths), passed_over


def _require_one_file(path: Path) -> None:
    if path.suffix == ANNOTATIONS:
        raise UsageError(SCAN_BRAT, path=path, folder=path.parent)


def _require_utf8(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        raise UsageError(SCAN_UNREADABLE, path=shown, reason=_NOT_UTF8) from None


def _reason(error: Exception) -> object:
    return (error.strerror if isinstance(error, OSError) else None) or error
