"""Identifier fields as the corpora and services write them."""

from __future__ import annotations

import pytest

from relatome.data.document import Mention
from relatome.formats.identifiers import (
    holds_identifiers,
    identifier_field,
    parse_argument,
    parse_identifiers,
)

TMVAR = "tmVar:rs1800629;VariantGroup:4;CorrespondingGene:7124;RS#:1800629"


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ("", ()),
        ("-", ()),
        ("-1", ()),
        ("D003924", ("D003924",)),
        (" CVCL_1452", ("CVCL_1452",)),
        ("MESH:D003924", ("MESH:D003924",)),
        ("OMIM:604370", ("OMIM:604370",)),
        ("3172,3651,6927", ("3172", "3651", "6927")),
        ("3172;3651", ("3172", "3651")),
        ("3172,3172", ("3172",)),
        ("D014786|D006311", ("D014786", "D006311")),
        ("MESH:D014786|MESH:C006311", ("MESH:D014786", "MESH:C006311")),
        ("D014786|-1", ("D014786",)),
        ("p|SUB|E|333|D", ("p|SUB|E|333|D",)),
        ("c|DEL||30", ("c|DEL||30",)),
        ("c|SUB|C|120|T,rs12", ("c|SUB|C|120|T", "rs12")),
        (TMVAR, ("rs1800629",)),
        ("RS#:1800629;CorrespondingGene:7124", ("rs1800629",)),
        ("tmVar:p|SUB|R|237|H;HGVS:p.R237H;VariantGroup:0", ("p.R237H",)),
        ("tmVar:c|DEL||30;VariantGroup:0", ("c|DEL||30",)),
        ("VariantGroup:0", ("VariantGroup:0",)),
    ],
)
def test_identifiers_of_a_mention(raw: str, ids: tuple[str, ...]) -> None:
    assert parse_identifiers(raw) == ids


def test_an_argument_is_one_identifier() -> None:
    assert parse_argument("RS#:1800629;CorrespondingGene:7124") == "rs1800629"
    assert parse_argument(" D1|D2 ") == "D1|D2"
    assert parse_identifiers("D1|D2", {"D1|D2"}) == ("D1|D2",)


def test_a_description_by_attributes_is_given_back() -> None:
    mention = Mention("M0", 0, 1, "x", "Variant", ("rs1800629",), (), {"identifier": TMVAR})
    assert identifier_field(mention) == TMVAR
    other = Mention("M0", 0, 1, "x", "Variant", ("rs2",), (), {"identifier": TMVAR})
    assert identifier_field(other) == "rs2"


@pytest.mark.parametrize("ids", [("a,b",), ("D1|D2",), ("-",), (" a",), ("a", "a"), ("HGVS:x;y",)])
def test_identifiers_that_would_read_back_differently_are_known(ids: tuple[str, ...]) -> None:
    assert not holds_identifiers(Mention("M0", 0, 1, "x", "T", ids), ())
