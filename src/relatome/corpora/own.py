"""Corpora that a TOML file describes: a user's own, and pools that were built.

The file names the schema, the splits and their files.

::

    name = "nutrients"
    title = "Nutrients and gut microbes"
    schema = "schema.toml"          # or the name of a published corpus's schema

    [splits.train]
    role = "train"
    files = ["train"]               # BRAT folder, PubTator, BioC or JSON Lines

Paths are relative to the file itself, so that the folder can be moved.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from relatome.corpora.corpus import Corpus, CorpusFile, SplitEntry
from relatome.corpora.places import directories
from relatome.corpora.pool import POOLS
from relatome.data import Schema
from relatome.data.own_schema import schema_from
from relatome.data.schemas import SCHEMAS
from relatome.errors import (
    DESCRIPTION_INVALID,
    DESCRIPTION_MISSING,
    FILE_MISSING,
    POOL_MISSING,
    TOML_SYNTAX,
    UNKNOWN_SCHEMA,
    Place,
    UsageError,
)
from relatome.formats import READABLE

ENDING = ".toml"

# The three files of DrugProt and ChemProt are the one layout of a publisher that users have, too.
_FORMATS = (*READABLE, "tsv-triple")


class _OwnSplit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A split: what it may be used for, its files or folders, and their format if that is said."""

    role: Literal["train", "dev", "test"]
    files: Annotated[list[str], Meta(min_length=1)]
    format: str = ""


class _Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as written."""

    name: Annotated[str, Meta(min_length=1)]
    schema: str
    splits: Annotated[dict[str, _OwnSplit], Meta(min_length=1)]
    title: str = ""


def is_own(name: str) -> bool:
    """Whether `name` is the path of a corpus description rather than a published corpus."""
    return name.endswith(ENDING)


def own_corpus(name: str) -> Corpus:
    """The corpus that the file `name` describes.

    Raises:
        UsageError: if there is no such file, or it cannot be used; the message names the key.
    """
    path = Path(name)
    place = Place(name)
    raw = _toml(path)
    try:
        described = msgspec.convert(raw, _Description)
    except msgspec.ValidationError as error:
        raise UsageError(DESCRIPTION_INVALID, at=place, reason=error) from None
    for split_name, split in described.splits.items():
        _require_usable(split_name, split, path.parent, place)
    try:
        schema = _schema(described.schema, path.parent)
    except UsageError as error:
        raise _within(error, place) from None
    return Corpus(
        name=name,
        title=described.title or described.name,
        citation="",
        licence="",
        terms="",
        licence_url="",
        homepage="",
        schema=schema,
        format="",
        splits=tuple(
            SplitEntry(
                split_name,
                split.role,
                None,
                tuple(CorpusFile(file, "") for file in split.files),
                format=split.format,
            )
            for split_name, split in described.splits.items()
        ),
        folders=(),
        base=path.parent,
    )


def _require_usable(name: str, split: _OwnSplit, base: Path, place: Place) -> None:
    reason = ""
    if not name or set(name) & set(":/\\"):
        reason = f"splits: {name!r} cannot be the name of a split"
    elif split.format and split.format not in _FORMATS:
        known = ", ".join(_FORMATS)
        reason = f"splits.{name}.format: there is no format {split.format!r}, only {known}"
    if reason:
        raise UsageError(DESCRIPTION_INVALID, at=place, reason=reason)
    for file in split.files:
        if not (base / file).exists():
            raise UsageError(FILE_MISSING, at=place, path=base / file)


def pool_folder(name: str, directory: Path | None = None) -> Path | None:
    """The folder of its name in one of `directories` that holds a built pool, if there is one."""
    folders = (parent / name for parent in directories(directory))
    return next((f for f in folders if (f / f"{name}{ENDING}").is_file()), None)


def pool_corpus(name: str, directory: Path | None = None) -> Corpus:
    """The pool that ``relatome corpora build NAME`` wrote, as a corpus of that name.

    Args:
        name: a name of `POOLS`.
        directory: where to look first.

    Raises:
        UsageError: if it was not built, or its description is wrong.
    """
    folder = pool_folder(name, directory)
    if folder is None:
        folders = ", ".join(str(parent / name) for parent in directories(directory))
        raise UsageError(POOL_MISSING, name=name, folders=folders)
    return msgspec.structs.replace(own_corpus(str(folder / f"{name}{ENDING}")), name=name)


def find_schema(name: str, directory: Path | None = None) -> Schema:
    """The schema of a published corpus or of a pool by name, or the one in a TOML file.

    Args:
        name: a name of `SCHEMAS` or of `POOLS`, or a path that ends in ``.toml``.
        directory: where to look first for a pool. Its schema says what became of unrelated pairs,
            so it is read from the folder that was built.

    Raises:
        UsageError: if there is none of that name, the pool was not built, or the file describes
            no schema; the message names the key at fault.
    """
    if name in POOLS:
        return pool_corpus(name, directory).schema
    return _schema(name, Path())


def _schema(name: str, base: Path) -> Schema:
    if name in SCHEMAS:
        return SCHEMAS[name]
    if not name.endswith(ENDING):
        raise UsageError(UNKNOWN_SCHEMA, name=name, known=", ".join((*SCHEMAS, *POOLS)))
    path = base / name
    try:
        return schema_from(_toml(path))
    except UsageError as error:
        raise _within(error, Place(str(path))) from None


def _within(error: UsageError, place: Place) -> UsageError:
    return UsageError(error.message, at=error.place.within(place), **error.values)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(FILE_MISSING, path=path) from None
    except OSError as error:
        raise UsageError(
            DESCRIPTION_MISSING, at=Place(str(path)), reason=error.strerror or error
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            DESCRIPTION_MISSING, at=Place(str(path)), reason="it is not UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(TOML_SYNTAX, at=Place(str(path)), reason=error) from None
