"""The ten-column table that BioREx trains on: one line per pair, the pair marked in the text.

::

    12917204⇥Disease⇥Gene⇥D001943⇥472⇥True⇥0⇥What is [EMU_BC] between … ? [SEP]
        The relationship between @GeneTgt$ ATM @/GeneTgt$ variants and …⇥…⇥Association

(on one line). The columns: document, types of head and tail, their identifiers, whether some
sentence mentions both, how many sentences lie between, question and text, a column per token that
is not read, label. A label ``None`` or ``None-…`` says that the pair is not related.

Read only. The lines of a document may stand anywhere in the file, so the whole file is held in
memory; a document has the mentions and relations of all its lines. The text is as the table has
it, its tokens joined by spaces. Pairs stated not to be related are kept in the document's infon
``unrelated``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from relatome.data.document import Document, Mention, Passage, Relation
from relatome.errors import BIOREX_LINE, DOCUMENT_TOO_LONG, InputError, Place
from relatome.formats.records import Names, Record
from relatome.formats.source import MAX_DOCUMENT_BYTES, clipped, decoded, lines

COLUMNS = 10
UNRELATED = "unrelated"
_QUESTION_END = " [SEP] "
_MARKER = re.compile(r"@(/?)(\S+?)(Src|Tgt)\$")


def read(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read the documents of a table, in the order of their first lines."""
    found: dict[str, _Document | InputError] = {}
    size = 0
    for number, content in lines(stream):
        if not content.strip():
            continue
        size += len(content)
        if size > MAX_DOCUMENT_BYTES:
            limit = f"{MAX_DOCUMENT_BYTES // 1024**2} MiB"
            raise InputError(DOCUMENT_TOO_LONG, at=Place(line=number), limit=limit)
        try:
            row = _Row(decoded(content, number), number, names)
        except InputError as error:
            # Without its document's id a line cannot be put anywhere: it stands for itself.
            found.setdefault(error.place.document or f"\n{number}", error)
            continue
        document = found.setdefault(row.document, _Document(row))
        if isinstance(document, _Document):
            try:
                document.add(row)
            except InputError as error:
                found[row.document] = error
    for each in found.values():
        yield Record(each, each.place.line) if isinstance(each, InputError) else each.record()


class _Row:
    """One line: a pair, its label, and where the two are mentioned."""

    def __init__(self, line: str, number: int, names: Names) -> None:
        columns = line.split("\t")
        self.document = columns[0]
        self.place = Place(line=number, document=clipped(self.document) or None)
        if len(columns) != COLUMNS or not self.document:
            raise _unfit(f"it has {len(columns)} columns", self.place)
        self.label = columns[9]
        self.ids = (columns[3], columns[4])
        if not self.label or not all(self.ids):
            raise _unfit("the label or an identifier is empty", self.place)
        self.related = self.label != "None" and not self.label.startswith("None-")
        if self.related:
            names.label(self.label, self.place)
        types = dict(zip(("Src", "Tgt"), columns[1:3], strict=True))
        self._types = {side: names.type(name, self.place) for side, name in types.items()}
        _, mark, marked = columns[7].partition(_QUESTION_END)
        if not mark:
            raise _unfit("no [SEP] divides question and text", self.place)
        self.mentions: list[tuple[int, int, str, str]] = []
        self.text = self._unmarked(marked, types)

    def _unmarked(self, marked: str, types: dict[str, str]) -> str:
        """The text without markers; the mentions they mark are put aside."""
        tokens: list[str] = []
        length = 0  # of the tokens so far, each with the space after it
        opened: list[tuple[str, int]] = []
        for token in marked.split(" "):
            marker = _MARKER.fullmatch(token)
            if marker is None:
                tokens.append(token)
                length += len(token) + 1
                continue
            closes, kind, side = marker.groups()
            if kind != types[side]:
                raise _unfit(f"it marks a {clipped(kind)} as {side}", self.place)
            if not closes:
                opened.append((side, length))
                continue
            if not opened or opened[-1][0] != side or opened[-1][1] >= length - 1:
                raise _unfit(f"the marker {token} closes nothing", self.place)
            start = opened.pop()[1]
            entity = self.ids[0 if side == "Src" else 1]
            self.mentions.append((start, length - 1, self._types[side], entity))
        if opened:
            raise _unfit(f"a marker {opened[-1][0]} is not closed", self.place)
        return " ".join(tokens)


class _Document:
    """The rows of one document put together."""

    def __init__(self, row: _Row) -> None:
        self._first = row
        self._mentions: dict[tuple[int, int, str], dict[str, None]] = {}
        self._mention_lines: list[int] = []
        self._relations: dict[tuple[str, str, str], int] = {}
        self._unrelated: list[str] = []

    def add(self, row: _Row) -> None:
        if row.text != self._first.text:
            raise _unfit(f"its text differs from that in line {self._first.place.line}", row.place)
        line = row.place.line or 0
        for start, end, kind, entity in row.mentions:
            if (start, end, kind) not in self._mentions:
                self._mention_lines.append(line)
            self._mentions.setdefault((start, end, kind), {})[entity] = None
        if row.related:
            self._relations.setdefault((*row.ids, row.label), line)
        else:
            self._unrelated.append(f"{row.ids[0]}:{row.ids[1]}:{row.label}")

    def record(self) -> Record:
        text = self._first.text
        mentions = tuple(
            Mention(f"M{i}", start, end, text[start:end], kind, tuple(entities))
            for i, ((start, end, kind), entities) in enumerate(self._mentions.items())
        )
        relations = tuple(Relation(*arguments) for arguments in self._relations)
        infons = {UNRELATED: ";".join(self._unrelated)} if self._unrelated else {}
        passages = (Passage("text", 0, text),)
        return Record(
            Document(self._first.document, passages, mentions, relations, infons),
            self._first.place.line,
            self._mention_lines,
            list(self._relations.values()),
        )


def _unfit(reason: str, place: Place) -> InputError:
    return InputError(BIOREX_LINE, at=place, reason=reason)
