"""A graph in the terms of the Biolink model: categories, predicates, where statements come from.

https://biolink.github.io/biolink-model/, version 4. The predicates of BioRED's relations are those
of `relatome.data.predicates`. Relations of other schemas have none there: they are related, and
what they were called stands beside.
"""

from __future__ import annotations

from typing import NamedTuple

from relatome.data.predicates import oriented
from relatome.graph.query import Edge

CATEGORIES = {
    "CellLine": "biolink:CellLine",
    "ChemicalEntity": "biolink:ChemicalEntity",
    "DiseaseOrPhenotypicFeature": "biolink:DiseaseOrPhenotypicFeature",
    "GeneOrGeneProduct": "biolink:Gene",
    "OrganismTaxon": "biolink:OrganismTaxon",
    "SequenceVariant": "biolink:SequenceVariant",
}
_ANY_CATEGORY = "biolink:NamedThing"
ASSOCIATION = "biolink:Association"
RELATED = "biolink:related_to"
KNOWLEDGE_LEVEL = "prediction"
AGENT_TYPE = "text_mining_agent"
KNOWLEDGE_SOURCE = "infores:relatome"


class Statement(NamedTuple):
    """What an edge says in the terms of the model: CURIEs of subject, predicate and object."""

    subject: str
    predicate: str
    object: str


def category(type: str) -> str:
    """The class of entities of a type; of all things, if the model has none for it."""
    return CATEGORIES.get(type, _ANY_CATEGORY)


def statement(edge: Edge) -> Statement:
    """An edge as a statement. The subject of a symmetric predicate means nothing."""
    head, tail = edge.head, edge.tail
    acting = head.type if edge.directed else None
    name, turned = oriented("biolink", edge.type, head.type, tail.type, acting) or (RELATED, False)
    if turned:
        head, tail = tail, head
    return Statement(head.id, name, tail.id)
