"""BioC XML, read document by document; no DTD is loaded and no entity is ever expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from relatome.data.document import Document
from relatome.errors import BIOC_INVALID, XML_ENTITY, InputError, Place
from relatome.formats import bioc
from relatome.formats.records import Names, Record
from relatome.formats.report import Layout, WriteReport
from relatome.formats.source import clipped
from relatome.formats.xml_stream import Element, elements, etree

_NUMBER = re.compile(r"\s*(-?[0-9]{1,18})\s*")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read the documents of a BioC XML file one after the other.

    Raises:
        InputError: where the XML itself is broken; nothing after that place can be read.
    """
    for element in elements(stream, ("collection",), ("document",), _invalid):
        try:
            record = bioc.record_of(_document(element), names, element.sourceline)
        except InputError as error:
            record = Record(error, element.sourceline)
        yield record


# ------------------------------------------------------------------------------------- elements


def _document(element: Element) -> bioc.DocumentNode:
    return bioc.DocumentNode(
        _child_text(element, "id"),
        [_passage(child) for child in element.iterchildren("passage")],
        _infons(element),
        _annotations(element),
        _relations(element),
    )


def _passage(element: Element) -> bioc.PassageNode:
    text = element.find("text")
    return bioc.PassageNode(
        _offset(element),
        _infons(element),
        None if text is None else _text(text),
        [_sentence(child) for child in element.iterchildren("sentence")],
        _annotations(element),
        _relations(element),
    )


def _sentence(element: Element) -> bioc.Sentence:
    return bioc.Sentence(
        _offset(element),
        _child_text(element, "text"),
        _infons(element),
        _annotations(element),
        _relations(element),
    )


def _annotations(element: Element) -> list[bioc.Annotation]:
    return [
        bioc.Annotation(
            _child_text(child, "text"),
            [
                bioc.Location(_number(place, "offset"), _number(place, "length"))
                for place in child.iterchildren("location")
            ],
            child.get("id", ""),
            _infons(child),
            child.sourceline,
        )
        for child in element.iterchildren("annotation")
    ]


def _relations(element: Element) -> list[bioc.RelationNode]:
    return [
        bioc.RelationNode(
            child.get("id", ""),
            _infons(child),
            [
                bioc.Node(node.get("refid", ""), node.get("role", ""))
                for node in child.iterchildren("node")
            ],
            child.sourceline,
        )
        for child in element.iterchildren("relation")
    ]


def _infons(element: Element) -> dict[str, str]:
    return {child.get("key", ""): _text(child) for child in element.iterchildren("infon")}


def _offset(element: Element) -> int:
    child = element.find("offset")
    if child is None:
        raise _invalid(f"a {element.tag} has no offset", element)
    return _integer(_text(child), element)


def _number(element: Element, attribute: str) -> int:
    return _integer(element.get(attribute, ""), element)


def _integer(text: str, element: Element) -> int:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _invalid(f"{clipped(text)!r} in a {element.tag} is not a number", element)
    return int(match[1])


def _child_text(element: Element, tag: str) -> str:
    child = element.find(tag)
    if child is None:
        raise _invalid(f"a {element.tag} has no {tag}", element)
    return _text(child)


def _text(element: Element) -> str:
    for child in element:
        if isinstance(child, etree._Entity):
            raise InputError(XML_ENTITY, at=Place(line=child.sourceline), name=child.name)
        raise _invalid(f"<{child.tag}> stands inside <{element.tag}>", child)
    return element.text or ""


def _invalid(reason: str, element: Element) -> InputError:
    return InputError(BIOC_INVALID, at=Place(line=element.sourceline), reason=reason)


# ------------------------------------------------------------------------------------- writing


class _Characters:
    """Text as XML can hold it: what XML forbids (most control characters) becomes U+FFFD."""

    def __init__(self, report: WriteReport) -> None:
        self._report = report

    def __call__(self, text: str) -> str:
        kept, count = _NOT_XML.subn("\ufffd", text)
        self._report.lose("character that XML forbids", count)
        return kept


def _write(document: Document, report: WriteReport) -> bytes:
    node = bioc.node_of(document, report)
    characters = _Characters(report)
    root = etree.Element("document")
    _add(root, "id", characters(str(node.id)))
    _add_infons(root, node.infons, characters)
    for passage in node.passages:
        element = etree.SubElement(root, "passage")
        _add_infons(element, passage.infons, characters)
        _add(element, "offset", str(passage.offset))
        _add(element, "text", characters(passage.text or ""))
        _add_annotations(element, passage.annotations, characters)
    _add_annotations(root, node.annotations, characters)
    for relation in node.relations:
        element = etree.SubElement(root, "relation", id=characters(str(relation.id)))
        _add_infons(element, relation.infons, characters)
    return bytes(etree.tostring(root, encoding="UTF-8"))


def _add(parent: Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text


def _add_infons(parent: Element, infons: dict[str, str], characters: _Characters) -> None:
    for key, value in infons.items():
        etree.SubElement(parent, "infon", key=characters(key)).text = characters(value)


def _add_annotations(
    parent: Element, annotations: list[bioc.Annotation], characters: _Characters
) -> None:
    for annotation in annotations:
        element = etree.SubElement(parent, "annotation", id=characters(str(annotation.id)))
        _add_infons(element, annotation.infons, characters)
        for location in annotation.locations:
            etree.SubElement(
                element, "location", offset=str(location.offset), length=str(location.length)
            )
        _add(element, "text", characters(annotation.text))


LAYOUT = Layout(
    _write,
    start=b"<?xml version='1.0' encoding='UTF-8'?>\n"
    b'<!DOCTYPE collection SYSTEM "BioC.dtd">\n'
    b"<collection><source>relatome</source><date></date><key>relatome.key</key>\n",
    separator=b"\n",
    end=b"\n</collection>\n",
)
