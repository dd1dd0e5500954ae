"""Identifiers as CURIEs: those the corpora and PubTator 3 write, and ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.entities import local_id
from relatome.graph.identifiers import curie, is_local, link, publication

# What KGX takes for a CURIE.
KGX = re.compile(r"[^ <()>:]*:[^/ :]+")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.mark.parametrize(
    ("identifier", "type", "expected"),
    [
        ("D003924", "DiseaseOrPhenotypicFeature", "MESH:D003924"),
        ("MESH:C046498", "Chemical", "MESH:C046498"),
        ("mesh:D003924", "Disease", "MESH:D003924"),
        ("7157", "Gene", "NCBIGene:7157"),
        ("7157", "GeneOrGeneProduct", "NCBIGene:7157"),
        ("9606", "OrganismTaxon", "NCBITaxon:9606"),
        ("9606", "Species", "NCBITaxon:9606"),
        ("7157", "ChemicalEntity", "relatome.id:ChemicalEntity~7157"),
        ("rs1800629", "SequenceVariant", "DBSNP:rs1800629"),
        ("RS1800629", "SequenceVariant", "DBSNP:rs1800629"),
        ("tmVar:p|SUB|V|600|E;HGVS:p.V600E;RS#:113488022", "Variant", "DBSNP:rs113488022"),
        ("OMIM:604370", "Disease", "OMIM:604370"),
        ("604370", "Disease", "OMIM:604370"),
        ("60437", "Disease", "relatome.id:DiseaseOrPhenotypicFeature~60437"),
        ("CVCL_1452", "CellLine", "cellosaurus:CVCL_1452"),
        ("CVCL:B288", "CellLine", "cellosaurus:CVCL_B288"),
        ("CHEBI:15365", "ChemicalEntity", "CHEBI:15365"),
        ("p|SUB|E|333|D", "SequenceVariant", "relatome.id:SequenceVariant~p%7CSUB%7CE%7C333%7CD"),
        ("D017180|D014693", "Disease", "relatome.id:DiseaseOrPhenotypicFeature~D017180%7CD014693"),
        ("local:ChemicalEntity:1%2C2-x_y", "X", "relatome.local:ChemicalEntity~1%2C2-x_y"),
        ("local:GeneOrGeneProduct:a/b", "X", "relatome.local:GeneOrGeneProduct~a%2Fb"),
    ],
)
def test_examples(identifier: str, type: str, expected: str) -> None:
    assert curie(identifier, type) == expected


@given(st.text(min_size=1), st.sampled_from(["Gene", "Chemical", "My type", "a:b"]))
def test_every_identifier_has_one(identifier: str, type: str) -> None:
    prefixed = (f"local:{identifier}", f"CHEBI:{identifier}", local_id(type, identifier))
    for each in (identifier, *prefixed):
        made = curie(each, type)
        assert KGX.fullmatch(made)
        assert not NOT_XML.search(made)


@given(st.lists(st.text(min_size=1, max_size=60).map(str.casefold), min_size=2, unique=True))
def test_local_ids_stay_apart(names: list[str]) -> None:
    ids = {local_id("ChemicalEntity", name) for name in names}
    made = {curie(id, "ChemicalEntity") for id in ids}
    assert len(made) == len(ids)
    assert all(map(is_local, made))


def test_publications() -> None:
    assert publication("18439317") == "PMID:18439317"
    assert publication("PMC2533257") == "PMC:2533257"
    assert publication("a b/1") == "relatome.document:a%20b%2F1"


def test_links() -> None:
    assert link("PMID:1") == "https://pubmed.ncbi.nlm.nih.gov/1/"
    assert link("PMC:2533257") == "https://pmc.ncbi.nlm.nih.gov/articles/PMC2533257/"
    assert link("CHEBI:15365") == "http://purl.obolibrary.org/obo/CHEBI_15365"
    assert link("NCBIGene:7157") == "https://www.ncbi.nlm.nih.gov/gene/7157"
    assert link("MESH:<x>") == "http://id.nlm.nih.gov/mesh/%3Cx%3E"
    assert link("relatome.local:X~y") is None
