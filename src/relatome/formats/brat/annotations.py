"""The lines of an ``.ann`` file, and the document they make of a text."""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import msgspec

from relatome.data.document import Document, Mention, Relation, Span
from relatome.errors import (
    BRAT_LINE,
    BRAT_NO_IDENTIFIER,
    BRAT_NOT_HELD,
    DUPLICATE_MENTION_ID,
    InputError,
    Place,
)
from relatome.formats.brat.names import (
    ARGUMENTS,
    BREAKS,
    FINE_TYPE,
    NOTE_INFON,
    NOTES,
    OWN_RESOURCE,
    RELATION_FIELDS,
    ROLES,
)
from relatome.formats.brat.text import LINE_BREAK, passages
from relatome.formats.records import Names, Record
from relatome.formats.source import Line, clipped, decoded, lines

_ENTITY = re.compile(r"(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)")
_RELATION = re.compile(r"(\S+) (\w+):(\S+) (\w+):(\S+)\s*")
_ATTRIBUTE = re.compile(r"(\S+) (\S+)(?: (\S+))?")
_REFERENCE = re.compile(r"(\S+) (\S+) (\S+)")
_NOTE = re.compile(r"(\S+) (\S+)")
_SPAN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

_NOVELTY = {"Novel": True, "No": False}


class _Entity(NamedTuple):
    """A ``T`` line."""

    id: str
    type: str
    spans: tuple[Span, ...]
    text: str
    place: Place

    def fits(self, text: str) -> bool:
        return BREAKS.sub(" ", self.within(text)) == BREAKS.sub(" ", self.text)

    def within(self, text: str) -> str:
        return " ".join(text[span.start : span.end] for span in self.spans)


class _Arc(NamedTuple):
    """An ``R`` line: the two ``T`` it names, and what it calls them."""

    id: str
    type: str
    arguments: tuple[str, str]
    roles: tuple[str, str]
    place: Place


class _Says(NamedTuple):
    """What an attribute or a note says of an entity or a relation."""

    name: str
    value: str
    place: Place


