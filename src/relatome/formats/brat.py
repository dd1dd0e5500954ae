"""BRAT standoff: the text of a document in ``NAME.txt``, its annotations in ``NAME.ann``.

::

    T1⇥Chemical 0 10⇥Glumipride                an entity; ``0 4;9 12`` where it has gaps
    N1⇥Reference T1 MESH:C000001⇥glumipride    its identifier (normalization)
    R1⇥Lowers Arg1:T1 Arg2:T2                  a relation
    A1⇥Novelty R1 Novel                        an attribute of a relation or an entity
    #1⇥AnnotatorNotes T1⇥as a salt             a note on one

A folder is a corpus; the id of a document is the path of its files below the folder, without the
ending. Offsets count the characters of the text file, line breaks included. Every line of the text
is a passage.

BRAT relates entities of the text (``T``). Where the task relates concepts (the schema's unit, or
without a schema a document that has ``N`` lines), a relation holds between the identifiers of its
arguments. Otherwise every ``T`` is an entity of its own. Events and equivalences are not held by
relatome's documents: each is reported, and the rest of the document is read.
"""

from __future__ import annotations

import io
import math
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path, PurePosixPath
from typing import NamedTuple, NoReturn

import msgspec

from relatome.data.document import Document, Mention, Passage, Relation, Span
from relatome.errors import (
    BRAT_LINE,
    BRAT_NO_DOCUMENT,
    BRAT_NO_IDENTIFIER,
    BRAT_NOT_HELD,
    BRAT_PAIR,
    CANNOT_WRITE,
    DUPLICATE_MENTION_ID,
    FILE_MISSING,
    FOLDER_FULL,
    UNWRITABLE,
    InputError,
    Message,
    Place,
    UsageError,
    WorkError,
)
from relatome.formats.records import Names, OnError, Record, report_problem
from relatome.formats.report import READS_BACK_DIFFERENTLY, WriteReport, lose_document_extras
from relatome.formats.source import (
    MAX_DOCUMENT_BYTES,
    Line,
    clipped,
    decoded,
    lines,
    open_path,
    too_long,
)

TEXT, ANNOTATIONS = ".txt", ".ann"

_ENTITY = re.compile(r"(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)")
_RELATION = re.compile(r"(\S+) (\w+):(\S+) (\w+):(\S+)\s*")
_ATTRIBUTE = re.compile(r"(\S+) (\S+)(?: (\S+))?")
_REFERENCE = re.compile(r"(\S+) (\S+) (\S+)")
_NOTE = re.compile(r"(\S+) (\S+)")
_SPAN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

_ARGUMENTS = ("Arg1", "Arg2")
_ROLES = "arguments"  # infon: the names of the arguments where they are others
_NOTES = "AnnotatorNotes"
_NOTE_INFON = "note"
_OWN_RESOURCE = "ID:"  # stands before identifiers that name no resource themselves
_NOVELTY = {"Novel": True, "No": False}

# What relatome's own fields are called as attributes (and one note) of relations and entities.
_RELATION_FIELDS = ("Novelty", "Score", "NoveltyScore", "Subject", "Evidence")
_FINE_TYPE = "FineType"

_LINE_BREAK = re.compile(r"\r?\n")
_LINE_ENDS = re.compile(r"[\r\n]")
_BREAKS = re.compile(r"[\t\r\n]")


# ------------------------------------------------------------------------------------- reading


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
        text, annotations = _file(stem, TEXT), _file(stem, ANNOTATIONS)
        place = Place(str(annotations), document=clipped(document_id))
        try:
            for present, missing in ((text, annotations), (annotations, text)):
                if not missing.is_file():
                    at = Place(str(present), document=place.document)
                    raise InputError(BRAT_PAIR, at=at, missing=missing.name)
            content = _text(text)
            parsed = _Annotations(_content(annotations), place)
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


