"""The XML of corpora annotated sentence by sentence, in both dialects."""

from __future__ import annotations

from io import BytesIO

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation, Span, candidates, sentences
from relatome.data.schemas import DDI, PPI
from relatome.errors import InputError
from relatome.formats import detect, read_stream
from tests.formats.examples import problems_of, read_bytes, whereabouts

PPI_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<corpus source="Own">
  <document id="Own.d0" origId="77" set="train">
    <sentence id="Own.d0.s0" origId="77-1" charOffset="0-33"
        text="KCN9 binds alpha and beta-catenin.">
      <entity charOffset="0-4" id="Own.d0.s0.e0" seqId="e0" text="KCN9" type="protein" />
      <entity charOffset="11-16,25-33" id="Own.d0.s0.e1" text="alpha -catenin"
        type="Individual_protein" />
      <entity charOffset="21-33" id="Own.d0.s0.e2" text="beta-catenin"
        type="pm0104236||pm0113245" />
      <interaction e1="Own.d0.s0.e0" e2="Own.d0.s0.e1" id="Own.d0.s0.i0" type="PPI" />
      <interaction e1="Own.d0.s0.e2" e2="Own.d0.s0.e0" id="Own.d0.s0.i1" type="PPI" />
    </sentence>
    <sentence id="Own.d0.s1" charOffset="34-46" text="YAP does not.">
      <entity charOffset="0-3" id="Own.d0.s1.e0" text="YAP" />
    </sentence>
  </document>
  <document id="Own.d1"/>
</corpus>
"""
DDI_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<document id="Own.d2">
    <sentence id="Own.d2.s0" text="Glumipride, mu- and kappa-opioids clash.&#xd;&#xa;">
        <entity id="Own.d2.s0.e0" charOffset="0-9" type="drug" text="Glumipride"/>
        <entity id="Own.d2.s0.e1" charOffset="12-14;26-32" type="group" text="mu-opioids"/>
        <entity id="Own.d2.s0.e2" charOffset="20-32" type="group" text="kappa-opioids"/>
        <pair id="Own.d2.s0.p0" e1="Own.d2.s0.e0" e2="Own.d2.s0.e1" ddi="true" type="effect"/>
        <pair id="Own.d2.s0.p1" e1="Own.d2.s0.e0" e2="Own.d2.s0.e2" ddi="true"/>
        <pair id="Own.d2.s0.p2" e1="Own.d2.s0.e1" e2="Own.d2.s0.e2" ddi="false"/>
    </sentence>
    <sentence id="Own.d2.s1" text=""/>
    <sentence id="Own.d2.s2" text="Glumipride does not."><entity id="Own.d2.s2.e0"
        charOffset="0-9" type="brand" text="Glumipride"/></sentence>
</document>
"""
E0, E1, E2 = (f"Own.d0.s0.e{i}" for i in range(3))
D0, D1, D2 = (f"Own.d2.s0.e{i}" for i in range(3))


def test_protein_interactions() -> None:
    first, second = read_bytes(PPI_XML.encode())
    assert first == Document(
        "Own.d0",
        (
            Passage(
                "sentence",
                0,
                "KCN9 binds alpha and beta-catenin.",
                {"id": "Own.d0.s0", "origId": "77-1"},
            ),
            Passage("sentence", 35, "YAP does not.", {"id": "Own.d0.s1"}),
        ),
        (
            Mention(E0, 0, 4, "KCN9", "Protein", (E0,), (), {"seqId": "e0"}),
            Mention(
                E1,
                11,
                33,
                "alpha -catenin",
                "Protein",
                (E1,),
                (Span(11, 16), Span(25, 33)),
                fine_type="Individual_protein",
            ),
            Mention(
                E2,
                21,
                33,
                "beta-catenin",
                "Protein",
                (E2,),
                infons={"identifier": "pm0104236||pm0113245"},
            ),
            Mention("Own.d0.s1.e0", 35, 38, "YAP", "Protein", ("Own.d0.s1.e0",)),
        ),
        (
            Relation(E0, E1, "PPI", infons={"id": "Own.d0.s0.i0"}),
            Relation(E2, E0, "PPI", infons={"id": "Own.d0.s0.i1"}),
        ),
        {"origId": "77", "set": "train"},
    )
    assert second == Document("Own.d1", ())
    assert sentences(first) == (Span(0, 34), Span(35, 48))
    # The pairs that no interaction names are the negatives; YAP stands alone in its sentence.
    assert len(candidates(first, PPI)) == 3


def test_drug_interactions() -> None:
    (document,) = read_bytes(DDI_XML.encode())
    assert [(p.kind, p.offset, p.text) for p in document.passages] == [
        ("sentence", 0, "Glumipride, mu- and kappa-opioids clash.\r\n"),
        ("sentence", 43, ""),
        ("sentence", 44, "Glumipride does not."),
    ]
    assert document.mentions == (
        Mention(D0, 0, 10, "Glumipride", "drug", (D0,)),
        # The pieces as they stand in the text; what the file says is kept beside them.
        Mention(
            D1,
            12,
            33,
            "mu- opioids",
            "group",
            (D1,),
            (Span(12, 15), Span(26, 33)),
            {"text": "mu-opioids"},
        ),
        Mention(D2, 20, 33, "kappa-opioids", "group", (D2,)),
        Mention("Own.d2.s2.e0", 44, 54, "Glumipride", "brand", ("Own.d2.s2.e0",)),
    )
    assert document.relations == (
        Relation(D0, D1, "effect", infons={"id": "Own.d2.s0.p0"}),
        Relation(D0, D2, "untyped", infons={"id": "Own.d2.s0.p1"}),
    )
    assert len(candidates(document, DDI)) == 3