class Annotations:
    """The lines of an ``.ann`` file."""

    def __init__(self, content: bytes, place: Place) -> None:
        self._place = place
        self._entities: dict[str, _Entity] = {}
        self._arcs: dict[str, _Arc] = {}
        self._identifiers: dict[str, list[str]] = defaultdict(list)
        self._said: dict[str, list[_Says]] = defaultdict(list)
        self._targets: list[tuple[str, Place]] = []
        self._outside: set[str] = set()  # ids of events
        self.not_held: list[InputError] = []
        for line in lines(io.BytesIO(content)):
            if line.content.strip():
                self._add(line)
        for target, at in self._targets:
            if target in self._outside:
                self.not_held.append(_not_held("what is said of", target, at))
            elif target not in self._entities and target not in self._arcs:
                raise _unfit(f"there is no {clipped(target)!r} to say it of", at)

    def _add(self, line: Line) -> None:
        place = Place(self._place.path, line.number, self._place.document)
        fields = decoded(line.content, line.number).split("\t", 2)
        kind = fields[0][:1]
        if kind == "*":
            self.not_held.append(_not_held("equivalence", " ".join(fields[1:]), place))
            return
        adders: dict[str, Callable[[list[str], Place], None]] = {
            "T": self._add_entity,
            "R": self._add_arc,
            "A": self._add_attribute,
            "M": self._add_attribute,
            "N": self._add_identifier,
            "#": self._add_note,
            "E": self._add_event,
        }
        if kind not in adders or not fields[0][1:].isdecimal() or len(fields) < 2:
            raise _unfit("it begins with none of T1, R1, A1, M1, N1, E1, #1 and a tab", place)
        adders[kind](fields, place)

    def _add_entity(self, fields: list[str], place: Place) -> None:
        match = _ENTITY.fullmatch(fields[1])
        if match is None or len(fields) < 3:
            raise _unfit("an entity is T1⇥Type start end⇥text", place)
        if fields[0] in self._entities:
            raise InputError(DUPLICATE_MENTION_ID, at=place, id=fields[0])
        bounds = (piece.split(" ") for piece in match[2].split(";"))
        spans = tuple(Span(int(start), int(end)) for start, end in bounds)
        self._entities[fields[0]] = _Entity(fields[0], match[1], spans, fields[2], place)

    def _add_arc(self, fields: list[str], place: Place) -> None:
        match = _RELATION.fullmatch(fields[1])
        if match is None:
            raise _unfit("a relation is R1⇥Type Arg1:T1 Arg2:T2", place)
        if fields[0] in self._arcs:
            raise _unfit(f"there is a relation {fields[0]} already", place)
        roles, arguments = (match[2], match[4]), (match[3], match[5])
        if roles == ARGUMENTS[::-1]:
            roles, arguments = ARGUMENTS, (arguments[1], arguments[0])
        self._arcs[fields[0]] = _Arc(fields[0], match[1], arguments, roles, place)

    def _add_attribute(self, fields: list[str], place: Place) -> None:
        match = _ATTRIBUTE.fullmatch(fields[1])
        if match is None:
            raise _unfit("an attribute is A1⇥Name T1 or A1⇥Name T1 value", place)
        self._say(match[2], match[1], match[3] or "", place)

    def _add_note(self, fields: list[str], place: Place) -> None:
        match = _NOTE.fullmatch(fields[1])
        if match is None or len(fields) < 3:
            raise _unfit("a note is #1⇥AnnotatorNotes T1⇥text", place)
        name = NOTE_INFON if match[1] == NOTES else match[1]
        self._say(match[2], name, fields[2], place)

    def _say(self, target: str, name: str, value: str, place: Place) -> None:
        self._targets.append((target, place))
        self._said[target].append(_Says(name, value, place))

    def _add_identifier(self, fields: list[str], place: Place) -> None:
        match = _REFERENCE.fullmatch(fields[1])
        if match is None:
            raise _unfit("a normalization is N1⇥Reference T1 RESOURCE:id⇥name", place)
        self._targets.append((match[2], place))
        self._identifiers[match[2]].append(match[3].removeprefix(OWN_RESOURCE))

    def _add_event(self, fields: list[str], place: Place) -> None:
        self._outside.add(fields[0])
        self.not_held.append(_not_held("event", fields[0], place))

    def document(self, document_id: str, raw: str, names: Names) -> Record:
        """The document that the text `raw` and these lines make.

        Raises:
            InputError: naming the line that cannot be used.
        """
        text = self._text(raw)
        found = passages(text)
        # As `Document.text` has it: a space for every character of a line break.
        text = LINE_BREAK.sub(lambda match: " " * len(match[0]), text)
        by_concept = not names.by_mention if names.schema else bool(self._identifiers)
        mentions = {
            e.id: self._mention(e, text, by_concept, names) for e in self._entities.values()
        }
        relations: list[Relation] = []
        relation_lines: list[int] = []
        for arc in self._arcs.values():
            for relation in self._relations(arc, mentions, names):
                relations.append(relation)
                relation_lines.append(arc.place.line or 0)
        return Record(
            Document(document_id, found, tuple(mentions.values()), tuple(relations)),
            None,
            [entity.place.line or 0 for entity in self._entities.values()],
            relation_lines,
            self._place.path,
        )

    def _text(self, raw: str) -> str:
        r"""The text on the character axis that the offsets count.

        That is the file as it stands. Where it has `\r\n` and the offsets count each as one (the
        file was converted after it had been annotated), they fit the text with `\n` only.
        """
        converted = raw.replace("\r\n", "\n")
        entities = self._entities.values()
        if all(e.fits(raw) for e in entities) or not all(e.fits(converted) for e in entities):
            return raw
        return converted

    def _mention(self, entity: _Entity, text: str, by_concept: bool, names: Names) -> Mention:
        fine_type = ""
        infons: dict[str, str] = {}
        identifiers = tuple(dict.fromkeys(self._identifiers[entity.id]))
        for said in self._said[entity.id]:
            if said.name == FINE_TYPE:
                fine_type = said.value
            else:
                _note(infons, said)
        if not by_concept and identifiers:
            infons["identifier"] = ",".join(identifiers)
        spans = tuple(sorted(entity.spans))
        return Mention(
            entity.id,
            spans[0].start,
            max(span.end for span in spans),
            entity.within(text) if entity.fits(text) else entity.text,
            names.type(entity.type, entity.place),
            identifiers if by_concept else (entity.id,),
            entity.spans if len(spans) > 1 else (),
            infons,
            fine_type,
        )

    def _relations(
        self, arc: _Arc, mentions: dict[str, Mention], names: Names
    ) -> Iterator[Relation]:
        """The relation between two mentions, or those between the identifiers they carry."""
        for argument in arc.arguments:
            if argument in self._outside:
                self.not_held.append(_not_held("relation", arc.id, arc.place))
                return
            if argument not in mentions:
                raise _unfit(f"there is no entity {clipped(argument)!r}", arc.place)
            if not mentions[argument].entity_ids:
                raise InputError(
                    BRAT_NO_IDENTIFIER, at=arc.place, relation=arc.id, mention=argument
                )
        label = names.label(arc.type, arc.place)
        head, tail = (mentions[argument].entity_ids for argument in arc.arguments)
        for pair in product(head, tail):
            yield self._relation(arc, pair, label)

    def _relation(self, arc: _Arc, pair: tuple[str, str], label: str) -> Relation:
        infons = {} if arc.roles == ARGUMENTS else {ROLES: " ".join(arc.roles)}
        relation = Relation(*pair, label, infons=infons)
        for said in self._said[arc.id]:
            if said.name in RELATION_FIELDS:
                relation = _with_field(relation, said)
            else:
                _note(infons, said)
        return relation


def _note(infons: dict[str, str], said: _Says) -> None:
    """Keep what is said as an infon; what is said twice under one name stands there together."""
    before = infons.get(said.name)
    infons[said.name] = said.value if before is None else f"{before}; {said.value}"


def _with_field(relation: Relation, said: _Says) -> Relation:
    replace = msgspec.structs.replace
    name, value, place = said
    if name == "Novelty":
        if value not in _NOVELTY:
            raise _unfit(f"Novelty is {clipped(value)!r}, not Novel or No", place)
        return replace(relation, novel=_NOVELTY[value])
    if name == "Subject":
        if value not in ARGUMENTS:
            raise _unfit(f"Subject is {clipped(value)!r}, not Arg1 or Arg2", place)
        return replace(relation, subject=relation.head if value == "Arg1" else relation.tail)
    if name == "Evidence":
        found = [_SPAN.fullmatch(piece) for piece in value.split(";")]
        if not all(found):
            raise _unfit(f"Evidence is {clipped(value)!r}, not start-end;start-end", place)
        return replace(
            relation, evidence=tuple(Span(int(m[1]), int(m[2])) for m in found if m is not None)
        )
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _unfit(f"{name} is {clipped(value)!r}, not a number", place)
    return replace(relation, **{"score" if name == "Score" else "novel_score": number})


def _unfit(reason: str, place: Place) -> InputError:
    return InputError(BRAT_LINE, at=place, reason=reason)


def _not_held(what: str, name: str, place: Place) -> InputError:
    return InputError(BRAT_NOT_HELD, at=place, what=what, name=clipped(name))
