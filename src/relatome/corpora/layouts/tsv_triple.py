"""ChemProt's and DrugProt's three files: abstracts, entities, relations, tab-separated.

==========  =====================================================================
file        columns
==========  =====================================================================
abstracts   document, title, abstract
entities    document, ``T1``, type, start, end, text
relations   document, type, ``Arg1:T1``, ``Arg2:T2`` (DrugProt); document, group,
            evaluated (``Y`` or ``N``), name, ``Arg1:T1``, ``Arg2:T2`` (ChemProt)
==========  =====================================================================

Offsets count characters of title, one separator, abstract; ends are exclusive. Every mention is
its own entity.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relatome.corpora.corpus import Source
from relatome.data import Document, Mention, Passage, Relation, Schema
from relatome.data.document import check_mention
from relatome.errors import (
    TSV_TRIPLE_DOCUMENT,
    TSV_TRIPLE_FILES,
    TSV_TRIPLE_LINE,
    UNKNOWN_MENTION,
    InputError,
    Place,
)
from relatome.formats import OnError
from relatome.formats.records import Names, Record, checked
from relatome.formats.source import clipped, decoded, lines

_COLUMNS = {
    "abstracts": "document, title, abstract",
    "entities": "document, mention, type, start, end, text",
    "relations": "document, type, Arg1:mention, Arg2:mention; ChemProt has Y or N and a name "
    "after the type",
}
# DrugProt spells the name of its abstract files `abstracs`.
_KIND_BY_NAME = {"abstrac": "abstracts", "entities": "entities", "relations": "relations"}


def read(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read the documents that three files describe together.

    Args:
        sources: the three files in any order, told apart by ``abstrac``, ``entities`` and
            ``relations`` in their names.
        schema: entity types become its canonical names (the finer type stays), relation types
            must be its labels.
        on_error: called with each problem; that document is left out. By default the first
            problem is raised.

    Raises:
        InputError: if the files are not three of a set; for a problem, unless `on_error` is given.
    """
    by_kind = {
        kind: source
        for part, kind in _KIND_BY_NAME.items()
        for source in sources
        if part in source.name.replace("\\", "/").rsplit("/", 1)[-1]
    }
    if len(by_kind) != len(_COLUMNS) or len(sources) != len(_COLUMNS):
        raise InputError(TSV_TRIPLE_FILES, found=", ".join(name for name, _ in sources))
    yield from checked(_records(by_kind, Names(schema)), by_kind["abstracts"].name, on_error)


class _Line(NamedTuple):
    """A line of one of the files, not yet understood."""

    kind: str
    content: bytes
    place: Place

    def fields(self, *counts: int) -> list[str]:
        """The fields, as many as one of `counts`."""
        try:
            fields = decoded(self.content, self.place.line or 0).split("\t")
        except InputError as error:
            raise InputError(error.message, at=self.place, **error.values) from None
        if len(fields) not in counts:
            raise self.unfit(f"it has {len(fields)} tab-separated fields")
        return fields

    def unfit(self, reason: str) -> InputError:
        return InputError(
            TSV_TRIPLE_LINE,
            at=self.place,
            what=self.kind,
            reason=reason,
            columns=_COLUMNS[self.kind],
        )


def _lines(kind: str, source: Source) -> Iterator[tuple[str, _Line]]:
    """The lines of a file, each with the id of its document."""
    for number, content in lines(io.BytesIO(source.content)):
        if content.strip():
            document_id = content.partition(b"\t")[0].decode(errors="replace")
            place = Place(source.name, number, clipped(document_id))
            yield document_id, _Line(kind, content, place)


def _records(by_kind: dict[str, Source], names: Names) -> Iterator[Record]:
    annotations: dict[str, dict[str, list[_Line]]] = defaultdict(lambda: defaultdict(list))
    for kind in ("entities", "relations"):
        for document_id, line in _lines(kind, by_kind[kind]):
            annotations[document_id][kind].append(line)
    seen: set[str] = set()
    for document_id, line in _lines("abstracts", by_kind["abstracts"]):
        seen.add(document_id)
        try:
            record = Record(_document(line, annotations[document_id], names), line.place.line)
        except InputError as error:
            at = error.place.within(line.place)
            record = Record(InputError(error.message, at=at, **error.values))
        yield record
    for document_id in annotations.keys() - seen:
        first = next(line for group in annotations[document_id].values() for line in group)
        yield Record(InputError(TSV_TRIPLE_DOCUMENT, at=first.place))


def _document(line: _Line, annotations: dict[str, list[_Line]], names: Names) -> Document:
    document_id, title, abstract = line.fields(3)
    passages = (Passage("title", 0, title), Passage("abstract", len(title) + 1, abstract))
    document = Document(document_id, passages)
    mentions = tuple(_mention(each, document.text, names) for each in annotations["entities"])
    known = {mention.id for mention in mentions}
    relations = tuple(_relation(each, known, names) for each in annotations["relations"])
    return Document(document_id, passages, mentions, relations)


def _mention(line: _Line, text: str, names: Names) -> Mention:
    _, mention_id, written, start, end, mentioned = line.fields(6)
    if not (_is_offset(start) and _is_offset(end)):
        raise line.unfit(f"{clipped(start)!r} and {clipped(end)!r} are not offsets")
    if not mention_id:
        raise line.unfit("the mention has no id")
    type = names.type(written, line.place)
    mention = Mention(
        mention_id,
        int(start),
        int(end),
        mentioned,
        type,
        (mention_id,),
        fine_type=written if written != type else "",
    )
    check_mention(mention, text, line.place)
    return mention


def _relation(line: _Line, known: set[str], names: Names) -> Relation:
    _, label, *details, first, second = line.fields(4, 6)
    arguments = []
    for prefix, argument in (("Arg1:", first), ("Arg2:", second)):
        if not argument.startswith(prefix):
            raise line.unfit(f"{clipped(argument)!r} does not begin with {prefix}")
        arguments.append(argument.removeprefix(prefix))
        if arguments[-1] not in known:
            raise InputError(UNKNOWN_MENTION, at=line.place, id=clipped(arguments[-1]))
    infons = {}
    if details:
        infons = {"evaluated": details[0].strip(), "name": details[1]}
    head, tail = arguments
    return Relation(head, tail, names.label(label, line.place), infons=infons)


def _is_offset(field: str) -> bool:
    return field.isascii() and field.isdigit() and len(field) < 10
