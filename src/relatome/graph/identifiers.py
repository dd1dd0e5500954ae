"""Identifiers as CURIEs, so that one entity is one node, whoever identified it.

The corpora write ``D003924``, PubTator 3 writes ``MESH:D003924``; a bare number is a gene or a
taxon, and only the type of the entity says which. What no known vocabulary names keeps an
identifier of ours: ``relatome.local`` for names that were found in the text alone (see
`relatome.entities.local_id`), ``relatome.id`` for identifiers without a prefix.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from relatome.data.schema import BIORED

_LOCAL = "local:"

# Prefixes as the Biolink model spells them; it has none for Cellosaurus, whose own is used.
PREFIXES = {
    "NCBIGene": "https://www.ncbi.nlm.nih.gov/gene/",
    "NCBITaxon": "http://purl.obolibrary.org/obo/NCBITaxon_",
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "OMIM": "https://omim.org/entry/",
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "DBSNP": "https://www.ncbi.nlm.nih.gov/snp/",
    "cellosaurus": "https://www.cellosaurus.org/",
}
_SPELLINGS = {prefix.lower(): prefix for prefix in PREFIXES} | {
    "mim": "OMIM",
    "ncbi_gene": "NCBIGene",
    "entrez": "NCBIGene",
    "taxonomy": "NCBITaxon",
    "ncbi_taxonomy": "NCBITaxon",
}
_OF_TYPE = {"GeneOrGeneProduct": "NCBIGene", "OrganismTaxon": "NCBITaxon"}

_MESH = re.compile(r"[CD]\d{6,9}")
_OMIM = re.compile(r"[1-9]\d{5}")
# Alone, or within what PubTator3 says of a variant: `tmVar:p|SUB|V|600|E;…;RS#:113488022;…`.
_RS = re.compile(r"(?:^rs|\bRS#:)(\d+)(?=$|;)", re.IGNORECASE | re.ASCII)
_CVCL = re.compile(r"(?:CVCL[_:])([A-Z0-9]{4})", re.IGNORECASE)
# What KGX takes for a CURIE: no blank, slash or colon after the first one.
_UNSAFE_CHARACTERS = r"/\s:<>\"|\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_CURIE = re.compile(rf"([A-Za-z][A-Za-z0-9_.-]*):([^{_UNSAFE_CHARACTERS}]+)")
# Of a local identifier, what is no part of a CURIE; the rest it escapes itself.
_UNSAFE = re.compile(rf"[{_UNSAFE_CHARACTERS}]")


def canonical_type(type: str) -> str:
    """BioRED's name of an entity type; a type that BioRED does not know keeps its own."""
    return BIORED.canonical_type(type) if BIORED.knows_type(type) else type


def curie(identifier: str, type: str) -> str:
    """An identifier of an entity of this type as a CURIE.

    Args:
        identifier: as `relatome.formats` reads it, or `relatome.entities.local_id` made it.
        type: the type of the entity, which says what a bare number counts.

    Example:
        >>> curie("D003924", "Disease"), curie("7157", "Gene"), curie("rs1800629", "Variant")
        ('MESH:D003924', 'NCBIGene:7157', 'DBSNP:rs1800629')
        >>> curie("local:ChemicalEntity:acid_red", "Chemical")
        'relatome.local:ChemicalEntity~acid_red'
    """
    if identifier.startswith(_LOCAL):
        kind, _, name = identifier.removeprefix(_LOCAL).partition(":")
        return f"relatome.local:{_escaped(kind)}~{_escaped(name)}"
    if _MESH.fullmatch(identifier):
        return f"MESH:{identifier}"
    if found := _RS.search(identifier):
        return f"DBSNP:rs{found[1]}"
    if found := _CVCL.fullmatch(identifier):
        return f"cellosaurus:CVCL_{found[1].upper()}"
    kind = canonical_type(type)
    if identifier.isascii() and identifier.isdigit() and kind in _OF_TYPE:
        return f"{_OF_TYPE[kind]}:{identifier}"
    if kind == "DiseaseOrPhenotypicFeature" and _OMIM.fullmatch(identifier):
        return f"OMIM:{identifier}"
    if found := _CURIE.fullmatch(identifier):
        return f"{_SPELLINGS.get(found[1].lower(), found[1])}:{found[2]}"
    return f"relatome.id:{quote(kind, safe='')}~{quote(identifier, safe='', errors='replace')}"


def publication(document: str) -> str:
    """The identifier of a document as a CURIE: a number is a PubMed id.

    Example:
        >>> publication("18439317"), publication("PMC2533257"), publication("note 1")
        ('PMID:18439317', 'PMC:2533257', 'relatome.document:note%201')
    """
    if document.isascii() and document.isdigit():
        return f"PMID:{document}"
    if found := re.fullmatch(r"PMC(\d+)", document):
        return f"PMC:{found[1]}"
    return f"relatome.document:{quote(document, safe='', errors='replace')}"


def is_local(curie: str) -> bool:
    """Whether a node was named by the text alone, by no vocabulary."""
    return curie.startswith("relatome.local:")


def link(curie: str) -> str | None:
    """The page on an entity or a publication, where its vocabulary has one."""
    prefix, _, identifier = curie.partition(":")
    if prefix == "PMID":
        return f"https://pubmed.ncbi.nlm.nih.gov/{quote(identifier)}/"
    if prefix == "PMC":
        return f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{quote(identifier)}/"
    return f"{PREFIXES[prefix]}{quote(identifier)}" if prefix in PREFIXES else None


def _escaped(name: str) -> str:
    return _UNSAFE.sub(lambda found: quote(found[0], safe="", errors="replace"), name)
