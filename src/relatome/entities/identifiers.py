"""Identifiers of entities that no knowledge base names: ``local:GeneOrGeneProduct:mmp-2``."""

from __future__ import annotations

import hashlib
import re

from relatome.entities.names import folded

_PREFIX = "local:"

# Everything else is written as %XX, so that no format takes part of an identifier for a separator
# (`,`, `;`, `|`, white space).
_UNSAFE = re.compile(r"[^\w .+'()/<>-]|_")
_LONGEST_NAME = 80


def local_id(type: str, name: str) -> str:
    """The identifier of an entity within its document, made of its type and a name of it.

    Names that differ in more than case, white space or Unicode compatibility forms have different
    identifiers. Long names are cut and keep a part of their hash.

    Example:
        >>> local_id("ChemicalEntity", "1,2-Dimethylhydrazine")
        'local:ChemicalEntity:1%2C2-dimethylhydrazine'
    """
    return f"{_PREFIX}{_safe(type)}:{_safe(folded(name))}"


def is_local(identifier: str) -> bool:
    """Whether an identifier was made by `local_id`, and means nothing outside its document."""
    return identifier.startswith(_PREFIX)


def _safe(name: str) -> str:
    written = _UNSAFE.sub(_escaped, name).replace(" ", "_")
    if len(written) > _LONGEST_NAME:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        written = f"{written[:_LONGEST_NAME]}~{digest}"
    return written


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))
