"""BRAT documents from a folder, or one from either of its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from relatome.errors import (
    BRAT_NO_DOCUMENT,
    BRAT_PAIR,
    FILE_MISSING,
    InputError,
    Place,
    UsageError,
)
from relatome.formats.brat.annotations import Annotations
from relatome.formats.brat.names import ANNOTATIONS, TEXT, file_of
from relatome.formats.records import Names, Record
from relatome.formats.source import MAX_DOCUMENT_BYTES, clipped, decoded, open_path, too_long


def is_brat(path: Path) -> bool:
    """Whether `path` is an ``.ann`` file, or a folder."""
    return path.is_dir() or path.suffix == ANNOTATIONS


def require_documents(path: Path) -> None:
    """Refuse a path that is not there, or a folder without an ``.ann`` file.

    Raises:
        UsageError: naming the path.
    """
    if not path.exists():
        raise UsageError(FILE_MISSING, path=path)
    if path.is_dir() and next(path.rglob("*" + ANNOTATIONS), None) is None:
        raise UsageError(BRAT_NO_DOCUMENT, path=path)


def read(path: Path, names: Names) -> Iterator[Record]:
    """Read the documents of a folder in the order of their names, or one by either of its files."""
    for document_id, stem in _stems(path):
        text, annotations = file_of(stem, TEXT), file_of(stem, ANNOTATIONS)
        place = Place(str(annotations), document=clipped(document_id))
        try:
            for present, missing in ((text, annotations), (annotations, text)):
                if not missing.is_file():
                    at = Place(str(present), document=place.document)
                    raise InputError(BRAT_PAIR, at=at, missing=missing.name)
            content = _text(text)
            parsed = Annotations(_content(annotations), place)
            document = parsed.document(document_id, content, names)
        except InputError as error:
            yield Record(InputError(error.message, at=error.place.within(place), **error.values))
            continue
        for problem in parsed.not_held:
            yield Record(problem)
        yield document


def _stems(path: Path) -> list[tuple[str, Path]]:
    """The documents below `path`: their ids, and their files without the ending."""
    if not path.is_dir():
        return [(path.stem, path.with_suffix(""))]
    found = {
        file.with_suffix("")
        for ending in (TEXT, ANNOTATIONS)
        for file in path.rglob("*" + ending)
        if not file.name.startswith(".")
    }
    return sorted((stem.relative_to(path).as_posix(), stem) for stem in found)


def _content(path: Path) -> bytes:
    with open_path(path) as stream:
        content = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(content) > MAX_DOCUMENT_BYTES:
        raise _at(too_long(), path)
    return content.removeprefix(b"\xef\xbb\xbf")


def _text(path: Path) -> str:
    try:
        return decoded(_content(path), 1)
    except InputError as error:
        raise _at(error, path) from None


def _at(error: InputError, path: Path) -> InputError:
    return InputError(error.message, at=error.place.within(Place(str(path))), **error.values)
