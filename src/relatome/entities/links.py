"""Where the knowledge bases show what an identifier names: pages for people to open."""

from __future__ import annotations

import re

from relatome.entities.kinds import Kind, kind_of

_NUMBER = re.compile(r"[1-9][0-9]{0,11}")
_MESH = re.compile(r"(?:MESH:)?([CD][0-9]{6,9})", re.IGNORECASE)
_OMIM = re.compile(r"(?:O?MIM:)?([1-9][0-9]{5})", re.IGNORECASE)
_CHEBI = re.compile(r"CHEBI:([0-9]{1,7})", re.IGNORECASE)
_CELL_LINE = re.compile(r"CVCL[_:]([A-Z0-9]{4})", re.IGNORECASE)
# Alone, or within what PubTator3 says of a variant: `tmVar:p|SUB|V|600|E;…;RS#:113488022;…`.
_SNP = re.compile(r"(?:^rs|\bRS#:)([0-9]{1,12})(?=$|;)", re.IGNORECASE)
_PMC = re.compile(r"PMC[1-9][0-9]{0,8}")
_PMID = re.compile(r"(?:PMID:)?([1-9][0-9]{0,8})")


def entity_link(identifier: str, type: str) -> str | None:
    """The page about an entity at NCBI Gene, MeSH, OMIM, ChEBI, dbSNP, Taxonomy or Cellosaurus.

    Args:
        identifier: as corpora and PubTator3 write it, such as ``D003920`` or ``MESH:D003920``.
        type: the entity's type, in any corpus's spelling; what a bare number means depends on it.

    Returns:
        The address, or None for what is of no known form, and for local identifiers.

    Example:
        >>> entity_link("1576", "GeneOrGeneProduct")
        'https://www.ncbi.nlm.nih.gov/gene/1576'
    """
    kind = kind_of(type)
    if match := _CELL_LINE.fullmatch(identifier):
        return f"https://www.cellosaurus.org/CVCL_{match[1].upper()}"
    if match := _CHEBI.fullmatch(identifier):
        return f"https://www.ebi.ac.uk/chebi/searchId.do?chebiId=CHEBI:{match[1]}"
    if match := _MESH.fullmatch(identifier):
        return f"https://meshb.nlm.nih.gov/record/ui?ui={match[1].upper()}"
    if kind is Kind.VARIANT and (match := _SNP.search(identifier)):
        return f"https://www.ncbi.nlm.nih.gov/snp/rs{match[1]}"
    if kind is Kind.DISEASE and (match := _OMIM.fullmatch(identifier)):
        return f"https://omim.org/entry/{match[1]}"
    if _NUMBER.fullmatch(identifier):
        if kind is Kind.GENE:
            return f"https://www.ncbi.nlm.nih.gov/gene/{identifier}"
        if kind is Kind.ORGANISM:
            return f"https://www.ncbi.nlm.nih.gov/taxonomy/{identifier}"
    return None


def article_link(id: str) -> str | None:
    """The article's page at PubMed or PMC, or None if a document's id is no such id."""
    if _PMC.fullmatch(id):
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{id}/"
    match = _PMID.fullmatch(id)
    return f"https://pubmed.ncbi.nlm.nih.gov/{match[1]}/" if match else None
