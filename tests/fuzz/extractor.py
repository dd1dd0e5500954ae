"""Damaged documents through the extractor with the shipped model, as `worker` does with readers.

    python -m tests.fuzz.extractor FIRST LAST [CORPORA]

A case is either a damaged file, whose documents are extracted from as they are, or without their
annotations, or without some of their identifiers; or a damaged piece of an intact document's text.
It is well if every document comes back whole, with mentions, relations and evidence that fit its
text, or if an error says what is wrong with it.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from random import Random
from typing import Any

import msgspec

from relatome import formats
from relatome.data import Document
from relatome.errors import RelatomeError
from relatome.pipeline import Pipeline, load

from .mutations import damaged
from .sources import Fuzzed
from .worker import MEGABYTES, built, gathered, limit_memory, read, watched

SECONDS = 30  # of one case, whose documents take a tenth each on an idle machine
_LONGEST = 1500  # characters of a document, so that thousands are done in minutes
_PIECE = 600  # characters of a piece of text, before it is damaged
_MOST = 3  # documents of a file

_MARKS = (
    "\0",
    "\u202e",
    "\u200f",
    "\ufeff",
    "\u200d",
    "e\u0301\u0301\u0301",
    "\U0001f9ec",
    "\ud800",
    "ﬁ",
    "İ",
    "\r\n\r\n",
    "\u2028",
    "@" * 300,
    " " * 300,
    ". " * 100,
    "(" * 60,
)


def main() -> None:
    """Run the cases the command line names."""
    sources = gathered(sys.argv[3:])
    extract = load("small", threads=1)
    extract("Warm: metformin lowers glucose.")
    limit_memory(2 * MEGABYTES)

    def run(case: int) -> tuple[int, int]:
        return _run(extract, sources, case)

    def describe(case: int) -> dict[str, Any]:
        return {"source": sources[case % len(sources)].name, "damage": built(sources, case)[2]}

    print(json.dumps(watched(range(int(sys.argv[1]), int(sys.argv[2])), SECONDS, run, describe)))


def _run(extract: Pipeline, sources: list[Fuzzed], case: int) -> tuple[int, int]:
    random = Random(-case - 1)  # other choices than those of the damage
    done = problems = 0
    if random.random() < 0.5:
        text = _text(sources[case % len(sources)], random)
        try:
            found = extract(text)
        except RelatomeError as error:
            return _told(error)
        assert found.text.split() == text.split()  # gaps between passages are spaces
        assert len(found.text) == len(text)
        _check(found, extract)
        return 1, 0
    source, content, _ = built(sources, case)
    documents, errors = read(source, content, stop=False)
    problems += len(errors)
    short = [document for document in documents if len(document.text) <= _LONGEST]
    for document in short[:_MOST]:
        changed = _stripped(document, random)
        try:
            found = extract.extract(changed)
        except RelatomeError as error:
            problems += _told(error)[1]
            continue
        assert (found.id, found.text) == (document.id, document.text)
        _check(found, extract)
        done += 1
    return done, problems


def _told(error: RelatomeError) -> tuple[int, int]:
    """No document, and an error as it should be."""
    assert error.next_step
    assert str(error).encode(), "no message that can be printed"
    return 0, 1


def _text(source: Fuzzed, random: Random) -> str:
    """A piece of a document, damaged as bytes are and by characters of a kind of their own."""
    texts = _texts(source)
    text = random.choice(texts) if texts else "BRCA1 causes breast cancer."
    start = random.randrange(max(1, len(text) - _PIECE // 2))
    content, _ = damaged(text[start : start + _PIECE].encode(errors="replace"), random)
    text = content.decode(errors="replace")[:_LONGEST]
    for _ in range(random.choice((0, 1, 3))):
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(_MARKS) + text[place:]
    return text


def _texts(source: Fuzzed) -> list[str]:
    if source.name not in _KEPT:
        documents, _ = read(source, source.files, stop=False)
        _KEPT[source.name] = [document.text for document in documents]
    return _KEPT[source.name]


_KEPT: dict[str, list[str]] = {}


def _stripped(document: Document, random: Random) -> Document:
    """As it is, without annotations, or with identifiers of some or all mentions taken away."""
    match random.randrange(4):
        case 0:
            return document.without_annotations()
        case 1 | 2 as most:
            kept = 0.0 if most == 1 else 0.5
            mentions = tuple(
                mention
                if random.random() < kept
                else msgspec.structs.replace(mention, entity_ids=())
                for mention in document.mentions
            )
            return msgspec.structs.replace(document, mentions=mentions, relations=())
    return document


def _check(document: Document, extract: Pipeline) -> None:
    """Everything the extractor says fits the text, and can be written and read."""
    document.check()
    text = document.text
    for mention in document.mentions:
        if not mention.fragments:
            assert text[mention.start : mention.end] == mention.text
    for relation in document.relations:
        assert relation.type in extract.schema.labels
        assert relation.score is not None
        assert 0 <= relation.score <= 1
        assert relation.evidence, "a relation without evidence"
        for span in relation.evidence:
            assert any(
                passage.offset <= span.start < span.end <= passage.end
                for passage in document.passages
            ), "evidence that is in no passage"
    stream = BytesIO()
    formats.write([document], stream, "jsonl")
    (again,) = formats.read_stream(BytesIO(stream.getvalue()), "again", format="jsonl")
    assert again == document


if __name__ == "__main__":
    main()
