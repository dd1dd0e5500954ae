"""Local identifiers go through every format as they are."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation
from relatome.entities import is_local, local_id
from relatome.entities.names import folded
from relatome.formats import write
from relatome.formats.identifiers import parse_argument, parse_identifiers
from tests.formats.examples import read_bytes


@pytest.mark.parametrize(
    ("type", "name", "identifier"),
    [
        ("Gene", "MMP-2", "local:Gene:mmp-2"),
        ("Chemical", "1,2-Dimethyl  Hydrazine", "local:Chemical:1%2C2-dimethyl_hydrazine"),
        ("Gene", "TNF-α", "local:Gene:tnf-α"),
        ("Variant", "c.35G>T", "local:Variant:c.35g>t"),
        ("Chemicals & Drugs", "a_b|c;d", "local:Chemicals_%26_Drugs:a%5Fb%7Cc%3Bd"),
    ],
)  # fmt: skip
def test_identifier(type: str, name: str, identifier: str) -> None:
    assert local_id(type, name) == identifier
    assert is_local(identifier)


def test_identifiers_of_databases_are_not_local() -> None:
    assert not any(map(is_local, ("4313", "MESH:D003924", "rs6232", "p|SUB|E|333|D", "CVCL_1452")))


def test_long_names_are_cut_and_stay_different() -> None:
    one, other = local_id("T", "a" * 500 + "b"), local_id("T", "a" * 500 + "c")
    assert one != other
    assert len(one) < 120


names = st.text(min_size=1, max_size=120)


@given(names, names)
def test_what_separates_identifiers_never_stands_in_one(type: str, name: str) -> None:
    made = local_id(type, name)
    assert parse_identifiers(made) == (made,)
    assert parse_identifiers(f"{made},{made}x") == (made, f"{made}x")
    assert parse_argument(made) == made
    assert len(made.split()) == 1
    assert made.isprintable()


@given(names, names)
def test_names_that_differ_in_more_than_case_and_space_have_different_identifiers(
    one: str, other: str
) -> None:
    assert (local_id("T", one) == local_id("T", other)) == (folded(one) == folded(other))
    assert local_id("T", f" {one} ") == local_id("T", one)


@pytest.mark.parametrize("format", ["pubtator", "bioc-xml", "bioc-json", "jsonl"])
def test_identifiers_come_back_from_every_format(format: str) -> None:
    text = "1,2-dichloro_ethane; alpha|beta 100%"
    spans = ((0, 19), (21, 31))
    mentions = tuple(
        Mention(f"M{i}", a, b, text[a:b], "Chemical", (local_id("Chemical", text[a:b]),))
        for i, (a, b) in enumerate(spans)
    )
    head, tail = (mention.entity_ids[0] for mention in mentions)
    document = Document(
        "1", (Passage("title", 0, text),), mentions, (Relation(head, tail, "Bind", novel=True),)
    )
    stream = io.BytesIO()
    write([document], stream, format)
    (back,) = read_bytes(stream.getvalue(), format=format)
    assert [m.entity_ids for m in back.mentions] == [m.entity_ids for m in mentions]
    assert [(r.head, r.tail) for r in back.relations] == [(head, tail)]
