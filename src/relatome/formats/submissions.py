"""Answers to shared tasks, in the tasks' own formats: relations alone, without the text.

==================  ==========================================================  =================
format              a line                                                      task
==================  ==========================================================  =================
drugprot-submission ``PMID⇥INHIBITOR⇥Arg1:T1⇥Arg2:T52``                         BioCreative VII 1
chemprot-submission ``PMID⇥CPR:4⇥Arg1:T1⇥Arg2:T52``                             BioCreative VI 5
bc5cdr-submission   ``PMID⇥CID⇥D003924⇥D009369``                                BioCreative V CID
ddi-submission      ``sentence|entity|entity|1|effect``, ``…|0|null`` if none   SemEval 2013 9.2
==================  ==========================================================  =================

The BioCreative VIII track on BioRED takes whole documents, in the formats ``pubtator`` and
``bioc-xml``. Reading an answer takes the annotated documents, which have the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import BinaryIO, NoReturn

from relatome.data.document import Document, Relation
from relatome.data.schema import Schema
from relatome.data.schemas import BC5CDR, CHEMPROT, DDI, DRUGPROT
from relatome.errors import (
    ANSWER_SCHEMA,
    SUBMISSION_LINE,
    UNWRITABLE,
    InputError,
    Place,
    UsageError,
)
from relatome.formats.report import Layout, WriteReport
from relatome.formats.source import clipped, decoded, lines, open_path, require_file, unpacked

_NOVELTY = {"Novel": True, "No": False}

# Each line shape, and how to say it. The second column of relation lines is no number: lines of
# mentions, which whole PubTator documents have, are not mistaken for them.
_ARGUMENTS = re.compile(r"([^\t|]+)\t([^\t]+)\tArg1:([^\t]+)\tArg2:([^\t]+)")
_RELATION = re.compile(
    r"([^\t|]+)\t(?!\d+\t)([^\t]+)\t(?!Arg1:)([^\t]+)\t(?!Subject:)([^\t]+)(?:\t(Novel|No))?"
)
_PAIR = re.compile(r"([^\t|]+)\|([^\t|]+)\|([^\t|]+)\|([01])\|([^\t|]*)")
_SHAPES = {
    "PMID⇥type⇥Arg1:T1⇥Arg2:T2": _ARGUMENTS,
    "ID⇥type⇥identifier⇥identifier[⇥Novel or No]": _RELATION,
    "sentence|entity|entity|0 or 1|type or null": _PAIR,
}


# ------------------------------------------------------------------------------------- reading


def is_submission(path: Path) -> bool:
    """Whether a file is an answer to a shared task, judged by its first line.

    Raises:
        UsageError: if there is no such file.
        InputError: if it cannot be read.
    """
    with _opened(path) as (head, _):
        first_line = head.lstrip().split(b"\n", 1)[0].rstrip(b"\r")
        return _shape(first_line.decode(errors="replace")) is not None


def read_submission(path: Path, gold: Iterable[Document]) -> list[Document]:
    """The annotated documents with the relations of an answer in place of their own.

    Every document of `gold` is returned, without relations where the answer has none for it, and
    then those that only the answer has, without text. Nothing else is verified: what an answer
    may name is the scoring rule's business.

    Args:
        path: the file, gzip or not; the format is recognized by its first line.
        gold: the annotated documents.

    Raises:
        UsageError: if there is no such file.
        InputError: at the first line that is not like the first.
    """
    documents = {document.id: document for document in gold}
    owners = {m.id: document.id for document in documents.values() for m in document.mentions}
    found: dict[str, list[Relation]] = {name: [] for name in documents}
    with _opened(path) as (_, content):
        shape = None
        for number, line in lines(content):
            if not line.strip():
                continue
            text = decoded(line, number)
            shape = shape or _shape(text) or next(iter(_SHAPES))
            match = _SHAPES[shape].fullmatch(text)
            if match is None:
                place = Place(line=number)
                raise InputError(SUBMISSION_LINE, at=place, line=clipped(text), shape=shape)
            if _SHAPES[shape] is _PAIR:
                sentence, head, tail, holds, label = match.groups()
                name = owners.get(head) or sentence.rpartition(".")[0] or sentence
                relations = found.setdefault(name, [])
                if holds == "1":
                    relations.append(Relation(head, tail, label))
            else:
                name, label, head, tail, *novelty = match.groups()
                novel = _NOVELTY[novelty[0]] if novelty and novelty[0] else None
                found.setdefault(name, []).append(Relation(head, tail, label, novel=novel))
    return [
        documents.get(name, Document(name, ())).with_relations(tuple(relations))
        for name, relations in found.items()
    ]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[bytes, BinaryIO]]:
    """The first bytes of a file and a stream of all of it; problems with it name the file."""
    require_file(path)
    try:
        with open_path(path) as stream:
            yield unpacked(stream)
    except InputError as error:
        raise error.located(Place(str(path))) from None


def _shape(line: str) -> str | None:
    return next((name for name, shape in _SHAPES.items() if shape.fullmatch(line)), None)


# ------------------------------------------------------------------------------------- writing


def _layout(format: str, write: Callable[[Document, str], Iterator[str]]) -> Layout:
    def document_lines(document: Document, report: WriteReport) -> bytes:
        report.lose("text of a document", 1)
        report.lose("mention offset", len(document.mentions))
        report.lose("relation score", sum(r.score is not None for r in document.relations))
        return "".join(line + "\n" for line in write(document, format)).encode()

    return Layout(document_lines)


def _argument_lines(schema: Schema) -> Callable[[Document, str], Iterator[str]]:
    """Lines that name the chemical first, whatever the order of the relation's arguments."""
    chemical = schema.pairs[0].head

    def write(document: Document, format: str) -> Iterator[str]:
        fields = _Fields(document.id, format)
        name = fields.require("document id", document.id)
        chemicals = {m.id for m in document.mentions if m.type.upper() == chemical}
        for relation in document.relations:
            first, second = relation.head, relation.tail
            if second in chemicals and first not in chemicals:
                first, second = second, first
            label = fields.label(relation.type, schema.labels)
            first, second = (fields.require("mention id", id) for id in (first, second))
            yield f"{name}\t{label}\tArg1:{first}\tArg2:{second}"

    return write


