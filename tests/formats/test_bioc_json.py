"""BioC JSON: the dialects of BioRED, PubTator3 and BC5CDR, and broken JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relatome.data.document import Document, Mention, Passage, Relation, Span
from tests.formats.examples import FULL, problems_of, read_bytes, whereabouts, written


def _document(**changes: Any) -> dict[str, Any]:
    """A document of BioRED's dialect."""
    return {
        "id": "1",
        "passages": [
            {
                "offset": 0,
                "text": "Gene A.",
                "annotations": [
                    {
                        "id": "0",
                        "infons": {"identifier": "10", "type": "Gene"},
                        "text": "Gene A",
                        "locations": [{"offset": 0, "length": 6}],
                    }
                ],
            },
            {"offset": 8, "text": "More."},
        ],
        "relations": [
            {
                "id": "R0",
                "infons": {"entity1": "10", "entity2": "10", "type": "Bind", "novel": "No"},
            }
        ],
    } | changes


EXPECTED = Document(
    "1",
    (Passage("title", 0, "Gene A."), Passage("abstract", 8, "More.")),
    (Mention("0", 0, 6, "Gene A", "Gene", ("10",)),),
    (Relation("10", "10", "Bind", novel=False),),
)


@pytest.mark.parametrize(
    "wrapped",
    [
        {"source": "x", "date": "", "key": "", "documents": [_document()]},
        {"PubTator3": [_document()]},
        [_document()],
        _document(),
    ],
    ids=["collection", "PubTator3", "list", "single"],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_top_level(wrapped: object, indent: int | None) -> None:
    assert read_bytes(json.dumps(wrapped, indent=indent).encode(), "x.json") == [EXPECTED]


def test_pubtator3_relations() -> None:
    role = {"identifier": "10", "type": "Gene", "name": "GENEA", "valid": True}
    relation = {
        "id": "R1",
        "infons": {"score": "0.25", "role1": role, "role2": role, "type": "Bind"},
        "nodes": [{"refid": "0", "role": "1,4"}],
    }
    content = _document(relations=[relation], pmid=1, pmcid=None, authors=["A B"], _id="1|None")
    (document,) = read_bytes(json.dumps({"PubTator3": [content]}).encode())
    kept = '{"identifier":"10","type":"Gene","name":"GENEA","valid":true}'
    assert document.relations == (
        Relation(
            "10",
            "10",
            "Bind",
            score=0.25,
            infons={"role1": kept, "role2": kept, "nodes": '[{"refid":"0","role":"1,4"}]'},
        ),
    )
    assert document.infons == {"pmid": "1", "authors": '["A B"]', "_id": "1|None"}


def test_bc5cdr_relations_and_identifiers() -> None:
    annotation = {
        "id": "0",
        "infons": {"MESH": "D1|D2", "type": "Disease", "CompositeRole": "CompositeMention"},
        "text": "Gene A",
        "locations": [{"offset": 0, "length": 6}],
    }
    relation = {"id": "X", "infons": {"relation": "CID", "Chemical": "D1", "Disease": "D2"}}
    content = _document(
        passages=[{"offset": 0, "text": "Gene A.", "annotations": [annotation]}],
        relations=[relation],
    )
    (document,) = read_bytes(json.dumps(content).encode())
    assert document.mentions[0].entity_ids == ("D1", "D2")
    assert document.mentions[0].infons == {"CompositeRole": "CompositeMention"}
    assert document.relations == (Relation("D1", "D2", "CID", infons={"id": "X"}),)


def test_relations_by_nodes_sentences_and_document_annotations() -> None:
    def annotation(name: str, offset: int) -> dict[str, Any]:
        return {
            "infons": {"identifier": name, "type": "Gene"},
            "text": "ab",
            "locations": [{"offset": offset, "length": 2}],
        }

    content = {
        "id": 5,
        "passages": [
            {
                "offset": 0,
                "infons": {"type": "front"},
                "sentences": [
                    {
                        "offset": 0,
                        "text": "ab.",
                        "annotations": [annotation("1", 0) | {"id": 9}],
                        "relations": [
                            {
                                "infons": {"type": "Bind"},
                                "nodes": [{"refid": "9"}, {"refid": "T2"}],
                            }
                        ],
                    },
                    {"offset": 5, "text": "cd ab", "annotations": [annotation("2", 8)]},
                ],
            }
        ],
        "annotations": [annotation("3", 0) | {"id": "T2"}],
    }
    (document,) = read_bytes(json.dumps(content).encode())
    assert document.text == "ab.  cd ab"
    assert document.passages[0] == Passage("title", 0, "ab.  cd ab", {"type": "front"})
    assert [mention.id for mention in document.mentions] == ["T2", "9", "M2"]
    assert document.relations == (Relation("1", "3", "Bind"),)


def test_several_locations_are_one_discontinuous_mention() -> None:
    passages = [
        {
            "offset": 0,
            "text": "left and right lung",
            "annotations": [
                {
                    "id": "0",
                    "infons": {"type": "Organ"},
                    "text": "left lung",
                    "locations": [{"offset": 0, "length": 4}, {"offset": 15, "length": 4}],
                }
            ],
        }
    ]
    (document,) = read_bytes(json.dumps(_document(passages=passages, relations=[])).encode())
    assert document.mentions == (
        Mention("0", 0, 19, "left lung", "Organ", (), (Span(0, 4), Span(15, 19))),
    )


def _changed(**annotation: Any) -> dict[str, Any]:
    document = _document()
    document["passages"][0]["annotations"][0] |= annotation
    return document


def _related(**infons: Any) -> dict[str, Any]:
    relation = {"entity1": "10", "entity2": "10", "type": "Bind"} | infons
    return _document(relations=[{"id": "R0", "infons": relation}])


@pytest.mark.parametrize(
    ("document", "code", "says"),
    [
        (_document(id=""), "R133", "no id"),
        (_document(passages="x"), "R133", "$.passages"),
        ("a string", "R133", "expected `object`"),
        (_changed(text=3), "R133", "$.passages[0].annotations[0].text"),
        (_changed(text="Gene B"), "R104", "Gene B"),
        (_changed(locations=[]), "R133", "annotation '0' has no location"),
        (_changed(infons={}), "R133", "annotation '0' has no type"),
        (_changed(locations=[{"offset": 90, "length": 6}]), "R105", "90"),
        (_related(entity2="11"), "R106", "11"),
        (_related(entity2=None), "R133", "entity1 and entity2"),
        (_related(type=""), "R133", "relation 'R0' has no type"),
        (_related(novel="maybe"), "R133", "maybe"),
        (_related(novel=["x"]), "R133", "novel"),
        (_related(score="high"), "R133", "high"),
        (_related(score="nan"), "R133", "nan"),
        (_related(score={}), "R133", "score"),
        (_related(evidence="3"), "R133", "start-end"),
        (_related(evidence="0-900"), "R105", "0-900"),
        (_document(relations=[{"id": "R0", "infons": {"type": "Bind"}}]), "R133", "two entities"),
        (_document(passages=[{"offset": 10**15, "text": ""}], relations=[]), "R126", "longer"),
        (_document(passages=[{"offset": -1, "text": "x"}], relations=[]), "R109", "-1"),
        (
            _document(
                passages=[
                    {
                        "offset": 0,
                        "sentences": [{"offset": 0, "text": "ab"}, {"offset": 1, "text": "c"}],
                    }
                ]
            ),
            "R133",
            "too early",
        ),
        (
            _document(passages=[{"offset": 0, "sentences": [{"offset": 10**15}]}]),
            "R126",
            "longer",
        ),
    ],
)
def test_a_document_that_does_not_fit_is_left_out(document: Any, code: str, says: str) -> None:
    lines = [json.dumps(each) for each in (_document(id="a"), document, _document(id="b"))]
    content = '{"documents": [\n' + ",\n".join(lines) + "]}"
    documents, (problem,) = problems_of(content.encode())
    assert [each.id for each in documents] == ["a", "b"]
    assert (problem.code, problem.place.path, problem.place.line) == (code, "example", 3)
    assert says in problem.what
    if isinstance(document, dict) and document["id"]:
        assert problem.place.document == "1"


@pytest.mark.parametrize(
    ("tail", "code", "line"),
    [
        (b"", "R123", 3),
        (b",", "R123", 3),
        (b',\n{"id": "b", "pass', "R123", 4),
        (b',\n{"id": "b", "passages": [', "R123", 4),
        (b',\n{"id": "b", "x": fals', "R123", 4),
        (b',\n{"id": "b\\u00', "R123", 4),
        (b',\n{"id": "b\\', "R123", 4),
        (b',\n{"id": 12', "R123", 4),
        (b',\n{"id": "b",,}]}', "R136", 4),
        (b',\n{"id": "b\\x"}]}', "R136", 4),
        (b',\n{"id": NaN}]}', "R136", 4),
        (b',\n{"id": "\xff"}]}', "R122", 4),
        (b',\n{"id": "\\ud83d"}]}', "R136", 4),
        (b',\n{"id": ' + b"9" * 5000 + b"}]}", "R136", 4),
        (b",\n" + b"[" * 100_000, "R136", 4),
        (b"]} {}", "R136", 3),
        (b"}", "R136", 3),
    ],
)
def test_broken_json_is_reported_once_after_what_came_before(
    tail: bytes, code: str, line: int
) -> None:
    content = b'{"documents": [\n\n' + json.dumps(_document()).encode() + tail
    documents, problems = problems_of(content)
    assert documents == [EXPECTED]
    assert [whereabouts(problem) for problem in problems] == [(code, line, None)]


def test_documents_larger_than_a_piece_of_the_stream() -> None:
    long = _document(passages=[{"offset": 0, "text": "Gene A " + "x\n" * 200_000}], relations=[])
    content = json.dumps({"documents": [long, _document(id="2")]}, indent=1)
    first, second = read_bytes(content.encode())
    assert len(first.text) == 400_007
    assert second.id == "2"


def test_an_empty_collection_is_not_a_problem() -> None:
    assert read_bytes(b'{"documents": []}') == []


def test_writing_holds_everything() -> None:
    content, report = written([FULL], "bioc-json")
    assert not report.lost
    assert read_bytes(content) == [FULL]
    value = json.loads(content)
    assert value["documents"][0]["relations"][0] == {
        "id": "R0",
        "infons": {
            "model": "small",
            "entity1": "MESH:D1",
            "entity2": "MESH:D2",
            "type": "Positive_Correlation",
            "novel": "Novel",
            "score": "0.875",
            "novel_score": "0.1",
            "subject": "MESH:D1",
            "evidence": "39-52;0-6",
        },
        "nodes": [],
    }


def test_infons_named_like_fields_are_counted() -> None:
    document = Document(
        "1",
        (Passage("front", 0, "ab", {"type": "other"}),),
        (Mention("", 0, 2, "ab", "T", ("a,b",), (), {"type": "x", "identifier": "y"}),),
        (Relation("a,b", "a,b", "L", infons={"novel": "x", "id": "R7"}),),
    )
    _, report = written([document], "bioc-json")
    assert dict(report.lost) == {
        "infon named like a field of BioC": 5,
        "passage kind": 1,
        "mention id": 1,
        "identifier that reads back differently": 1,
    }
