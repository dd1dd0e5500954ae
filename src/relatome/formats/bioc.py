"""BioC's documents, whatever their syntax: the one mapping that XML and JSON share.

Dialects, read at the corpora and services themselves:

=========  ==========================  ================================================
dialect    mention identifiers         relation
=========  ==========================  ================================================
BioRED     ``identifier``              ``entity1``, ``entity2``, ``type``, ``novel``
PubTator3  ``identifier``              ``role1``, ``role2`` (objects), ``type``, ``score``
BC5CDR     ``MESH``                    ``Chemical``, ``Disease``, ``relation``
=========  ==========================  ================================================

A relation without any of these whose two nodes refer to annotations with one identifier each is
understood too. Where the schema relates mentions, the two nodes are the arguments, and every
annotation is an entity of its own.

relatome writes BioRED's dialect, with ``score``, ``novel_score``, ``subject`` and ``evidence``
(``start-end`` in characters, joined by ``;``) where a relation has them, and ``fine_type`` where a
mention has one. Infons nobody knows are kept; values that are not strings (PubTator3) are kept as
their JSON text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from relatome.data.document import Document, Mention, Passage, Relation, Span
from relatome.errors import BIOC_INVALID, DOCUMENT_TOO_LONG, InputError, Place
from relatome.formats.identifiers import (
    describes_variant,
    holds_identifiers,
    identifier_field,
    parse_argument,
    parse_identifiers,
)
from relatome.formats.records import Names, Record
from relatome.formats.report import READS_BACK_DIFFERENTLY, WriteReport
from relatome.formats.source import MAX_DOCUMENT_BYTES, clipped


class Location(msgspec.Struct):
    """A piece of an annotation: offset and length in characters."""

    offset: int
    length: int


class Annotation(msgspec.Struct):
    """An annotated stretch of text. `line` is where it stands, in XML."""

    text: str
    locations: list[Location]
    id: str | int = ""
    infons: dict[str, Any] = {}
    line: int | msgspec.UnsetType = msgspec.UNSET


class Node(msgspec.Struct):
    """A reference from a relation to an annotation."""

    refid: str | int
    role: str | int = ""


class RelationNode(msgspec.Struct):
    """A relation: what it is stands in its infons."""

    id: str | int = ""
    infons: dict[str, Any] = {}
    nodes: list[Node] = []
    line: int | msgspec.UnsetType = msgspec.UNSET


class Sentence(msgspec.Struct):
    """A sentence of a passage that is given sentence by sentence."""

    offset: int
    text: str = ""
    infons: dict[str, Any] = {}
    annotations: list[Annotation] = []
    relations: list[RelationNode] = []


class PassageNode(msgspec.Struct):
    """A passage; without a text of its own it is the text of its sentences."""

    offset: int
    infons: dict[str, Any] = {}
    text: str | None = None
    sentences: list[Sentence] = []
    annotations: list[Annotation] = []
    relations: list[RelationNode] = []


class DocumentNode(msgspec.Struct):
    """A document as BioC has it."""

    id: str | int
    passages: list[PassageNode]
    infons: dict[str, Any] = {}
    annotations: list[Annotation] = []
    relations: list[RelationNode] = []


_KIND_OF_TYPE = {"front": "title"}  # PMC's name of the title passage
_KIND_BY_POSITION = ("title", "abstract")
_IDENTIFIER_KEYS = ("identifier", "MESH")
_ARGUMENT_KEYS = (("entity1", "entity2"), ("role1", "role2"), ("Chemical", "Disease"))
_TYPE_KEYS = ("type", "relation")
_POSITIONAL_ID = re.compile(r"R\d+")
_SPAN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

# What the reader takes out of infons for fields of its own: other infons of the same name cannot
# be written beside them.
_MENTION_KEYS = frozenset(("type", "identifier", "fine_type"))
_RELATION_KEYS = frozenset(
    ("id", "type", "entity1", "entity2", "novel", "score", "novel_score", "subject", "evidence")
)


# ------------------------------------------------------------------------------------- reading


def record_of(node: DocumentNode, names: Names, line: int | None = None) -> Record:
    """The document that a BioC document describes.

    Raises:
        InputError: naming the document, and the annotation or relation that is not understood.
    """
    document_id = str(node.id)
    if not document_id:
        raise _invalid("the document has no id", Place(line=line))
    place = Place(line=line, document=clipped(document_id))
    annotations = list(node.annotations)
    relation_nodes = list(node.relations)
    passages: list[Passage] = []
    for index, passage in enumerate(node.passages):
        passages.append(_passage(passage, index, len(node.passages), place))
        annotations.extend(passage.annotations)
        relation_nodes.extend(passage.relations)
        for sentence in passage.sentences:
            annotations.extend(sentence.annotations)
            relation_nodes.extend(sentence.relations)
    by_id = {str(annotation.id): annotation for annotation in annotations}
    relations = tuple(_relation(r, by_id, names, _at(r.line, place)) for r in relation_nodes)
    arguments = {argument for r in relations for argument in (r.head, r.tail)}
    ids = _mention_ids(annotations)
    mentions = tuple(
        _mention(a, mention_id, arguments, names, _at(a.line, place))
        for a, mention_id in zip(annotations, ids, strict=True)
    )
    infons = _strings(node.infons)
    return Record(
        Document(document_id, tuple(passages), mentions, relations, infons),
        line,
        [a.line for a in annotations if a.line],
        [r.line for r in relation_nodes if r.line],
    )


def _passage(node: PassageNode, index: int, count: int, place: Place) -> Passage:
    infons = _strings(node.infons)
    spelled = infons.get("type")
    if spelled is not None:
        kind = _KIND_OF_TYPE.get(spelled, spelled)
        if kind == spelled:
            del infons["type"]
    elif count <= len(_KIND_BY_POSITION):
        kind = _KIND_BY_POSITION[index]
    else:
        kind = "text"
    text = node.text
    if text is None:
        text = _sentences_text(node, place)
        for number, sentence in enumerate(node.sentences):
            for key, value in _strings(sentence.infons).items():
                infons[f"sentence{number}.{key}"] = value
    return Passage(kind, node.offset, text, infons)


def _sentences_text(node: PassageNode, place: Place) -> str:
    pieces: list[str] = []
    end = node.offset
    for sentence in node.sentences:
        gap = sentence.offset - end
        if gap < 0:
            raise _invalid(f"the sentence at offset {sentence.offset} begins too early", place)
        if gap > MAX_DOCUMENT_BYTES:
            raise InputError(DOCUMENT_TOO_LONG, at=place, limit=f"{MAX_DOCUMENT_BYTES} characters")
        pieces += (" " * gap, sentence.text)
        end = sentence.offset + len(sentence.text)
    return "".join(pieces)


def _mention_ids(annotations: Sequence[Annotation]) -> Iterator[str]:
    """The annotations' own ids; `M0`, `M1`, … by position where one has none."""
    taken = {str(annotation.id) for annotation in annotations}
    for index, annotation in enumerate(annotations):
        mention_id = str(annotation.id)
        if not mention_id:
            mention_id = f"M{index}"
            while mention_id in taken:
                mention_id += "'"
        yield mention_id


