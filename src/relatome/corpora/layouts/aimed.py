"""The document of AIMed that the copies in unified format lack, d78, as BioREx has it.

It comes as PubTator, each of its sentences a document of its own. Text and mentions are what that
project made of them: spaces around punctuation, and in two places remains of a markup. The abstract
is that of d31 once more.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import msgspec

from relatome.corpora.corpus import Source
from relatome.data import Document, Mention, Passage, Relation, Schema
from relatome.data.sentences import SENTENCE
from relatome.formats import OnError, read_stream
from relatome.formats.records import Record, checked

_ID = "AIMed.d78"


def read(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None = None
) -> Iterator[Document]:
    """Read the document: the sentences of a PubTator file, joined.

    Args:
        sources: the file.
        schema: the schema of the protein interaction corpora, of one label; the file calls every
            relation an association.
        on_error: called with each sentence that cannot be used and is left out. By default the
            first problem is raised.

    Raises:
        InputError: unless `on_error` is given.
    """
    yield from checked(_records(sources, schema, on_error), sources[0].name, on_error)


def _records(
    sources: Sequence[Source], schema: Schema, on_error: OnError | None
) -> Iterator[Record]:
    passages: list[Passage] = []
    mentions: list[Mention] = []
    relations: list[Relation] = []
    (label,) = schema.labels
    for name, content in sources:
        for sentence in read_stream(
            io.BytesIO(content), name, format="pubtator", on_error=on_error
        ):
            offset = passages[-1].end + 1 if passages else 0
            passages.append(Passage(SENTENCE, offset, sentence.text, {"id": sentence.id}))
            mentions += (_moved(mention, offset, schema) for mention in sentence.mentions)
            relations += (
                Relation(f"{_ID}.{r.head}", f"{_ID}.{r.tail}", label) for r in sentence.relations
            )
    yield Record(Document(_ID, tuple(passages), tuple(mentions), tuple(relations)))


def _moved(mention: Mention, offset: int, schema: Schema) -> Mention:
    identifier = f"{_ID}.{'.'.join(mention.entity_ids)}"
    return msgspec.structs.replace(
        mention,
        id=identifier,
        start=offset + mention.start,
        end=offset + mention.end,
        type=schema.canonical_type(mention.type),
        entity_ids=(identifier,),
    )
