"""Which format a file is in, judged by its first bytes; and which one a file name asks for."""

from __future__ import annotations

import codecs
import json
import os
import re
from pathlib import PurePath
from typing import Any

from relatome.data.abstracts import TEXTS
from relatome.formats.pubmed_xml import COLLECTIONS, RECORDS

_XML_BIOC = re.compile(rb"<(?:collection|document)[\s>/]")
_XML_DDI = re.compile(rb"<document\s+id\s*=")  # BioC has the id in an element
_XML_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_PUBTATOR = re.compile(rb"[^|\t\r\n]+\|t\|")
_BIOREX = re.compile(rb"(?:[^\t\n]*\t){5}(?:True|False)\t[0-9]+\tWhat is \[")
_BAR_LINE = re.compile(rb"[^|\t\r\n]+\|[a-zA-Z]\|")
_OWN_PASSAGE = re.compile(rb'"passages"\s*:\s*\[\s*\{\s*"kind"\s*:')
_COLLECTION = re.compile(rb'"(?:documents|PubTator3|passages)"\s*:\s*\[')
_ABSTRACT = re.compile(rb'"(?:%s)"\s*:\s*"' % b"|".join(name.encode() for name in TEXTS))
_TEXT_SUFFIXES = ("", ".txt", ".text")

# The marks of UTF-32 first: one of them begins like that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_ZIP = b"PK\x03\x04"
_NO_TEXT = {
    b"%PDF-": "a PDF file",
    _ZIP: "a zip archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a document of an older Word or Excel",
    b"{\\rtf": "a document in RTF",
}
_WORD = b"word/"  # the folder within the archive that a .docx is

_FORMAT_BY_ENDING = {
    ".pubtator": "pubtator",
    ".pubtator.txt": "pubtator",
    ".txt": "text",
    ".text": "text",
    ".xml": "bioc-xml",
    ".json": "bioc-json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".tsv": "tsv",
}
ENDINGS = (".pubtator", ".txt", ".xml", ".json", ".jsonl", ".tsv", "/")


def detect(head: bytes, name: str = "") -> str | None:
    """The format of a file, or None if its content is none that relatome reads.

    Plain text is recognized only by elimination, and only where the name does not claim another
    format, so that a broken file of annotations is never mistaken for prose.

    Args:
        head: the first bytes, unpacked, without byte order mark.
        name: the file's name, or ``-`` for standard input.
    """
    start = head.lstrip()
    if not start:
        return None
    if start.startswith(b"<"):
        return _xml_format(start)
    if start.startswith(b"{"):
        return _json_format(start, name)
    if start.startswith(b"["):
        return "bioc-json" if _COLLECTION.search(start) else None
    if _PUBTATOR.match(start):
        return "pubtator"
    if _BIOREX.match(start):
        return "biorex"
    return "text" if _is_prose(start, name) else None


def encoding_of(head: bytes) -> str | None:
    """The encoding that a byte order mark names, other than UTF-8; None if there is none."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def no_text(head: bytes) -> str | None:
    """What a file is that people take for text, such as a PDF file; None if it is none of these."""
    start = head.lstrip()
    if start.startswith(_ZIP) and _WORD in start:
        return "a Word document (.docx)"
    return next((what for magic, what in _NO_TEXT.items() if start.startswith(magic)), None)


def format_of_name(name: str) -> str | None:
    """The format that a file name asks for by its ending, ``.gz`` aside; BRAT for a folder."""
    if name.endswith(("/", os.sep)):
        return "brat"
    lowered = PurePath(name).name.lower().removesuffix(".gz")
    for ending in sorted(_FORMAT_BY_ENDING, key=len, reverse=True):
        if lowered.endswith(ending):
            return _FORMAT_BY_ENDING[ending]
    return None


def _xml_format(start: bytes) -> str | None:
    root = _XML_ROOT.search(start)
    if root is None:
        return None
    if root[1].decode(errors="replace") in (*COLLECTIONS, *RECORDS):
        return "pubmed-xml"
    if root[1] == b"corpus":
        return "ddi-xml" if b"<pair " in start else "ppi-xml"
    if _XML_DDI.match(start, root.start()):
        return "ddi-xml"
    return "bioc-xml" if _XML_BIOC.match(start, root.start()) else None


def _json_format(start: bytes, name: str) -> str | None:
    """One of our documents says what kind its passages are; BioC leaves that to infons."""
    first_line = start.split(b"\n", 1)[0]
    try:
        value = json.loads(first_line)
        if not _COLLECTION.search(first_line):
            return _lines_format(value, name)
        passages = value["passages"] or [{"kind": ""}]
        return "jsonl" if "kind" in passages[0] else "bioc-json"
    except (ValueError, RecursionError, LookupError, TypeError):
        pass  # not a whole object on one line: look at what there is of it
    if _OWN_PASSAGE.search(first_line):
        return "jsonl"
    if _COLLECTION.search(start):
        return "bioc-json"
    return "jsonl" if _ABSTRACT.search(first_line) else None


def _lines_format(value: dict[str, Any], name: str) -> str | None:
    """Whether an object on a line is an abstract, or is claimed to be a document by the name.

    The reader of JSON Lines can then say what it lacks.
    """
    return "jsonl" if set(TEXTS) & value.keys() or format_of_name(name) == "jsonl" else None


def _is_prose(start: bytes, name: str) -> bool:
    suffix = PurePath(name.lower().removesuffix(".gz")).suffix if name != "-" else ""
    first_line = start.split(b"\n", 1)[0]
    return (
        suffix in _TEXT_SUFFIXES
        and b"\0" not in start
        and b"\t" not in first_line
        and not _BAR_LINE.match(first_line)
    )