def test_types_and_labels_are_the_schemas() -> None:
    (document, _) = read_stream(BytesIO(PPI_XML.encode()), "x", schema=PPI)
    assert {m.type for m in document.mentions} == {"Protein"}
    other = msgspec.structs.replace(PPI, labels=("binds",))
    with pytest.raises(InputError, match=r"R110.*x:11, document Own\.d0.*'PPI'"):
        list(read_stream(BytesIO(PPI_XML.encode()), "x", schema=other))
    # An interaction without a type is no unknown label.
    (document,) = read_stream(BytesIO(DDI_XML.encode()), "x", schema=DDI)
    assert [r.type for r in document.relations] == ["effect", "untyped"]
    strange = DDI_XML.replace('type="brand"', 'type="herb"').encode()
    with pytest.raises(InputError, match=r"x:13, document Own\.d2: unknown entity type 'herb'"):
        list(read_stream(BytesIO(strange), "x", schema=DDI))


def test_both_are_recognized_by_their_root() -> None:
    assert detect(PPI_XML.encode()) == "ppi-xml"
    assert detect(DDI_XML.encode()) == "ddi-xml"
    joined = DDI_XML.replace("<document", "<corpus><document").replace(
        "</document>", "</document></corpus>"
    )
    assert detect(joined.encode()) == "ddi-xml"
    assert len(read_bytes(joined.encode())) == 1


def test_a_discontinuous_mention_one_character_off_is_put_right() -> None:
    moved = DDI_XML.replace("12-14;26-32", "11-13;25-31")
    assert read_bytes(moved.encode()) == read_bytes(DDI_XML.encode())


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "reason"),
    [
        ('charOffset="0-9" type="drug"', 'type="drug"', "R145", 4, "has no charOffset"),
        ('charOffset="0-9" type="drug"', 'charOffset="a-b" type="drug"', "R145", 4, "'a-b'"),
        ('charOffset="0-9" type="drug"', 'charOffset="0-8" type="drug"', "R104", 4, "Glumipride"),
        ("12-14;26-32", "12-14,26-32", "R145", 5, "'12-14,26-32'"),
        ("12-14;26-32", "2-4;26-32", "R104", 5, "'umi opioids'"),
        ("12-14;26-32", "12-14;26-92", "R145", 5, "12-14;26-92 lies outside the sentence"),
        ('e2="Own.d2.s0.e1" ddi', 'e2="Own.d2.s2.e0" ddi', "R146", 7, "Own.d2.s2.e0"),
        ('ddi="true" type', 'ddi="yes" type', "R145", 7, "neither true nor false"),
        ('ddi="true" type', "type", "R145", 7, "has no ddi"),
        ('<sentence id="Own.d2.s1" text=""/>', "<sentence/>", "R145", 11, "has no text"),
        ('id="Own.d2.s2.e0"', 'id="Own.d2.s0.e0"', "R108", 2, "'Own.d2.s0.e0' occurs more"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, code: str, line: int, reason: str) -> None:
    assert old in DDI_XML
    documents, (problem,) = problems_of(DDI_XML.replace(old, new).encode(), "ddi-xml")
    assert documents == []
    assert (problem.code, problem.place.line) == (code, line)
    assert reason in str(problem)


def test_one_bad_document_costs_itself() -> None:
    bad = PPI_XML.replace('charOffset="0-3"', 'charOffset="1-4"').encode()
    (document,), (problem,) = problems_of(bad)
    assert document.id == "Own.d1"
    assert whereabouts(problem) == ("R104", 15, "Own.d0")


def test_entities_are_never_expanded() -> None:
    bomb = b'<!DOCTYPE corpus [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (n, n - 1, n - 1, n - 1, n - 1)
        for n in range(ord("b"), ord("z"))
    )
    for use in (b'<sentence id="s" text="&y;"/>', b"<sentence>&y;</sentence>"):
        content = bomb + b']><corpus><document id="1">' + use + b"</document></corpus>"
        documents, (problem,) = problems_of(content, "ppi-xml")
        assert documents == []
        assert problem.code in ("R134", "R135")
    outside = b'<!DOCTYPE corpus [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    content = outside + b'<corpus><document id="1"><sentence id="s" text="a"/></document></corpus>'
    documents, (problem,) = problems_of(content, "ppi-xml")
    assert (documents, problem.code) == ([], "R135")


_PIECES = st.sampled_from([b"", b'"', b"<", b">", b"&", b"\xff", b"\0", b"9", b"-", b";", b"</x>"])


@pytest.mark.parametrize(("xml", "format"), [(PPI_XML, "ppi-xml"), (DDI_XML, "ddi-xml")])
@given(edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), _PIECES), max_size=3))
@settings(max_examples=100, deadline=None)
def test_damage_is_a_problem_that_says_where(
    xml: str, format: str, edits: list[tuple[float, int, bytes]]
) -> None:
    content = xml.encode()
    for position, length, piece in edits:
        start = int(position * len(content))
        content = content[:start] + piece + content[start + length :]
    documents, problems = problems_of(content, format)
    for document in documents:
        document.check()
    for problem in problems:
        assert problem.place.path == "example"
        assert len(str(problem)) < 1_000
