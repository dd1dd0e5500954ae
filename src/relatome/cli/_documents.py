"""The documents a command is asked about: of files, standard input, or services by id."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from relatome.errors import (
    DUPLICATE_DOCUMENT,
    IDS_TAGGER,
    NOTHING_ASKED,
    RELATIONS_KEPT,
    InputError,
    Place,
    UsageError,
)

if TYPE_CHECKING:
    from relatome.data import Document, Schema
    from relatome.formats import Problems
    from relatome.sources import FetchReport

PIPE = "-"
PUBTATOR3 = "pubtator3"


class Ids(NamedTuple):
    """Articles that are asked for by id.

    Attributes:
        pmid: PubMed ids as the user writes them.
        pmcid: ids of PMC, likewise, for full text.
        annotated: whether PubTator3's mentions are wanted; else the text alone, of PubMed.
        relations: a file for the documents with PubTator3's own relations, if they are wanted.
        offline: take what was fetched before, and ask nobody.
    """

    pmid: list[str]
    pmcid: list[str]
    annotated: bool
    relations: Path | None
    offline: bool

    def __bool__(self) -> bool:
        return bool(self.pmid or self.pmcid)


def documents_of(
    files: list[str], ids: Ids, schema: Schema | None, problems: Problems | None
) -> tuple[Iterator[Document], FetchReport | None]:
    """The documents of all files, then those of all ids; and what the services said, afterwards.

    That each file exists and each id is one is checked before the first is read. Relations are to
    be replaced, so those of files may be of any type; so may mentions if there is no `schema`.

    Raises:
        UsageError: if nothing is asked for, or of PubTator3 what it does not have.
    """
    if not files and not ids:
        raise UsageError(NOTHING_ASKED)
    if ids.pmcid and not ids.annotated:
        raise UsageError(IDS_TAGGER)
    if ids.relations is not None and not (ids and ids.annotated):
        raise UsageError(RELATIONS_KEPT)
    parts = [
        (name, read_input(name, schema=schema, any_label=True, problems=problems)) for name in files
    ]
    report = None
    if ids:
        from relatome.sources import FetchReport

        report = FetchReport()
        parts += _fetched(ids, report, problems)
    return distinct(parts, problems), report


def read_input(
    name: str,
    *,
    format: str | None = None,
    schema: Schema | None = None,
    any_label: bool = False,
    problems: Problems | None,
) -> Iterator[Document]:
    """`formats.read`, or of standard input where the name is ``-``.

    Raises:
        UsageError: at once, if there is no such file, folder or format.
    """
    from relatome import formats

    if name == PIPE:
        return formats.read_stream(
            sys.stdin.buffer,
            "standard input",
            format=format,
            schema=schema,
            any_label=any_label,
            on_error=problems,
        )
    return formats.read(name, format=format, schema=schema, any_label=any_label, on_error=problems)


def _fetched(
    ids: Ids, report: FetchReport, problems: Problems | None
) -> list[tuple[str, Iterator[Document]]]:
    from relatome.sources import pubmed, pubtator3, read_ids

    kinds: tuple[tuple[Literal["pmid", "pmcid"], list[str]], ...] = (
        ("pmid", ids.pmid),
        ("pmcid", ids.pmcid),
    )
    asked = [each for kind, given in kinds if given for each in read_ids(given, kind).ids]
    if not ids.annotated:
        found = pubmed.fetch(asked, offline=ids.offline, report=report, on_error=problems)
        return [("PubMed", found)]
    found = pubtator3.fetch(
        asked,
        keep_relations=ids.relations is not None,
        offline=ids.offline,
        report=report,
        on_error=problems,
    )
    if ids.relations is not None:
        found = _kept(found, ids.relations)
    return [("PubTator3", found)]


def _kept(documents: Iterator[Document], path: Path) -> Iterator[Document]:
    """The documents, each of which is also written, as JSON Lines."""
    from relatome.formats import jsonl
    from relatome.formats.target import replaced

    with replaced(path) as stream:
        for document in documents:
            stream.write(jsonl.line(document))
            yield document


def distinct(
    parts: list[tuple[str, Iterator[Document]]], problems: Problems | None
) -> Iterator[Document]:
    """The documents of all parts, without those whose id an earlier part had.

    Raises:
        InputError: at such a document, if problems are not to be reported.
    """
    seen: set[str] = set()
    for name, documents in parts:
        for document in documents:
            if document.id in seen:
                place = Place(name, document=document.id)
                error = InputError(DUPLICATE_DOCUMENT, at=place, document=document.id)
                if problems is None:
                    raise error
                problems(error)
                continue
            seen.add(document.id)
            yield document
