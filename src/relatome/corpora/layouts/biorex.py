"""PubTator files as converted for BioREx, and the published parts of them.

The conversions have relations that name an identifier no mention of the document carries. Nothing
can reach them, and the rest of the document is sound: they are left out, and kept as text in the
document's infon ``unmentioned``. Types of variants stay in `Mention.fine_type`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import msgspec

from relatome.corpora.corpus import Source
from relatome.data import Document, Passage, Schema
from relatome.data.sentences import SENTENCE
from relatome.errors import InputError, Place
from relatome.formats import OnError, pubtator
from relatome.formats.records import Names, Record, checked

UNMENTIONED = "unmentioned"
PMID = "pmid"
_COUNTER_DIGITS = 4  # after the PubMed id in the ids of DisGeNET's sentences


def read_whole(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read the documents of each file; arguments and errors as for `relatome.formats.read`."""
    for source in sources:
        yield from checked(_records(source, schema), source.name, on_error)


def read_part(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read those documents of a PubTator file that a table names.

    Args:
        sources: the PubTator file, and the table of pairs whose first column names documents.
        schema: the schema of the corpus.
        on_error: as for `relatome.formats.read`.

    Raises:
        InputError: for a problem, unless `on_error` is given.
    """
    documents, table = sources
    wanted = {line.partition(b"\t")[0] for line in table.content.splitlines()}
    for document in checked(_records(documents, schema), documents.name, on_error):
        if document.id.encode() in wanted:
            yield document


def read_sentences(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """`read_part`, where a record is one sentence and its id the PubMed id and a counter.

    The PubMed id, by which sentences of one abstract know one another, becomes the infon ``pmid``.
    """
    for document in read_part(sources, schema, on_error):
        yield msgspec.structs.replace(
            document,
            passages=(Passage(SENTENCE, 0, document.passages[0].text),),
            infons=document.infons | {PMID: document.id[:-_COUNTER_DIGITS]},
        )


def _records(source: Source, schema: Schema) -> Iterator[Record]:
    names = Names(schema)
    for record in pubtator.read(io.BytesIO(source.content), Names(None)):
        if isinstance(record.content, Document):
            try:
                record = record._replace(content=_adapted(record.content, names))
            except InputError as error:
                record = Record(error, record.line)
        yield record


def _adapted(document: Document, names: Names) -> Document:
    """The document in the schema's terms, without relations of what is not mentioned."""
    replace = msgspec.structs.replace
    place = Place(document=document.id)
    mentions = []
    for mention in document.mentions:
        type = names.type(mention.type, place)
        fine_type = mention.type if mention.type != type else ""
        mentions.append(replace(mention, type=type, fine_type=fine_type))
    kept, left_out = [], []
    for relation in document.relations:
        names.label(relation.type, place)
        if {relation.head, relation.tail} <= document.entity_by_id.keys():
            kept.append(relation)
        else:
            left_out.append(f"{relation.type} {relation.head} {relation.tail}")
    infons = {UNMENTIONED: "; ".join(left_out)} if left_out else {}
    return replace(document, mentions=tuple(mentions), relations=tuple(kept), infons=infons)