def _cid_lines(document: Document, format: str) -> Iterator[str]:
    fields = _Fields(document.id, format)
    name = fields.require("document id", document.id)
    for relation in document.relations:
        label = fields.label(relation.type, BC5CDR.labels)
        ends = [fields.require("identifier", id) for id in (relation.head, relation.tail)]
        yield "\t".join((name, label, *ends))


def _pair_lines(document: Document, format: str) -> Iterator[str]:
    """Every pair of mentions of each sentence; a mention's id begins with its sentence's."""
    fields = _Fields(document.id, format)
    labels: dict[frozenset[str], str] = {}
    for relation in document.relations:
        pair = frozenset((relation.head, relation.tail))
        labels[pair] = fields.label(relation.type, DDI.labels)
    sentences: dict[str, list[str]] = {}
    for mention in document.mentions:
        name = fields.require("mention id", mention.id, r"[^|\t\r\n]+\.[^|\t\r\n.]+")
        sentences.setdefault(name.rpartition(".")[0], []).append(name)
    for sentence, mentions in sentences.items():
        for head, tail in combinations(mentions, 2):
            label = labels.pop(frozenset((head, tail)), None)
            yield f"{sentence}|{head}|{tail}|{int(label is not None)}|{label or 'null'}"
    for pair in labels:
        fields.refuse("pair outside a sentence", " and ".join(sorted(pair)))


class _Fields:
    """The columns of a line; what a format cannot hold in one is refused."""

    def __init__(self, document_id: str, format: str) -> None:
        self._place = Place(document=clipped(document_id))
        self._format = format

    def refuse(self, what: str, value: str) -> NoReturn:
        raise InputError(
            UNWRITABLE, at=self._place, what=what, value=clipped(value), format=self._format
        )

    def require(self, what: str, value: str, shape: str = r"[^|\t\r\n]+") -> str:
        if not re.fullmatch(shape, value):
            self.refuse(what, value)
        return value

    def label(self, label: str, known: Iterable[str]) -> str:
        if label not in known:
            self.refuse("relation type", label)
        return label


_TASKS = {
    "drugprot-submission": (DRUGPROT, _argument_lines(DRUGPROT)),
    "chemprot-submission": (CHEMPROT, _argument_lines(CHEMPROT)),
    "bc5cdr-submission": (BC5CDR, _cid_lines),
    "ddi-submission": (DDI, _pair_lines),
}
LAYOUTS = {name: _layout(name, write) for name, (_, write) in _TASKS.items()}


def require_task(format: str, schema: Schema) -> None:
    """Make sure that an answer can hold whatever is predicted by a schema.

    Args:
        format: of the answer, a name from `LAYOUTS`.
        schema: of the predictions.

    Raises:
        UsageError: if it cannot, naming what there is no line for.
    """
    task, _ = _TASKS[format]
    what = ""
    if foreign := [label for label in schema.asserting if label not in task.labels]:
        what = f"relation type {foreign[0]}"
    elif schema.unit != task.unit:
        what = f"relations between {schema.unit}s, where it takes {task.unit}s"
    if what:
        raise UsageError(
            ANSWER_SCHEMA, format=format, schema=schema.name, what=what, task=task.name
        )
