"""XML of corpora annotated sentence by sentence: protein interactions, drug interactions.

Two dialects of one format (Pyysalo et al. 2008):

=========  ============  =======================  ==========  ==================================
dialect    root          ``charOffset``           pieces      relations
=========  ============  =======================  ==========  ==================================
ppi-xml    ``corpus``    end exclusive            ``,``       ``interaction``: positive pairs
ddi-xml    ``document``  end **inclusive**        ``;``       ``pair``: all, ``ddi`` true or false
=========  ============  =======================  ==========  ==================================

Offsets restart in each sentence; here the sentences are passages of one text, a line break apart,
and the offsets are the text's. Every mention is its own entity. Only positive pairs become
relations: the others are the remaining candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from relatome.data.document import Document, Mention, Passage, Relation, Span
from relatome.data.schemas.ddi import UNTYPED
from relatome.data.sentences import SENTENCE
from relatome.errors import (
    OFFSET_MISMATCH,
    SENTENCE_XML_INVALID,
    UNKNOWN_MENTION,
    InputError,
    Place,
)
from relatome.formats.records import Names, Record
from relatome.formats.source import clipped
from relatome.formats.xml_stream import Element, elements

# HPRD50 writes the protein's identifier where the others write a type.
_IDENTIFIER = re.compile(r"(?:\w+-)?pm[0-9]{7}.*")
_TRUTH = {"true": True, "false": False}


class _Dialect(NamedTuple):
    """What tells the two apart; `after_last` is added to the ends, to make them exclusive."""

    pieces: re.Pattern[str]
    separator: str
    after_last: int


_PPI = _Dialect(re.compile(r"[0-9]{1,9}-[0-9]{1,9}(?:,[0-9]{1,9}-[0-9]{1,9})*"), ",", 0)
_DDI = _Dialect(re.compile(r"[0-9]{1,9}-[0-9]{1,9}(?:;[0-9]{1,9}-[0-9]{1,9})*"), ";", 1)


def read_ppi(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read a corpus in the unified format of protein–protein interaction corpora.

    Raises:
        InputError: where the XML itself is broken; nothing after that place can be read.
    """
    return _read(stream, names, _PPI)


