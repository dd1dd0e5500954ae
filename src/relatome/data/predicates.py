"""Relations by the names of others: PubTator 3's relation types, Biolink's predicates."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from relatome.data.document import Document, Relation
from relatome.data.schema import BIORED, Schema, is_no_relation
from relatome.errors import (
    PREDICATES_SCHEMA,
    UNKNOWN_LABEL,
    InputError,
    Place,
    UsageError,
)

Vocabulary = Literal["pubtator3", "biolink"]
VOCABULARIES: tuple[Vocabulary, ...] = get_args(Vocabulary)

_CHEMICAL, _DISEASE, _GENE, _VARIANT = (
    "ChemicalEntity",
    "DiseaseOrPhenotypicFeature",
    "GeneOrGeneProduct",
    "SequenceVariant",
)


class Predicate(msgspec.Struct, frozen=True):
    """A name for a relation.

    Attributes:
        name: as the vocabulary spells it.
        subject: the entity type that the sentence "subject predicate object" begins with; None
            where the predicate is symmetric.
    """

    name: str
    subject: str | None = None


# For each label, what it is called between two types, and what it is called between any others.
_ANY: frozenset[str] = frozenset()
_TABLES: dict[Vocabulary, dict[str, dict[frozenset[str], Predicate]]] = {
    # PubTator 3's tutorial, table 2 of "Relation Annotations", and Wei et al. 2024 (doi
    # 10.1093/nar/gkae235). `convert` stands in its API only. It defines `stimulate` and `inhibit`
    # as correlations, so they are symmetric, whatever their names.
    "pubtator3": {
        "Association": {_ANY: Predicate("associate")},
        "Positive_Correlation": {
            frozenset((_CHEMICAL, _DISEASE)): Predicate("cause", _CHEMICAL),
            frozenset((_DISEASE, _VARIANT)): Predicate("cause", _VARIANT),
            frozenset((_DISEASE, _GENE)): Predicate("stimulate"),
            frozenset((_CHEMICAL, _VARIANT)): Predicate("stimulate"),
            _ANY: Predicate("positive_correlate"),
        },
        "Negative_Correlation": {
            frozenset((_CHEMICAL, _DISEASE)): Predicate("treat", _CHEMICAL),
            frozenset((_DISEASE, _VARIANT)): Predicate("prevent", _VARIANT),
            frozenset((_DISEASE, _GENE)): Predicate("inhibit"),
            frozenset((_CHEMICAL, _VARIANT)): Predicate("inhibit"),
            _ANY: Predicate("negative_correlate"),
        },
        "Bind": {_ANY: Predicate("interact")},
        "Comparison": {_ANY: Predicate("compare")},
        "Cotreatment": {_ANY: Predicate("cotreat")},
        "Drug_Interaction": {_ANY: Predicate("drug_interact")},
        "Conversion": {_ANY: Predicate("convert")},
    },
    # The weakest predicate that says what the label says. `associated_with` denies a cause, which
    # Association does not; and no predicate is for comparing, for giving together, or for a
    # conversion of which nothing says which way it goes.
    "biolink": {
        "Association": {_ANY: Predicate("biolink:related_to")},
        "Positive_Correlation": {
            frozenset((_CHEMICAL, _DISEASE)): Predicate("biolink:causes", _CHEMICAL),
            frozenset((_DISEASE, _VARIANT)): Predicate(
                "biolink:associated_with_increased_likelihood_of", _VARIANT
            ),
            _ANY: Predicate("biolink:positively_correlated_with"),
        },
        "Negative_Correlation": {
            frozenset((_CHEMICAL, _DISEASE)): Predicate(
                "biolink:treats_or_applied_or_studied_to_treat", _CHEMICAL
            ),
            frozenset((_DISEASE, _VARIANT)): Predicate(
                "biolink:associated_with_decreased_likelihood_of", _VARIANT
            ),
            _ANY: Predicate("biolink:negatively_correlated_with"),
        },
        "Bind": {_ANY: Predicate("biolink:physically_interacts_with")},
        "Comparison": {_ANY: Predicate("biolink:related_to")},
        "Cotreatment": {_ANY: Predicate("biolink:related_to")},
        "Drug_Interaction": {_ANY: Predicate("biolink:pharmacologically_interacts_with")},
        "Conversion": {_ANY: Predicate("biolink:related_to")},
    },
}


def predicate(vocabulary: Vocabulary, label: str, one: str, other: str) -> Predicate | None:
    """What a BioRED label between two entity types is called, or None if it has no such name.

    Args:
        vocabulary: whose names.
        label: a label of BioRED.
        one: an entity type, in BioRED's own spelling.
        other: the other one; their order means nothing.
    """
    named = _TABLES[vocabulary].get(label)
    if named is None or not {one, other} <= BIORED.entity_types.keys():
        return None
    return named.get(frozenset((one, other)), named[_ANY])


def oriented(
    vocabulary: Vocabulary, label: str, head: str, tail: str, subject: str | None = None
) -> tuple[str, bool] | None:
    """What a relation is called, and whether its arguments change places for that.

    Where a relation names its subject, and the predicate of the types would begin with the other
    entity, it gets the symmetric one of its label: a disease that raises a chemical is not caused
    by it.

    Args:
        vocabulary: whose names.
        label: a label of BioRED.
        head: type of the head, in BioRED's own spelling.
        tail: type of the tail.
        subject: type of the one that acts, if the relation says so.

    Returns:
        None if the relation has no such name.
    """
    found = predicate(vocabulary, label, head, tail)
    if found is None:
        return None
    if found.subject is None:
        return found.name, False
    if subject is not None and subject != found.subject:
        return _TABLES[vocabulary][label][_ANY].name, False
    return found.name, head != found.subject


def require_predicates(schema: Schema, vocabulary: Vocabulary) -> None:
    """Refuse a schema whose relations have no such names.

    Raises:
        UsageError: naming the first label without one.
    """
    for rule in schema.pairs:
        for label in rule.labels:
            if is_no_relation(label):
                continue
            if predicate(vocabulary, label, rule.head, rule.tail) is None:
                raise UsageError(
                    PREDICATES_SCHEMA,
                    vocabulary=vocabulary,
                    label=label,
                    head=rule.head,
                    tail=rule.tail,
                    schema=schema.name,
                )


def with_predicates(document: Document, vocabulary: Vocabulary) -> Document:
    """The document, its relations under the names of a vocabulary, see `oriented`.

    Args:
        document: with BioRED's labels, and entity types in any spelling BioRED knows.
        vocabulary: whose names.

    Raises:
        InputError: at a label or an entity type that BioRED does not have.
    """
    place = Place(document=document.id)

    def named(relation: Relation) -> Relation:
        types = {
            argument: BIORED.canonical_type(document.entity_by_id[argument].type, place)
            for argument in (relation.head, relation.tail)
        }
        head, tail = relation.head, relation.tail
        found = oriented(
            vocabulary, relation.type, types[head], types[tail], types.get(relation.subject or "")
        )
        if found is None:
            known = ", ".join(BIORED.labels)
            raise InputError(UNKNOWN_LABEL, at=place, type=relation.type, known=known)
        name, turned = found
        if turned:
            head, tail = tail, head
        return msgspec.structs.replace(relation, head=head, tail=tail, type=name)

    return document.with_relations(tuple(named(relation) for relation in document.relations))
