"""JSON Lines: relatome's own documents."""

from __future__ import annotations

import msgspec
import pytest

from relatome.data import Document, Passage
from relatome.data.schema import BIORED
from relatome.errors import InputError
from relatome.formats import read
from tests.formats.examples import (
    DOCUMENTS,
    FULL,
    path_with,
    problems_of,
    read_bytes,
    whereabouts,
    written,
)

LINE = msgspec.json.encode(DOCUMENTS[1])


def test_holds_everything() -> None:
    content, report = written([*DOCUMENTS, FULL], "jsonl")
    assert not report.lost
    assert content.count(b"\n") == 3
    assert read_bytes(content) == [*DOCUMENTS, FULL]


def test_a_line_is_the_document_as_json() -> None:
    content, _ = written(DOCUMENTS[1:], "jsonl")
    assert msgspec.json.decode(content) == {
        "id": "12",
        "passages": [{"kind": "title", "offset": 0, "text": "A title alone", "infons": {}}],
        "mentions": [],
        "relations": [],
        "infons": {},
    }


def test_blank_lines_and_a_missing_last_line_break() -> None:
    assert read_bytes(b"\n" + LINE + b"\r\n  \n\n") == [DOCUMENTS[1]]
    assert read_bytes(LINE) == [DOCUMENTS[1]]


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (b"{", "R137", "truncated"),
        (b'{"id": "1"}', "R137", "it has none of `passages`, `title`, `abstract`"),
        (b'{"id": 1, "passages": []}', "R137", "$.id"),
        (
            b'{"id": "1", "passages": [{"kind": "x", "offset": "0"}]}',
            "R137",
            "$.passages[0].offset",
        ),
        (b'{"id": "1", "passages": [], "mention": []}', "R137", "no field `$.mention`"),
        (
            b'{"id": "1", "passages": [{"kind": "x", "offset": 0, "text": "", "n": 1}]}',
            "R137",
            "$.passages[0].n",
        ),
        (b'{"title": "T"}', "R137", "it has no `id`"),
        (b'{"id": "1", "text": "T", "relations": []}', "R137", "it has `relations`"),
        (b'{"id": "1", "title": "T", "x": ' + b"[" * 100_000, "R137", ""),
        (b"[1]", "R137", "expected `object`"),
        (b'{"id": "\\ud83d", "passages": []}', "R137", ""),
        (b'{"id": "\xff", "passages": []}', "R122", "0xff"),
        (b"[" * 100_000, "R137", ""),
        (b'{"id": ' + b"[" * 100_000, "R137", ""),
        (b'{"x": ' * 100_000, "R137", "nested too deeply"),
        (LINE, "R107", "12"),
    ],
)
def test_a_bad_line_is_left_out(line: bytes, code: str, says: str) -> None:
    other = msgspec.json.encode(FULL)
    documents, (problem,) = problems_of(LINE + b"\n" + line + b"\n" + other, "jsonl")
    assert documents == [DOCUMENTS[1], FULL]
    assert (problem.code, problem.place.line) == (code, 2)
    assert says in problem.what


def test_lines_of_a_collection_of_abstracts() -> None:
    lines = (
        b'{"id": "10.1/x", "title": "Drug X.", "abstract": "It cures left injury.", "year": 2020}\n'
        b'{"pmid": 7, "text": "No title."}\n' + LINE + b"\n"
    )
    first, second, own = read_bytes(lines)
    assert first == Document(
        "10.1/x",
        (Passage("title", 0, "Drug X."), Passage("abstract", 8, "It cures left injury.")),
        infons={"year": "2020"},
    )
    assert first.text == "Drug X. It cures left injury."
    assert second == Document("7", (Passage("text", 0, "No title."),))
    assert own == DOCUMENTS[1]
    content, report = written([first, second], "jsonl")
    assert not report.lost
    assert read_bytes(content) == [first, second]


def test_a_line_without_any_text_says_so_where_the_name_claims_documents(tmp_path) -> None:
    path = path_with(tmp_path, "x.jsonl.gz", b'{"id": "1", "journal": "J"}\n')
    with pytest.raises(InputError, match=r"R137.*x.jsonl.gz:1.*none of `passages`, `title`"):
        list(read(path))


def test_a_relation_to_nothing_names_line_and_document() -> None:
    content, _ = written([DOCUMENTS[1].with_relations(DOCUMENTS[0].relations)], "jsonl")
    _, (problem,) = problems_of(content)
    assert whereabouts(problem) == ("R106", 1, "12")


def test_schema(tmp_path) -> None:
    content, _ = written(DOCUMENTS, "jsonl")
    spelled = content.replace(b'"ChemicalEntity"', b'"Chemical"')
    path = path_with(tmp_path, "x.jsonl", spelled)
    assert list(read(path, schema=BIORED)) == list(DOCUMENTS)
    path = path_with(tmp_path, "y.jsonl", content.replace(b'"Association"', b'"association"'))
    with pytest.raises(InputError, match="unknown relation type") as caught:
        list(read(path, schema=BIORED))
    assert str(caught.value.place) == f"{path}:1, document 11"
