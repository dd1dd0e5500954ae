"""The documents of a split, from the files that hold them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from relatome import formats
from relatome.corpora.corpus import Corpus, Source, SplitEntry
from relatome.corpora.layouts import LAYOUTS
from relatome.data import Document
from relatome.errors import DOCUMENT_TOO_LONG, DUPLICATE_DOCUMENT, InputError, Place
from relatome.formats.records import report_problem
from relatome.formats.source import open_path, unpacked

# No file that is read whole comes near this; it bounds what a damaged archive can make us unpack.
MOST_BYTES = 256 * 1024 * 1024


def read_sources(
    entry: Corpus,
    chosen: SplitEntry,
    sources: Sequence[Source],
    on_error: formats.OnError | None,
) -> Iterator[Document]:
    """The documents of files that were read whole.

    Args:
        entry: the corpus, for its schema and format.
        chosen: one of its splits.
        sources: the files of the split.
        on_error: as for `relatome.formats.read`.

    Raises:
        InputError: unless `on_error` is given.
    """
    format = chosen.format or entry.format
    if format in LAYOUTS:
        return LAYOUTS[format](sources, entry.schema, on_error)
    read = (
        (
            source.name,
            formats.read_stream(
                io.BytesIO(source.content),
                source.name,
                format=format,
                schema=entry.schema,
                on_error=on_error,
            ),
        )
        for source in sources
    )
    return _once(read, on_error)


def read_own(
    entry: Corpus, base: Path, chosen: SplitEntry, on_error: formats.OnError | None
) -> Iterator[Document]:
    """The documents of a user's own files below `base`; otherwise as `read_sources`."""
    paths = [base / file.path for file in chosen.files]
    format = chosen.format or None
    if format in LAYOUTS:
        try:
            sources = [_whole(path) for path in paths]
        except InputError as error:
            report_problem(error, Place(), on_error)
            return iter(())
        return read_sources(entry, chosen, sources, on_error)
    read = (
        (str(p), formats.read(p, format=format, schema=entry.schema, on_error=on_error))
        for p in paths
    )
    return _once(read, on_error)


def _whole(path: Path) -> Source:
    place = Place(str(path))
    try:
        with open_path(path) as stream:
            content = unpacked(stream)[1].read(MOST_BYTES + 1)
    except InputError as error:
        raise InputError(error.message, at=error.place.within(place), **error.values) from None
    if len(content) > MOST_BYTES:
        raise InputError(DOCUMENT_TOO_LONG, at=place, limit=f"{MOST_BYTES // 1024**2} MiB")
    return Source(str(path), content)


def _once(
    read: Iterable[tuple[str, Iterator[Document]]], on_error: formats.OnError | None
) -> Iterator[Document]:
    """The documents of several files; an id that an earlier file has too is a problem."""
    seen: set[str] = set()
    for name, documents in read:
        for document in documents:
            if document.id in seen:
                error = InputError(
                    DUPLICATE_DOCUMENT, at=Place(name, None, document.id), document=document.id
                )
                if on_error is None:
                    raise error
                on_error(error)
                continue
            seen.add(document.id)
            yield document