def _file(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


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


def _passages(text: str) -> tuple[Passage, ...]:
    """Every line that is not empty is a passage.

    Of two lines the first is the title and the second the abstract; of more, the first is the
    title if a blank line follows it.
    """
    found: list[Passage] = []
    start = 0
    ends = [match.span() for match in _LINE_BREAK.finditer(text)] + [(len(text), len(text))]
    for end, following in ends:
        line = text[start:end]
        if line:
            found.append(Passage("text", start, line))
        start = following
    kinds = ["text"] * len(found)
    if len(found) == 2:
        kinds = ["title", "abstract"]
    elif len(found) > 2 and len(_LINE_BREAK.findall(text[found[0].end : found[1].offset])) > 1:
        kinds[0] = "title"
    return tuple(Passage(k, p.offset, p.text) for k, p in zip(kinds, found, strict=True))


class _Entity(NamedTuple):
    """A ``T`` line."""

    id: str
    type: str
    spans: tuple[Span, ...]
    text: str
    place: Place

    def fits(self, text: str) -> bool:
        return _BREAKS.sub(" ", self.within(text)) == _BREAKS.sub(" ", self.text)

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


class _Annotations:
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
        if roles == _ARGUMENTS[::-1]:
            roles, arguments = _ARGUMENTS, (arguments[1], arguments[0])
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
        name = _NOTE_INFON if match[1] == _NOTES else match[1]
        self._say(match[2], name, fields[2], place)

    def _say(self, target: str, name: str, value: str, place: Place) -> None:
        self._targets.append((target, place))
        self._said[target].append(_Says(name, value, place))

    def _add_identifier(self, fields: list[str], place: Place) -> None:
        match = _REFERENCE.fullmatch(fields[1])
        if match is None:
            raise _unfit("a normalization is N1⇥Reference T1 RESOURCE:id⇥name", place)
        self._targets.append((match[2], place))
        self._identifiers[match[2]].append(match[3].removeprefix(_OWN_RESOURCE))

    def _add_event(self, fields: list[str], place: Place) -> None:
        self._outside.add(fields[0])
        self.not_held.append(_not_held("event", fields[0], place))

    def document(self, document_id: str, raw: str, names: Names) -> Record:
        """The document that the text `raw` and these lines make.

        Raises:
            InputError: naming the line that cannot be used.
        """
        text = self._text(raw)
        passages = _passages(text)
        # As `Document.text` has it: a space for every character of a line break.
        text = _LINE_BREAK.sub(lambda match: " " * len(match[0]), text)
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
            Document(document_id, passages, tuple(mentions.values()), tuple(relations)),
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
            if said.name == _FINE_TYPE:
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
        infons = {} if arc.roles == _ARGUMENTS else {_ROLES: " ".join(arc.roles)}
        relation = Relation(*pair, label, infons=infons)
        for said in self._said[arc.id]:
            if said.name in _RELATION_FIELDS:
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
        if value not in _ARGUMENTS:
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
    return _refused(BRAT_LINE, place, reason=reason)


def _not_held(what: str, name: str, place: Place) -> InputError:
    return _refused(BRAT_NOT_HELD, place, what=what, name=clipped(name))


def _refused(message: Message, place: Place, **values: object) -> InputError:
    return InputError(message, at=place, **values)


# ------------------------------------------------------------------------------------- writing

_NAME = re.compile(r"[A-Za-z][\w-]*")
_UNSAFE = re.compile(r"[\\:\0-\x1f]")


def write(documents: Iterable[Document], folder: Path, on_error: OnError | None) -> WriteReport:
    """Write documents into a new folder, two files each; all of it or nothing.

    Raises:
        UsageError: if the folder has something in it.
        InputError: if a document cannot be written, unless `on_error` is given.
        WorkError: if the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(os.scandir(folder))):
        raise UsageError(FOLDER_FULL, path=folder)
    report = WriteReport("brat")
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        temporary.mkdir()
        for document in documents:
            losses = WriteReport("brat")
            try:
                stem = temporary / _relative(document.id)
                text, annotations = _written(document, losses)
                _require_new(stem, document.id)
            except InputError as error:
                report_problem(error, Place(str(folder)), on_error)
                continue
            stem.parent.mkdir(parents=True, exist_ok=True)
            _file(stem, TEXT).write_bytes(text.encode())
            _file(stem, ANNOTATIONS).write_bytes(annotations.encode())
            report.lost.update(losses.lost)
            report.documents += 1
            report.mentions += len(document.mentions)
            report.relations += len(document.relations)
        if folder.exists():
            folder.rmdir()
        temporary.replace(folder)
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=folder, reason=error.strerror or error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return report


def _relative(document_id: str) -> PurePosixPath:
    """The path of a document's files: its id, which must not lead anywhere else."""
    path = PurePosixPath(document_id)
    parts = document_id.split("/")
    if _UNSAFE.search(document_id) or any(not p.strip() or p.startswith(".") for p in parts):
        _refuse("document id", document_id, document_id)
    return path


def _require_new(stem: Path, document_id: str) -> None:
    # Ids that differ in case only are one file on some systems.
    if _file(stem, TEXT).exists():
        _refuse("document id", document_id, document_id)


def _written(document: Document, report: WriteReport) -> tuple[str, str]:
    """The two files of a document."""
    lose_document_extras(msgspec.structs.replace(document, relations=()), report)
    text = _text_of(document, report)
    ids = _entity_ids(document, report)
    out = _Lines(document.id, report)
    by_mention = all(m.entity_ids == (m.id,) for m in document.mentions)
    if not by_mention and not any(m.entity_ids for m in document.mentions):
        report.lose("lack of identifiers", len(document.mentions))
    for mention, entity in zip(document.mentions, ids, strict=True):
        spans = mention.fragments or (mention.span,)
        where = ";".join(f"{span.start} {span.end}" for span in spans)
        kind = out.word("entity type", mention.type)
        out.lines.append(f"{entity}\t{kind} {where}\t{_BREAKS.sub(' ', mention.text)}")
        if not by_mention:
            for identifier in mention.entity_ids:
                out.identifier(entity, identifier, mention.text)
        if mention.fine_type:
            out.attribute(_FINE_TYPE, entity, mention.fine_type)
        out.infons(entity, mention.infons, reserved=(_FINE_TYPE,))
    for index, relation in enumerate(document.relations):
        _write_relation(relation, f"R{index + 1}", document, ids, out)
    return text, "".join(line + "\n" for line in out.lines)


def _text_of(document: Document, report: WriteReport) -> str:
    """The text, a line break for every character between passages, and one at the end."""
    passages = [Passage(p.kind, p.offset, _LINE_ENDS.sub(" ", p.text)) for p in document.passages]
    breaks = sum(len(_LINE_ENDS.findall(p.text)) for p in document.passages)
    report.lose("line break in a passage", breaks)
    pieces: list[str] = []
    end = 0
    for passage in passages:
        pieces += ("\n" * (passage.offset - end), passage.text)
        end = passage.end
    text = "".join((*pieces, "\n"))
    back = {(p.offset, p.text): p.kind for p in _passages(text)}
    report.lose("passage boundary", sum((p.offset, p.text) not in back for p in document.passages))
    report.lose(
        "passage kind",
        sum(back.get((p.offset, p.text), p.kind) != p.kind for p in passages),
    )
    return text


def _entity_ids(document: Document, report: WriteReport) -> list[str]:
    """The ``T`` of every mention: its own id where all are of that form."""
    own = [mention.id for mention in document.mentions]
    if all(re.fullmatch(r"T[0-9]+", mention_id) for mention_id in own):
        return own
    numbered = [f"T{index + 1}" for index in range(len(own))]
    report.lose("mention id", sum(a != b for a, b in zip(own, numbered, strict=True)))
    return numbered


class _Lines:
    """The lines of an ``.ann`` file in the making."""

    def __init__(self, document_id: str, report: WriteReport) -> None:
        self.document_id = document_id
        self.report = report
        self.lines: list[str] = []
        self._counts: dict[str, int] = defaultdict(int)

    def word(self, what: str, value: str) -> str:
        """`value`, if it can stand between spaces."""
        if not re.fullmatch(r"\S+", value):
            _refuse(what, value, self.document_id)
        return value

    def identifier(self, entity: str, identifier: str, name: str) -> None:
        own = self.word("identifier", identifier)
        if ":" not in own or own.startswith(_OWN_RESOURCE):
            own = _OWN_RESOURCE + own
        self._add("N", f"Reference {entity} {own}\t{_BREAKS.sub(' ', name)}")

    def attribute(self, name: str, target: str, value: str) -> None:
        if re.fullmatch(r"\S+", value):
            self._add("A", f"{name} {target} {value}")
        elif not value:
            self._add("A", f"{name} {target}")
        else:
            self.note(name, target, value)

    def note(self, name: str, target: str, value: str) -> None:
        self.report.lose("tab or line break", len(_BREAKS.findall(value)))
        self._add("#", f"{name} {target}\t{_BREAKS.sub(' ', value)}")

    def infons(self, target: str, infons: dict[str, str], reserved: Sequence[str]) -> None:
        for key, value in infons.items():
            if key == _NOTE_INFON:
                self.note(_NOTES, target, value)
            elif key not in reserved and key != _NOTES and _NAME.fullmatch(key):
                self.attribute(key, target, value)
            else:
                self.report.lose("infon with a name that BRAT cannot hold")

    def _add(self, kind: str, rest: str) -> None:
        self._counts[kind] += 1
        self.lines.append(f"{kind}{self._counts[kind]}\t{rest}")


def _write_relation(
    relation: Relation, name: str, document: Document, ids: list[str], out: _Lines
) -> None:
    """A relation between the first mentions of its arguments that carry nothing else."""
    arguments = []
    for entity_id in (relation.head, relation.tail):
        mentions = document.entity_by_id[entity_id].mentions
        alone = [i for i in mentions if document.mentions[i].entity_ids == (entity_id,)]
        out.report.lose(READS_BACK_DIFFERENTLY, not alone)
        arguments.append(ids[(alone or mentions)[0]])
    label = out.word("relation type", relation.type)
    infons = dict(relation.infons)
    roles = tuple(infons.pop(_ROLES, "").split(" "))
    if not (len(roles) == 2 and all(re.fullmatch(r"\w+", role) for role in roles)):
        roles = _ARGUMENTS
    head, tail = (f"{r}:{a}" for r, a in zip(roles, arguments, strict=True))
    out.lines.append(f"{name}\t{label} {head} {tail}")
    if relation.novel is not None:
        out.attribute("Novelty", name, "Novel" if relation.novel else "No")
    if relation.score is not None:
        out.attribute("Score", name, repr(relation.score))
    if relation.novel_score is not None:
        out.attribute("NoveltyScore", name, repr(relation.novel_score))
    if relation.subject in (relation.head, relation.tail):
        out.attribute("Subject", name, "Arg1" if relation.subject == relation.head else "Arg2")
    elif relation.subject is not None:
        out.report.lose("subject role")
    # Where passages without text end a document, its text is shorter when it is read back.
    end = max((passage.end for passage in document.passages if passage.text), default=0)
    evidence = [span for span in relation.evidence if span.end <= end]
    out.report.lose("evidence span", len(relation.evidence) - len(evidence))
    if evidence:
        out.attribute("Evidence", name, ";".join(f"{span.start}-{span.end}" for span in evidence))
    out.infons(name, infons, reserved=(*_RELATION_FIELDS, _ROLES))


def _refuse(what: str, value: str, document_id: str) -> NoReturn:
    raise InputError(
        UNWRITABLE,
        at=Place(document=clipped(document_id)),
        what=what,
        value=clipped(value),
        format="brat",
    )
