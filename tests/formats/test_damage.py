"""Damaged files of every format: problems that say where, never another exception."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.examples import DOCUMENTS, FULL, STREAMS, problems_of, written
from tests.formats.strategies import bare

WHOLE = {
    format: written([DOCUMENTS[0]] if format == "text" else [*DOCUMENTS, FULL], format)[0]
    for format in STREAMS
}
_PIECES = st.sampled_from(
    b'|\xff|\0|\n|\n\n|\t|"|{|]|<|</text>|&x;|-1|99999999999999999999|\\ud800|null|0.5|Subject:|\r'.split(
        b"|"
    )
)
_EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), _PIECES), min_size=1, max_size=3)


@pytest.mark.parametrize("format", STREAMS)
@pytest.mark.parametrize("named", [True, False])
@given(edits=_EDITS, packed=st.booleans())
@settings(max_examples=60, deadline=None)
def test_edits(
    format: str, named: bool, edits: list[tuple[float, int, bytes]], packed: bool
) -> None:
    content = WHOLE[format]
    if packed:
        content = gzip.compress(content, mtime=0)
    for position, length, piece in edits:
        start = int(position * len(content))
        content = content[:start] + piece + content[start + length :]
    documents, problems = problems_of(content, format if named else None)
    for document in documents:
        document.check()
    for problem in problems:
        assert problem.place.path == "example"
        assert len(str(problem)) < 1_000


@pytest.mark.parametrize("format", [format for format in STREAMS if format != "text"])
def test_cuts_lose_only_the_end(format: str) -> None:
    content = WHOLE[format]
    whole = [bare(document) for document in problems_of(content)[0]]
    for length in range(0, len(content), 7):
        documents, problems = problems_of(content[:length], format)
        read = [bare(document) for document in documents]
        if format == "pubtator":  # its lines do not say where a document ends
            assert read[:-1] == whole[: max(0, len(read) - 1)]
        else:
            assert read == whole[: len(read)]
            assert problems or len(read) == len(whole) or content[length - 1 :][:1] in b"\n}"
