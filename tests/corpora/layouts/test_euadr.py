"""EU-ADR's copies: BioC with mentions of several pieces, BigBio with ends of relations untyped."""

from __future__ import annotations

import json

import pytest

from relatome.corpora.corpus import Source
from relatome.corpora.layouts import euadr_bigbio, euadr_bioc
from relatome.data import Mention, Passage, Relation, Span
from relatome.data.schemas import EUADR, EUADR_DRUG_TARGET
from relatome.errors import InputError

BIOC = """\
<collection><document><id>7</id><passage><offset>0</offset>
<text>Glumipride stops AhR protein translocation.</text>
<annotation id="T1"><infon key="type">CHEMICAL</infon><infon key="identifier">glumipride</infon>
<location offset="0" length="10"/><text>Glumipride</text></annotation>
<annotation id="T2"><infon key="type">GENE-Y</infon>
<location offset="17" length="25"/><text>AhR translocation</text></annotation>
<relation id=""><infon key="type">DRUG-TARGET</infon>
<node refid="T1" role="head"/><node refid="T2" role="tail"/></relation>
</passage></document></collection>
"""


def test_pieces_are_found_by_their_words() -> None:
    (document,) = euadr_bioc.read([Source("x.xml", BIOC.encode())], EUADR_DRUG_TARGET)
    assert document.mentions == (
        Mention(
            "T1", 0, 10, "Glumipride", "CHEMICAL", ("T1",), infons={"identifier": "glumipride"}
        ),
        Mention(
            "T2",
            17,
            42,
            "AhR translocation",
            "GENE",
            ("T2",),
            (Span(17, 20), Span(29, 42)),
            fine_type="GENE-Y",
        ),
    )
    assert document.relations == (Relation("T1", "T2", "DRUG-TARGET"),)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("AhR translocation", "AhR dislocation", "R104"),
        ("AhR translocation", "translocation AhR", "R104"),
        ("GENE-Y", "PLANT", "R103"),
        ("DRUG-TARGET", "DRUG", "R110"),
        ('refid="T2"', 'refid="T9"', "R106"),
    ],
)
def test_what_does_not_fit_is_named(old: str, new: str, code: str) -> None:
    problems: list[InputError] = []
    source = Source("x.xml", BIOC.replace(old, new).encode())
    assert list(euadr_bioc.read([source], EUADR_DRUG_TARGET, problems.append)) == []
    assert [(p.code, p.place.path, p.place.document) for p in problems] == [(code, "x.xml", "7")]


def entity(id: str, type: str, text: str, start: int) -> dict[str, object]:
    return {"id": id, "type": type, "text": [text], "offsets": [[start, start + len(text)]]}


def page(*relations: tuple[str, str, str, str]) -> bytes:
    """A document: KCN9 is annotated as gene and as variant, 4 to 7 are the untyped ends."""
    row = {
        "document_id": "59",
        "passages": [
            {"type": "title", "text": ["KCN9 in ketosis."], "offsets": [[0, 16]]},
            {"type": "abstract", "text": ["Glumipride or so."], "offsets": [[17, 34]]},
        ],
        "entities": [
            entity("1", "SNP & Sequence variations", "KCN9", 0),
            entity("2", "Genes & Molecular Sequences", "KCN9", 0),
            entity("3", "Diseases & Disorders", "ketosis", 8),
            entity("4", "", "KCN9", 0),
            entity("5", "", "ketosis", 8),
            entity("6", "", "KCN9", 0),
            entity("7", "", "Glumipride", 17),
        ],
        "relations": [{"id": i, "type": t, "arg1_id": a, "arg2_id": b} for i, t, a, b in relations],
    }
    return json.dumps({"rows": [{"row": row}], "num_rows_total": 300}).encode()


def test_ends_of_relations_are_typed_mentions_of_the_same_span() -> None:
    content = page(("8", "PA", "4", "5"), ("9", "NA", "6", "4"), ("10", "SA", "7", "6"))
    (document,) = euadr_bigbio.read([Source("x.json", content)], EUADR)
    assert document.passages == (
        Passage("title", 0, "KCN9 in ketosis."),
        Passage("abstract", 17, "Glumipride or so."),
    )
    assert [(m.id, m.text, m.type) for m in document.mentions] == [
        ("1", "KCN9", "SNP & Sequence variations"),
        ("2", "KCN9", "Genes & Molecular Sequences"),
        ("3", "ketosis", "Diseases & Disorders"),
        ("7", "Glumipride", "unknown"),  # no type is given anywhere
    ]
    assert document.relations == (
        Relation("1", "3", "PA", infons={"id": "8"}),
        Relation("1", "2", "NA", infons={"id": "9"}),
        Relation("7", "1", "SA", infons={"id": "10"}),
    )


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (page(("8", "XX", "4", "5")), "R110", "'XX'"),
        (page(("8", "PA", "4", "99")), "R161", "relation 8 names no entity"),
        (page().replace(b'["ketosis"]', b'["ket", "osis"]'), "R161", "several pieces"),
        (page().replace(b"[[8, 15]]", b"[[9, 16]]"), "R104", "etosis"),
        (page()[:-5], "R161", "truncated"),
        (b"[" * 100_000, "R161", "BigBio"),
        (b"{}", "R161", "rows"),
    ],
)
def test_a_page_that_does_not_fit_is_an_error(content: bytes, code: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        list(euadr_bigbio.read([Source("x.json", content)], EUADR))
    assert (caught.value.code, caught.value.place.path) == (code, "x.json")
