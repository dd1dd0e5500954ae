"""Folds of sentences in which one gene and one disease are replaced by ``@GENE$``, ``@DISEASE$``.

As prepared for BioBERT: ``N/test.tsv`` has a header line and the columns index, sentence, label (1
related, 0 not). Ten of them divide the corpus; each fold's ``train.tsv`` is the other nine once
more, so only the held-out parts are read. The names are lost: the placeholders are the mentions.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from relatome.corpora.corpus import Source
from relatome.data import Document, Mention, Passage, Relation, Schema
from relatome.data.sentences import SENTENCE
from relatome.errors import PLACEHOLDER_LINE, InputError, Place
from relatome.formats import OnError
from relatome.formats.records import Record, checked
from relatome.formats.source import Line, clipped, decoded, lines

_HEADER = b"index\tsentence\tlabel"
_MENTIONS = {"@GENE$": "Gene", "@DISEASE$": "Disease"}
_PLACEHOLDER = re.compile(r"@[A-Z]+\$")


def read(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read the sentences of ``test.tsv`` files, each a document ``FOLD.INDEX``.

    Args:
        sources: files named ``…/FOLD/test.tsv``.
        schema: a schema of one label between genes and diseases.
        on_error: as for `relatome.formats.read`.

    Raises:
        InputError: unless `on_error` is given.
    """
    for name, content in sources:
        fold = name.rsplit("/", 2)[-2] if name.count("/") > 1 else ""
        yield from checked(_records(content, fold, schema), name, on_error)


def _records(content: bytes, fold: str, schema: Schema) -> Iterator[Record]:
    for line in lines(io.BytesIO(content)):
        if line.number == 1 and line.content == _HEADER:
            continue
        try:
            yield Record(_document(line, fold, schema), line.number)
        except InputError as error:
            yield Record(error, line.number)


def _document(line: Line, fold: str, schema: Schema) -> Document:
    fields = decoded(line.content, line.number).split("\t")
    if len(fields) != 3:
        raise _invalid(f"it has {len(fields)} tab-separated fields", line)
    index, text, label = fields
    if label not in ("0", "1"):
        raise _invalid(f"the label is {clipped(label)!r}", line)
    mentions = tuple(
        Mention(m[0], m.start(), m.end(), m[0], schema.canonical_type(_MENTIONS[m[0]]), (m[0],))
        for m in _PLACEHOLDER.finditer(text)
        if m[0] in _MENTIONS
    )
    if sorted(m.id for m in mentions) != sorted(_MENTIONS):
        raise _invalid("it does not name one gene and one disease", line)
    (relation,) = schema.labels
    relations = (Relation("@GENE$", "@DISEASE$", relation),) if label == "1" else ()
    return Document(f"{fold}.{index}", (Passage(SENTENCE, 0, text),), mentions, relations)


def _invalid(reason: str, line: Line) -> InputError:
    return InputError(PLACEHOLDER_LINE, at=Place(line=line.number), reason=reason)
