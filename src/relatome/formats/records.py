"""What a reader hands over: a document, or the problem that took its place, and where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from relatome.data.document import Document, check_mention
from relatome.data.schema import Schema
from relatome.errors import DOCUMENT_TOO_LONG, DUPLICATE_DOCUMENT, OFFSET_OUTSIDE, InputError, Place
from relatome.formats.source import MAX_DOCUMENT_BYTES

OnError = Callable[[InputError], None]
OnDeletion = Callable[[str], None]


class Record(NamedTuple):
    """One document of a file, or the error in its place.

    `mention_lines` and `relation_lines` give the line of each mention and relation, in the
    formats that have lines; `path` the file, where it is not the one that is read.
    """

    content: Document | InputError
    line: int | None = None
    mention_lines: Sequence[int] = ()
    relation_lines: Sequence[int] = ()
    path: str | None = None


class Names:
    """Entity types and relation labels, through the schema if there is one.

    With `any_label` relation labels stay as written, whatever the schema says.
    """

    def __init__(self, schema: Schema | None, *, any_label: bool = False) -> None:
        self.schema = schema
        self._labels = None if any_label else schema

    @property
    def by_mention(self) -> bool:
        """Whether relations hold between mentions: every mention is an entity of its own."""
        return self.schema is not None and self.schema.unit == "mention"

    def type(self, spelling: str, place: Place) -> str:
        """The schema's name of an entity type.

        Raises:
            InputError: if there is a schema and it does not know the type.
        """
        return spelling if self.schema is None else self.schema.canonical_type(spelling, place)

    def label(self, label: str, place: Place) -> str:
        """The relation label itself.

        Raises:
            InputError: if there is a schema that judges labels, and it does not have this one.
        """
        return label if self._labels is None else self._labels.require_label(label, place)


def checked(records: Iterator[Record], path: str, on_error: OnError | None) -> Iterator[Document]:
    """The documents of `records` that fit, each verified; the others go to `on_error`.

    An InputError raised by `records` itself (rather than handed over) means that nothing after it
    can be read: it is reported once and the iteration ends.

    Raises:
        InputError: the first problem, if `on_error` is None.
    """
    seen: set[str] = set()
    for record in verified(records, path):
        content = record.content
        if isinstance(content, Document) and content.id in seen:
            place = Place(record.path or path, record.line, content.id)
            content = InputError(DUPLICATE_DOCUMENT, at=place, document=content.id)
        if isinstance(content, Document):
            seen.add(content.id)
            yield content
        else:
            report_problem(content, Place(path), on_error)


def verified(records: Iterator[Record], path: str) -> Iterator[Record]:
    """Every record, with a document that fits or an error that says where; none is left out.

    Documents of the same id may come again. An InputError that `records` itself raises is the last.
    """
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except InputError as error:
            yield Record(located(error, Place(path)), error.place.line)
            return
        content = record.content
        if isinstance(content, Document):
            place = Place(record.path or path, record.line, content.id)
            try:
                _check(content, record)
            except InputError as error:
                record = record._replace(content=located(error, place))
        else:
            record = record._replace(content=located(content, Place(path, record.line)))
        yield record


def located(error: InputError, place: Place) -> InputError:
    """The error, its place completed."""
    return InputError(error.message, at=error.place.within(place), **error.values)


def report_problem(error: InputError, place: Place, on_error: OnError | None) -> None:
    """Hand a problem, its place completed, to `on_error`.

    Raises:
        InputError: the problem itself, if there is no `on_error`.
    """
    if on_error is None:
        raise located(error, place) from None
    on_error(located(error, place))


def _check(document: Document, record: Record) -> None:
    """`Document.check`, with the line of the mention or relation that does not fit."""
    if any(passage.end > MAX_DOCUMENT_BYTES for passage in document.passages):
        # Gaps between passages become spaces of the text: an absurd offset would fill the memory.
        raise InputError(DOCUMENT_TOO_LONG, limit=f"{MAX_DOCUMENT_BYTES} characters")
    try:
        document.check()
        _check_evidence(document)
    except InputError as error:
        line = _line_of_problem(document, record)
        if line is None:
            raise
        raise InputError(
            error.message, at=Place(line=line, document=document.id), **error.values
        ) from None


def _check_evidence(document: Document) -> None:
    length = len(document.text)
    for relation in document.relations:
        for span in relation.evidence:
            if not 0 <= span.start <= span.end <= length:
                at = Place(document=document.id)
                raise InputError(
                    OFFSET_OUTSIDE, at=at, start=span.start, end=span.end, length=length
                )


def _line_of_problem(document: Document, record: Record) -> int | None:
    for mention, line in zip(document.mentions, record.mention_lines, strict=False):
        try:
            check_mention(mention, document.text, Place())
        except InputError:
            return line
    for relation, line in zip(document.relations, record.relation_lines, strict=False):
        if not {relation.head, relation.tail} <= document.entity_by_id.keys():
            return line
    return None
