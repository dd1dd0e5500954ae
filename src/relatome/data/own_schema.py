"""A schema written by a user: plain values to a `Schema`, or the key that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from relatome.data.schema import NO_RELATION, Negative, PairRule, Schema, is_no_relation
from relatome.errors import SCHEMA_INVALID, UsageError


class _Pair(PairRule, frozen=True, forbid_unknown_fields=True):
    """A pair in which a misspelt key is an error."""


class _Negative(Negative, frozen=True, forbid_unknown_fields=True):
    """A class of negatives in which a misspelt key is an error."""


class _Schema(Schema, frozen=True, dict=True, forbid_unknown_fields=True):
    """A schema in which a misspelt key is an error."""

    pairs: tuple[_Pair, ...]
    negatives: tuple[_Negative, ...] = ()


def schema_from(values: Mapping[str, Any]) -> Schema:
    """The schema that plain values, such as those of a TOML file, describe.

    Every key of `Schema` must be there (but `direction`, which is false by default, and
    `negatives`, which only pools have), none other, and they must fit one another.

    Raises:
        UsageError: naming the key at fault.
    """
    try:
        given = msgspec.convert(dict(values), _Schema)
    except msgspec.ValidationError as error:
        raise UsageError(SCHEMA_INVALID, reason=str(error)) from None
    fields = {name: getattr(given, name) for name in Schema.__struct_fields__}
    fields["pairs"] = tuple(PairRule(p.head, p.tail, p.labels) for p in given.pairs)
    fields["negatives"] = tuple(
        Negative(n.corpus, n.head, n.tail, n.label) for n in given.negatives
    )
    schema = Schema(**fields)
    for fault in _faults(schema):
        raise UsageError(SCHEMA_INVALID, reason=fault)
    return schema


def _faults(schema: Schema) -> Iterator[str]:
    """What does not fit, by key."""
    for key in ("name", "entity_types", "labels", "pairs", "rule"):
        if not getattr(schema, key):
            yield f"{key} is empty"
    yield from _spelling_faults(schema)
    yield from _negative_faults(schema)
    for index, label in enumerate(schema.labels):
        if not label.strip() or label != label.strip():
            yield f"labels[{index}]: {label!r} is empty or has spaces around it"
        if label in schema.labels[:index]:
            yield f"labels[{index}]: {label!r} stands there twice"
        if is_no_relation(label) and label not in {n.label for n in schema.negatives}:
            yield f"labels[{index}]: {label!r} is what no relation is called"
    yield from _pair_faults(schema)


def _spelling_faults(schema: Schema) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, aliases in schema.entity_types.items():
        for spelling in (name, *aliases):
            if not spelling.strip():
                yield f"entity_types: {name!r} has an empty spelling"
            other = seen.setdefault(spelling.lower(), name)
            if other != name:
                yield f"entity_types: {spelling!r} is a spelling of both {other!r} and {name!r}"
        if "–" in name:
            yield f"entity_types: {name!r} has an en dash, which stands between the types of a pair"


def _pair_faults(schema: Schema) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for index, pair in enumerate(schema.pairs):
        key = f"pairs[{index}]"
        for side, name in (("head", pair.head), ("tail", pair.tail)):
            if name not in schema.entity_types:
                yield f"{key}.{side}: {name!r} is not in entity_types"
        types = (pair.head, pair.tail)
        if types in seen:
            yield f"{key}: there is a rule for {pair.head} and {pair.tail} already"
        seen |= {types} if schema.ordered else {types, types[::-1]}
        if not pair.labels:
            yield f"{key}.labels is empty"
        for label in pair.labels:
            if label not in schema.labels:
                yield f"{key}.labels: {label!r} is not in labels"
    used = {label for pair in schema.pairs for label in pair.labels}
    for index, label in enumerate(schema.labels):
        if label not in used:
            yield f"labels[{index}]: {label!r} is legal for no pair"


def _negative_faults(schema: Schema) -> Iterator[str]:
    rules = {(pair.head, pair.tail): pair.labels for pair in schema.pairs}
    for index, negative in enumerate(schema.negatives):
        key = f"negatives[{index}]"
        labels = rules.get((negative.head, negative.tail))
        if labels is None:
            yield f"{key}: there is no rule for {negative.head} and {negative.tail}"
        elif not is_no_relation(negative.label):
            yield f"{key}.label: {negative.label!r} is neither None nor begins with None-"
        elif negative.label != NO_RELATION and negative.label not in labels:
            yield f"{key}.label: {negative.label!r} is not legal for the pair"