def _mention(
    node: Annotation, mention_id: str, arguments: set[str], names: Names, place: Place
) -> Mention:
    infons = _strings(node.infons)
    spelled = infons.pop("type", "")
    if not spelled:
        raise _invalid(f"annotation {mention_id!r} has no type", place)
    if not node.locations:
        raise _invalid(f"annotation {mention_id!r} has no location", place)
    fine_type = infons.pop("fine_type", "")
    raw = ""
    for key in _IDENTIFIER_KEYS:
        if key in infons:
            raw = infons.pop(key)
            break
    ids = parse_identifiers(raw, arguments)
    if describes_variant(raw):
        infons["identifier"] = raw
    if names.by_mention:
        if ids != (mention_id,) and raw:
            infons["identifier"] = raw
        ids = (mention_id,)
    spans = tuple(Span(piece.offset, piece.offset + piece.length) for piece in node.locations)
    return Mention(
        mention_id,
        min(span.start for span in spans),
        max(span.end for span in spans),
        node.text,
        names.type(spelled, place),
        ids,
        spans if len(spans) > 1 else (),
        infons,
        fine_type,
    )


def _relation(
    node: RelationNode, annotations: Mapping[str, Annotation], names: Names, place: Place
) -> Relation:
    values = dict(node.infons)
    name = f"relation {node.id!r}"
    label = next((values.pop(key) for key in _TYPE_KEYS if isinstance(values.get(key), str)), "")
    if not label:
        raise _invalid(f"{name} has no type", place)
    head, tail = _arguments(node, values, annotations, name, names, place)
    novel = values.pop("novel", None)
    if not (novel is None or novel == "Novel" or novel == "No"):
        raise _invalid(f"{name}: novel is {clipped(str(novel))!r}, not Novel or No", place)
    score = _probability(values.pop("score", None), name, place)
    novel_score = _probability(values.pop("novel_score", None), name, place)
    subject = values.pop("subject", None)
    evidence = _spans(values.pop("evidence", ""), name, place)
    infons = _strings(values)
    if str(node.id) and not _POSITIONAL_ID.fullmatch(str(node.id)):
        infons["id"] = str(node.id)
    return Relation(
        head,
        tail,
        names.label(label, place),
        score,
        None if novel is None else novel == "Novel",
        novel_score,
        None if subject is None else parse_argument(str(subject)),
        evidence,
        infons,
    )