def read_ddi(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read a document of the DDI corpus; it may also stand in a ``<corpus>`` of several.

    Raises:
        InputError: where the XML itself is broken; nothing after that place can be read.
    """
    return _read(stream, names, _DDI)


def _read(stream: BinaryIO, names: Names, dialect: _Dialect) -> Iterator[Record]:
    for element in elements(stream, ("corpus",), ("document",), _invalid):
        try:
            record = _Reading(names, dialect).record(element)
        except InputError as error:
            record = Record(error, element.sourceline)
        yield record


class _Reading:
    """One document on its way."""

    def __init__(self, names: Names, dialect: _Dialect) -> None:
        self._names = names
        self._dialect = dialect
        self._passages: list[Passage] = []
        self._mentions: list[Mention] = []
        self._mention_lines: list[int] = []
        self._relations: list[Relation] = []
        self._place = Place()

    def record(self, element: Element) -> Record:
        document_id = _attribute(element, "id")
        self._place = Place(document=clipped(document_id))
        for sentence in element.iterchildren("sentence"):
            self._add_sentence(sentence)
        return Record(
            Document(
                document_id,
                tuple(self._passages),
                tuple(self._mentions),
                tuple(self._relations),
                _rest(element, "id"),
            ),
            element.sourceline,
            self._mention_lines,
        )

    def _add_sentence(self, element: Element) -> None:
        text = _attribute(element, "text")
        offset = self._passages[-1].end + 1 if self._passages else 0
        infons = _rest(element, "text", "charOffset")
        self._passages.append(Passage(SENTENCE, offset, text, infons))
        known: set[str] = set()
        for child in element.iterchildren("entity"):
            mention = self._mention(child, text, offset)
            self._mentions.append(mention)
            self._mention_lines.append(child.sourceline)
            known.add(mention.id)
        for child in element.iterchildren("interaction", "pair"):
            relation = self._relation(child, known)
            if relation is not None:
                self._relations.append(relation)

    def _mention(self, element: Element, text: str, offset: int) -> Mention:
        mention_id = _attribute(element, "id")
        pieces = self._pieces(element, len(text))
        claimed = _attribute(element, "text")
        infons = _rest(element, "id", "charOffset", "text", "type")
        if len(pieces) > 1:
            pieces = self._as_claimed(pieces, text, claimed, element)
            found = _joined(pieces, text)
            if found != claimed:
                infons["text"] = claimed
            claimed = found
        spans = tuple(Span(offset + start, offset + end) for start, end in pieces)
        type, fine_type = self._types(element, infons)
        return Mention(
            mention_id,
            min(span.start for span in spans),
            max(span.end for span in spans),
            claimed,
            type,
            (mention_id,),
            spans if len(spans) > 1 else (),
            infons,
            fine_type,
        )

    def _pieces(self, element: Element, length: int) -> list[tuple[int, int]]:
        offsets = _attribute(element, "charOffset")
        if not self._dialect.pieces.fullmatch(offsets):
            raise _invalid(f"charOffset is {clipped(offsets)!r}", element)
        pieces = []
        for piece in offsets.split(self._dialect.separator):
            start, end = map(int, piece.split("-"))
            pieces.append((start, end + self._dialect.after_last))
        if any(end > length for _, end in pieces):
            raise _invalid(f"charOffset {clipped(offsets)} lies outside the sentence", element)
        return pieces

    def _as_claimed(
        self, pieces: list[tuple[int, int]], text: str, claimed: str, element: Element
    ) -> list[tuple[int, int]]:
        """Pieces that say what the mention claims, white space aside.

        One discontinuous mention of the DDI corpus is annotated one character too early.
        """
        for shift in (0, 1, -1):
            shifted = [(start + shift, end + shift) for start, end in pieces]
            if shifted[0][0] >= 0 and _letters(_joined(shifted, text)) == _letters(claimed):
                return shifted
        raise InputError(
            OFFSET_MISMATCH,
            at=Place(line=element.sourceline, document=self._place.document),
            start=pieces[0][0],
            end=pieces[-1][1],
            expected=clipped(claimed),
            found=clipped(_joined(pieces, text)),
        )

    def _types(self, element: Element, infons: dict[str, str]) -> tuple[str, str]:
        place = Place(line=element.sourceline, document=self._place.document)
        if self._dialect is _DDI:
            return self._names.type(_attribute(element, "type"), place), ""
        written = element.get("type", "")
        if _IDENTIFIER.fullmatch(written):
            infons["identifier"] = written
            written = ""
        type = self._names.type("Protein", place)
        return type, written if written.lower() != type.lower() else ""

    def _relation(self, element: Element, known: set[str]) -> Relation | None:
        place = Place(line=element.sourceline, document=self._place.document)
        head, tail = _attribute(element, "e1"), _attribute(element, "e2")
        for argument in (head, tail):
            if argument not in known:
                raise InputError(UNKNOWN_MENTION, at=place, id=clipped(argument))
        label = element.get("type", "")
        if element.tag == "pair":
            truth = _TRUTH.get(_attribute(element, "ddi"))
            if truth is None:
                raise _invalid("ddi is neither true nor false", element)
            if not truth:
                return None
            label = label or UNTYPED
        elif not label:
            raise _invalid("an interaction has no type", element)
        if label != UNTYPED:
            label = self._names.label(label, place)
        return Relation(head, tail, label, infons=_rest(element, "e1", "e2", "type", "ddi"))


def _joined(pieces: list[tuple[int, int]], text: str) -> str:
    return " ".join(text[start:end] for start, end in pieces)


def _letters(text: str) -> str:
    return "".join(text.split())


def _attribute(element: Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise _invalid(f"a {clipped(str(element.tag))} has no {name}", element)
    return str(value)


def _rest(element: Element, *taken: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.items() if key not in taken}


def _invalid(reason: str, element: Element) -> InputError:
    return InputError(SENTENCE_XML_INVALID, at=Place(line=element.sourceline), reason=reason)
