"""Identifiers of every kind lead to the right page, and nothing else leads anywhere."""

from __future__ import annotations

import pytest

from relatome.entities.links import article_link, entity_link


@pytest.mark.parametrize(
    ("identifier", "type", "link"),
    [
        ("1576", "GeneOrGeneProduct", "https://www.ncbi.nlm.nih.gov/gene/1576"),
        ("9606", "OrganismTaxon", "https://www.ncbi.nlm.nih.gov/taxonomy/9606"),
        ("D003920", "Disease", "https://meshb.nlm.nih.gov/record/ui?ui=D003920"),
        ("MESH:c051786", "Chemical", "https://meshb.nlm.nih.gov/record/ui?ui=C051786"),
        ("OMIM:143100", "DiseaseOrPhenotypicFeature", "https://omim.org/entry/143100"),
        (
            "CHEBI:9150",
            "ChemicalEntity",
            "https://www.ebi.ac.uk/chebi/searchId.do?chebiId=CHEBI:9150",
        ),
        ("rs4149056", "SequenceVariant", "https://www.ncbi.nlm.nih.gov/snp/rs4149056"),
        (
            "tmVar:p|SUB|V|600|E;HGVS:p.V600E;RS#:113488022;CorrespondingGene:673",
            "Variant",
            "https://www.ncbi.nlm.nih.gov/snp/rs113488022",
        ),
        ("CVCL:0030", "CellLine", "https://www.cellosaurus.org/CVCL_0030"),
        ("1576", "ChemicalEntity", None),
        ("c|SUB|T|521|C", "SequenceVariant", None),
        ("rs1/../../x", "SequenceVariant", None),
        ("local:GeneOrGeneProduct:cyp3a4", "GeneOrGeneProduct", None),
        ("javascript:alert(1)", "GeneOrGeneProduct", None),
        ("", "GeneOrGeneProduct", None),
    ],
)
def test_entities(identifier: str, type: str, link: str | None) -> None:
    assert entity_link(identifier, type) == link


@pytest.mark.parametrize(
    ("id", "link"),
    [
        ("18439317", "https://pubmed.ncbi.nlm.nih.gov/18439317/"),
        ("PMID:18439317", "https://pubmed.ncbi.nlm.nih.gov/18439317/"),
        ("PMC6207735", "https://pmc.ncbi.nlm.nih.gov/articles/PMC6207735/"),
        ("example-1", None),
        ("012", None),
        ("1" * 20, None),
    ],
)
def test_articles(id: str, link: str | None) -> None:
    assert article_link(id) == link