def _arguments(
    node: RelationNode,
    values: dict[str, Any],
    annotations: Mapping[str, Annotation],
    name: str,
    names: Names,
    place: Place,
) -> tuple[str, str]:
    """The two entity ids; what they were read from is taken out of `values`."""
    for keys in _ARGUMENT_KEYS:
        if not all(key in values for key in keys):
            continue
        found = []
        for key in keys:
            if isinstance(values[key], dict):
                # PubTator3 says more of the entity (name, database): that stays an infon.
                found.append(values[key].get("identifier"))
            else:
                found.append(values.pop(key))
        if not all(isinstance(argument, str) and argument for argument in found):
            raise _invalid(f"{name}: {' and '.join(keys)} do not name two entities", place)
        if node.nodes:
            values["nodes"] = msgspec.json.encode(node.nodes).decode()
        return parse_argument(found[0]), parse_argument(found[1])
    if len(node.nodes) == 2 and names.by_mention:
        return str(node.nodes[0].refid), str(node.nodes[1].refid)
    if len(node.nodes) == 2:
        ids = [_only_identifier(annotations.get(str(n.refid))) for n in node.nodes]
        if all(ids):
            return ids[0], ids[1]
    raise _invalid(f"{name} does not name two entities", place)


def _only_identifier(annotation: Annotation | None) -> str:
    if annotation is None:
        return ""
    raw = next((annotation.infons[key] for key in _IDENTIFIER_KEYS if key in annotation.infons), "")
    ids = parse_identifiers(str(raw))
    return ids[0] if len(ids) == 1 else ""


def _probability(value: object, name: str, place: Place) -> float | None:
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _invalid(f"{name}: {clipped(str(value))!r} is not a score", place)
    return number


def _spans(value: object, name: str, place: Place) -> tuple[Span, ...]:
    spans = []
    for piece in str(value).split(";") if value else ():
        match = _SPAN.fullmatch(piece)
        if match is None:
            raise _invalid(f"{name}: evidence {clipped(piece)!r} is not start-end", place)
        spans.append(Span(int(match[1]), int(match[2])))
    return tuple(spans)


def _strings(values: Mapping[str, Any]) -> dict[str, str]:
    """Infons as strings; a value that says nothing (null) is no infon."""
    return {
        key: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for key, value in values.items()
        if value is not None
    }


