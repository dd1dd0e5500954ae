"""A schema written by a user: plain values to a `Schema`, or the key that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from relatome.data.schema import PairRule, Schema
from relatome.errors import SCHEMA_INVALID, UsageError


class _Pair(PairRule, frozen=True, forbid_unknown_fields=True):
    """A pair in which a misspelt key is an error."""


class _Schema(Schema, frozen=True, dict=True, forbid_unknown_fields=True):
    """A schema in which a misspelt key is an error."""

    pairs: tuple[_Pair, ...]


def schema_from(values: Mapping[str, Any]) -> Schema:
    """The schema that plain values, such as those of a TOML file, describe.

    Every key of `Schema` must be there (but `direction`, which is false by default), none other,
    and they must fit one another.

    Raises:
        UsageError: naming the key at fault.
    """
    try:
        given = msgspec.convert(dict(values), _Schema)
    except msgspec.ValidationError as error:
        raise UsageError(SCHEMA_INVALID, reason=str(error)) from None
    fields = {name: getattr(given, name) for name in Schema.__struct_fields__}
    fields["pairs"] = tuple(PairRule(p.head, p.tail, p.labels) for p in given.pairs)
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
    for index, label in enumerate(schema.labels):
        if not label.strip() or label != label.strip():
            yield f"labels[{index}]: {label!r} is empty or has spaces around it"
        if label in schema.labels[:index]:
            yield f"labels[{index}]: {label!r} stands there twice"
        if label == "None" or label.startswith("None-"):
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
