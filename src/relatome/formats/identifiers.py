"""Concept identifiers as the corpora and services write them.

One mention may carry several identifiers. The separators, measured on the corpora: `,` (BioRED),
`;` (BioREDirect), `|` (BC5CDR). In variant identifiers `|` is part of the identifier
(``p|SUB|E|333|D``), and PubTator3 describes one variant by several attributes joined with `;`
(``tmVar:rs1800629;VariantGroup:4;RS#:1800629``). Four mentions of BioRED carry two MeSH ids
joined by `|` that the relations of the document name as a whole (``D017180|D014693``): there the
whole is the identifier.
"""

from __future__ import annotations

import re
from collections.abc import Container

from relatome.data.document import Mention

_NONE = frozenset(("", "-", "-1"))
_SEPARATORS = re.compile("[,;]")
_MESH_LIKE = re.compile(r"(?:MESH:)?[CD]\d+|-1")
_VARIANT_ATTRIBUTES = re.compile(
    r"(?:tmVar|HGVS|RS#|CA#|VariantGroup|OriginalGene|CorrespondingGene|CorrespondingSpecies):"
)
_RS_NUMBER = re.compile(r"(?:^|;)RS#:(\d+)")
_HGVS = re.compile(r"(?:^|;)HGVS:([^;]+)")
_TMVAR = re.compile(r"(?:^|;)tmVar:([^;]+)")


def parse_identifiers(raw: str, arguments: Container[str] = ()) -> tuple[str, ...]:
    """The identifiers of a mention, in the order written; none for `-`, `-1` and the empty string.

    Args:
        raw: the field as written.
        arguments: the identifiers that relations of the document name; one of them is never
            divided at `|`.

    A variant described by attributes is one identifier: its dbSNP number, else its HGVS name, else
    its tmVar form. Relations of the same service name it by a subset of the attributes, and this
    order makes both the same.
    """
    if raw.isalnum():
        return (raw,)
    if describes_variant(raw):
        return (_variant(raw),)
    found: list[str] = []
    for part in _SEPARATORS.split(raw):
        part = part.strip()
        pieces = part.split("|")
        if part in arguments or not all(_MESH_LIKE.fullmatch(piece) for piece in pieces):
            pieces = [part]
        found.extend(pieces)
    return tuple(dict.fromkeys(piece for piece in found if piece not in _NONE))


def parse_argument(raw: str) -> str:
    """The identifier of a relation's argument, written as `parse_identifiers` writes it."""
    return _variant(raw) if describes_variant(raw) else raw.strip()


def describes_variant(raw: str) -> bool:
    """Whether `raw` describes one variant by attributes, rather than listing identifiers."""
    return ":" in raw and any(_VARIANT_ATTRIBUTES.match(part) for part in raw.split(";"))


def identifier_field(mention: Mention) -> str:
    """The identifiers of a mention in one field.

    As BioRED writes them: joined by `,`, and `-` for none. A variant that came with a description
    by attributes, kept in the infon ``identifier``, gets it back.
    """
    described = mention.infons.get("identifier", "")
    if describes_variant(described) and parse_identifiers(described) == mention.entity_ids:
        return described
    return ",".join(mention.entity_ids) or "-"


def holds_identifiers(mention: Mention, arguments: Container[str]) -> bool:
    """Whether the identifiers of a mention are read back from `identifier_field` as they are."""
    return parse_identifiers(identifier_field(mention), arguments) == mention.entity_ids


def _variant(raw: str) -> str:
    if match := _RS_NUMBER.search(raw):
        return f"rs{match[1]}"
    for pattern in (_HGVS, _TMVAR):
        if match := pattern.search(raw):
            return match[1]
    return raw
