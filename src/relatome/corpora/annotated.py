"""Annotated text that is no corpus of ours: a file of documents or sentences with mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from relatome import formats
from relatome.data import Document, Mention
from relatome.formats.iob import read_iob

# Sentences on their own are strung together to texts of about this many, as they stand in a
# document.
_SENTENCES = 8


class Annotated(NamedTuple):
    """What a file came to: its documents, and in words what could not be used of it."""

    documents: list[Document]
    unusable: str


def read_annotated(path: Path) -> Annotated:
    """Read a file of any format relatome reads, or of sentences in IOB (``*.iob``, ``*.iob.gz``).

    Types are kept as written. A document that cannot be used is left out and told.

    Raises:
        UsageError: if there is no such file.
        InputError: if none of it can be read.
    """
    if ".iob" in path.suffixes:
        return Annotated(list(_strung(read_iob(path))), "")
    problems = formats.Problems()
    documents = list(formats.read(path, on_error=problems))
    return Annotated(documents, problems.summary() if problems.count else "")


def _strung(sentences: Iterable[Document]) -> Iterator[Document]:
    """Sentences strung together."""
    stream = iter(sentences)
    while group := list(islice(stream, _SENTENCES)):
        text = ""
        mentions: list[Mention] = []
        for sentence in group:
            text += " " * bool(text)
            for mention in sentence.mentions:
                start, end = mention.start + len(text), mention.end + len(text)
                id = f"T{len(mentions) + 1}"
                mentions.append(msgspec.structs.replace(mention, id=id, start=start, end=end))
            text += sentence.text
        passage = msgspec.structs.replace(group[0].passages[0], text=text)
        yield msgspec.structs.replace(
            group[0], passages=(passage,), mentions=tuple(mentions), infons={}
        )