def _at(line: int | msgspec.UnsetType, place: Place) -> Place:
    return Place(line=line, document=place.document) if line else place


def _invalid(reason: str, place: Place) -> InputError:
    return InputError(BIOC_INVALID, at=place, reason=reason)


# ------------------------------------------------------------------------------------- writing


def node_of(document: Document, report: WriteReport) -> DocumentNode:
    """The BioC document for one of ours; annotations stand in the passage they begin in."""
    arguments = {argument for r in document.relations for argument in (r.head, r.tail)}
    passages = [
        PassageNode(p.offset, _passage_infons(p, i, document, report), p.text)
        for i, p in enumerate(document.passages)
    ]
    node = DocumentNode(document.id, passages, dict(document.infons))
    for index, mention in enumerate(document.mentions):
        report.lose("mention id", not mention.id)
        report.lose(
            READS_BACK_DIFFERENTLY,
            not holds_identifiers(mention, arguments),
        )
        home = _home(mention, passages)
        (node.annotations if home is None else home.annotations).append(
            _annotation(mention, index, report)
        )
    node.relations = [_relation_node(r, i, report) for i, r in enumerate(document.relations)]
    return node


def _home(mention: Mention, passages: Iterable[PassageNode]) -> PassageNode | None:
    """The passage a mention begins in; a mention that begins in a gap belongs to the document."""
    for passage in passages:
        if passage.offset <= mention.start < passage.offset + len(passage.text or ""):
            return passage
    return None


def _passage_infons(
    passage: Passage, index: int, document: Document, report: WriteReport
) -> dict[str, str]:
    infons = dict(passage.infons)
    spelled = infons.get("type")
    if spelled is None or _KIND_OF_TYPE.get(spelled) != passage.kind:
        report.lose("infon named like a field of BioC", spelled is not None)
        report.lose("passage kind", passage.kind in _KIND_OF_TYPE)
        infons["type"] = passage.kind
    return infons


def _annotation(mention: Mention, index: int, report: WriteReport) -> Annotation:
    infons = _without(mention.infons, _MENTION_KEYS)
    written = identifier_field(mention)
    kept = len(infons) + (mention.infons.get("identifier") == written)
    report.lose("infon named like a field of BioC", len(mention.infons) - kept)
    infons["identifier"] = written
    infons["type"] = mention.type
    if mention.fine_type:
        infons["fine_type"] = mention.fine_type
    spans = mention.fragments or (mention.span,)
    return Annotation(
        mention.text,
        [Location(span.start, span.end - span.start) for span in spans],
        mention.id or f"M{index}",
        infons,
    )


def _relation_node(relation: Relation, index: int, report: WriteReport) -> RelationNode:
    infons = _without(relation.infons, _RELATION_KEYS)
    relation_id = relation.infons.get("id", "")
    if not relation_id or _POSITIONAL_ID.fullmatch(relation_id):
        relation_id = ""
    report.lose(
        "infon named like a field of BioC",
        len(relation.infons) - len(infons) - bool(relation_id),
    )
    for argument in (relation.head, relation.tail, relation.subject or ""):
        report.lose(READS_BACK_DIFFERENTLY, parse_argument(argument) != argument)
    infons["entity1"] = relation.head
    infons["entity2"] = relation.tail
    infons["type"] = relation.type
    if relation.novel is not None:
        infons["novel"] = "Novel" if relation.novel else "No"
    if relation.score is not None:
        infons["score"] = repr(relation.score)
    if relation.novel_score is not None:
        infons["novel_score"] = repr(relation.novel_score)
    if relation.subject is not None:
        infons["subject"] = relation.subject
    if relation.evidence:
        infons["evidence"] = ";".join(f"{s.start}-{s.end}" for s in relation.evidence)
    return RelationNode(relation_id or f"R{index}", infons)


def _without(infons: Mapping[str, str], reserved: frozenset[str]) -> dict[str, str]:
    return {key: value for key, value in infons.items() if key not in reserved}
