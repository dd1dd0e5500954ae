"""Documents of an XML file one after the other; no DTD is loaded, no entity ever expanded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import lxml.etree

from relatome.errors import (
    FILE_TRUNCATED,
    NOT_UTF8,
    XML_ENTITY,
    XML_INVALID,
    InputError,
    Place,
)
from relatome.formats.source import HEAD_BYTES, MAX_DOCUMENT_BYTES, clipped, too_long

etree: Any = lxml.etree  # compiled: it carries no types of its own
Element = Any


def elements(
    stream: BinaryIO,
    collections: tuple[str, ...],
    documents: tuple[str, ...],
    invalid: Callable[[str, Element], InputError],
) -> Iterator[Element]:
    """Every element of a document, freed once the next is asked for.

    Args:
        stream: the bytes of the file.
        collections: the tags a root may have, whose children are documents and other elements.
        documents: the tags of a document; a file may also have one as its root.
        invalid: the error for a file of another root, from the reason and the element.

    Raises:
        InputError: where the XML itself is broken; nothing after that place can be read.
    """
    roots = (*collections, *documents)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=roots,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    begun = False
    since_last = 0
    while content := stream.read(HEAD_BYTES):
        since_last += len(content)
        broken = _feed(parser, content)
        for event, element in parser.read_events():
            if not begun:
                _check_root(element.getroottree().getroot(), roots, invalid)
                begun = True
            if event == "end" and element.tag in documents and _at_top(element, collections):
                yield element
                _forget(element)
                since_last = 0
        if broken is not None:
            raise broken
        if since_last > MAX_DOCUMENT_BYTES:
            raise too_long()
    try:
        root = parser.close()
    except etree.XMLSyntaxError as error:
        at = Place(line=error.lineno or None)
        raise InputError(FILE_TRUNCATED, at=at, reason="its XML is cut") from None
    if not begun:
        _check_root(root, roots, invalid)


def _at_top(element: Element, collections: tuple[str, ...]) -> bool:
    """Whether the element is the root or in it; a PubMed record holds another of its tags."""
    parent = element.getparent()
    return parent is None or parent.tag in collections


def _feed(parser: Any, content: bytes) -> InputError | None:
    """The error, if `content` breaks the XML; what came before it can still be read."""
    try:
        parser.feed(content)
    except etree.XMLSyntaxError as error:
        place = Place(line=error.lineno)
        reason = (error.msg or "").rsplit(", line ", 1)[0].strip()
        if error.code == etree.ErrorTypes.ERR_INVALID_ENCODING:
            return InputError(NOT_UTF8, at=place, what="a character of this line")
        return InputError(XML_INVALID, at=place, reason=reason)
    return None


def _check_root(
    root: Element, roots: tuple[str, ...], invalid: Callable[[str, Element], InputError]
) -> None:
    if root.tag not in roots:
        raise invalid(f"its root is <{clipped(str(root.tag))}>", root)
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None:
        for entity in dtd.entities():
            raise InputError(XML_ENTITY, name=clipped(str(entity.name)))


def _forget(element: Element) -> None:
    """Free a document that has been read, and what stood before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
