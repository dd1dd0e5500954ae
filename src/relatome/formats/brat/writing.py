"""Documents as BRAT folders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NoReturn

import msgspec

from relatome.data.document import Document, Passage, Relation
from relatome.errors import UNWRITABLE, InputError, Place
from relatome.formats.brat.names import (
    ANNOTATIONS,
    ARGUMENTS,
    BREAKS,
    FINE_TYPE,
    NOTE_INFON,
    NOTES,
    OWN_RESOURCE,
    RELATION_FIELDS,
    ROLES,
    TEXT,
    file_of,
)
from relatome.formats.brat.text import passages
from relatome.formats.records import OnError, report_problem
from relatome.formats.report import READS_BACK_DIFFERENTLY, WriteReport, lose_document_extras
from relatome.formats.source import clipped
from relatome.formats.target import new_folder

_LINE_ENDS = re.compile(r"[\r\n]")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_UNSAFE = re.compile(r"[\\:\0-\x1f]")


def write(documents: Iterable[Document], folder: Path, on_error: OnError | None) -> WriteReport:
    """Write documents into a new folder, two files each; all of it or nothing.

    Raises:
        UsageError: if the folder has something in it.
        InputError: if a document cannot be written, unless `on_error` is given.
        WorkError: if the folder cannot be written.
    """
    report = WriteReport("brat")
    with new_folder(folder) as temporary:
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
            file_of(stem, TEXT).write_bytes(text.encode())
            file_of(stem, ANNOTATIONS).write_bytes(annotations.encode())
            report.add(document, losses)
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
    if file_of(stem, TEXT).exists():
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
        out.lines.append(f"{entity}\t{kind} {where}\t{BREAKS.sub(' ', mention.text)}")
        if not by_mention:
            for identifier in mention.entity_ids:
                out.identifier(entity, identifier, mention.text)
        if mention.fine_type:
            out.attribute(FINE_TYPE, entity, mention.fine_type)
        out.infons(entity, mention.infons, reserved=(FINE_TYPE,))
    for index, relation in enumerate(document.relations):
        _write_relation(relation, f"R{index + 1}", document, ids, out)
    return text, "".join(line + "\n" for line in out.lines)


def _text_of(document: Document, report: WriteReport) -> str:
    """The text, a line break for every character between passages, and one at the end."""
    written = [Passage(p.kind, p.offset, _LINE_ENDS.sub(" ", p.text)) for p in document.passages]
    breaks = sum(len(_LINE_ENDS.findall(p.text)) for p in document.passages)
    report.lose("line break in a passage", breaks)
    pieces: list[str] = []
    end = 0
    for passage in written:
        pieces += ("\n" * (passage.offset - end), passage.text)
        end = passage.end
    text = "".join((*pieces, "\n"))
    back = {(p.offset, p.text): p.kind for p in passages(text)}
    report.lose("passage boundary", sum((p.offset, p.text) not in back for p in document.passages))
    report.lose(
        "passage kind",
        sum(back.get((p.offset, p.text), p.kind) != p.kind for p in written),
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
        if ":" not in own or own.startswith(OWN_RESOURCE):
            own = OWN_RESOURCE + own
        self._add("N", f"Reference {entity} {own}\t{BREAKS.sub(' ', name)}")

    def attribute(self, name: str, target: str, value: str) -> None:
        if re.fullmatch(r"\S+", value):
            self._add("A", f"{name} {target} {value}")
        elif not value:
            self._add("A", f"{name} {target}")
        else:
            self.note(name, target, value)

    def note(self, name: str, target: str, value: str) -> None:
        self.report.lose("tab or line break", len(BREAKS.findall(value)))
        self._add("#", f"{name} {target}\t{BREAKS.sub(' ', value)}")

    def infons(self, target: str, infons: dict[str, str], reserved: Sequence[str]) -> None:
        for key, value in infons.items():
            if key == NOTE_INFON:
                self.note(NOTES, target, value)
            elif key not in reserved and key != NOTES and _NAME.fullmatch(key):
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
    roles = tuple(infons.pop(ROLES, "").split(" "))
    if not (len(roles) == 2 and all(re.fullmatch(r"\w+", role) for role in roles)):
        roles = ARGUMENTS
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
    out.infons(name, infons, reserved=(*RELATION_FIELDS, ROLES))


def _refuse(what: str, value: str, document_id: str) -> NoReturn:
    raise InputError(
        UNWRITABLE,
        at=Place(document=clipped(document_id)),
        what=what,
        value=clipped(value),
        format="brat",
    )
