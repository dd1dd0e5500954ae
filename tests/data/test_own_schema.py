"""Schemas of users: what is refused, and by which key."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from relatome.data import PairRule, Schema
from relatome.data.own_schema import schema_from
from relatome.errors import UsageError

VALUES: dict[str, Any] = {
    "name": "ours",
    "entity_types": {"Drug": ["Chemical"], "Gene": []},
    "labels": ["Binds", "Blocks"],
    "pairs": [
        {"head": "Drug", "tail": "Gene", "labels": ["Binds", "Blocks"]},
        {"head": "Gene", "tail": "Gene", "labels": ["Binds"]},
    ],
    "ordered": False,
    "unit": "concept",
    "scope": "document",
    "multi_label": False,
    "novelty": False,
    "prompt_word": "relation",
    "rule": "relations",
}


def changed(key: str, value: Any) -> dict[str, Any]:
    """The values with one of them changed; ``None`` takes it out."""
    values = copy.deepcopy(VALUES)
    *parents, last = key.split(".")
    table: Any = values
    for parent in parents:
        table = table[int(parent)] if isinstance(table, list) else table[parent]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return values


def test_a_schema_from_plain_values() -> None:
    schema = schema_from(VALUES)
    assert type(schema) is Schema
    assert schema.entity_types == {"Drug": ("Chemical",), "Gene": ()}
    assert schema.canonical_type("chemical") == "Drug"
    assert schema.pair_rule("Gene", "Drug") == PairRule("Drug", "Gene", ("Binds", "Blocks"))
    assert type(schema.pairs[0]) is PairRule
    assert not schema.direction
    assert schema_from(VALUES | {"direction": True}).direction


@pytest.mark.parametrize("key", list(VALUES))
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(UsageError, match=rf"`{key}`"):
        schema_from(changed(key, None))


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("labells", ["x"], "labells"),
        ("name", "", "name is empty"),
        ("labels", [], "labels is empty"),
        ("pairs", [], "pairs is empty"),
        ("unit", "word", "$.unit"),
        ("scope", 3, "$.scope"),
        ("ordered", "no", "$.ordered"),
        ("labels", ["Binds", "Blocks", "Binds"], "labels[2]: 'Binds' stands there twice"),
        ("labels", ["Binds", "Blocks", "None-X"], "labels[2]: 'None-X'"),
        ("labels", ["Binds", " Blocks"], "labels[1]: ' Blocks'"),
        ("labels", ["Binds", "Blocks", "Cuts"], "labels[2]: 'Cuts' is legal for no pair"),
        ("entity_types.Gene", ["chemical"], "'chemical' is a spelling of both 'Drug' and 'Gene'"),
        ("entity_types.Gene", ["drug"], "'drug' is a spelling of both"),
        ("entity_types.Gene", [""], "'Gene' has an empty spelling"),
        ("entity_types.Gene", "chemical", "$.entity_types"),
        ("entity_types.Drug–like", [], "'Drug–like' has an en dash"),
        ("pairs.0.head", "Drugs", "pairs[0].head: 'Drugs' is not in entity_types"),
        ("pairs.1.tail", "Chemical", "pairs[1].tail: 'Chemical' is not in entity_types"),
        ("pairs.1.labels", ["Bind"], "pairs[1].labels: 'Bind' is not in labels"),
        ("pairs.1.labels", [], "pairs[1].labels is empty"),
        ("pairs.1.lables", [], "lables"),
        ("pairs.1.head", None, "head"),
    ],
)
def test_a_fault_is_named_by_its_key(key: str, value: Any, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        schema_from(changed(key, value))
    assert caught.value.code == "R821"
    assert found in str(caught.value)


def test_two_rules_for_a_pair() -> None:
    turned = {"head": "Gene", "tail": "Drug", "labels": ["Binds"]}
    values = VALUES | {"pairs": [*VALUES["pairs"], turned]}
    with pytest.raises(UsageError, match=r"pairs\[2\]: there is a rule for Gene and Drug already"):
        schema_from(values)
    assert len(schema_from(values | {"ordered": True}).pairs) == 3


def test_negatives_of_a_pool() -> None:
    negative = {"corpus": "one", "head": "Drug", "tail": "Gene", "label": "None-one"}
    pair = {"head": "Drug", "tail": "Gene", "labels": ["Binds", "Blocks", "None-one"]}
    values = VALUES | {
        "labels": ["Binds", "Blocks", "None-one"],
        "pairs": [pair, VALUES["pairs"][1]],
        "negatives": [negative],
    }
    assert schema_from(values).asserting == ("Binds", "Blocks")
    for change, found in (
        ({"tail": "Drug"}, "negatives[0]: there is no rule for Drug and Drug"),
        ({"label": "Binds"}, "negatives[0].label: 'Binds' is neither"),
        ({"label": "None-two"}, "negatives[0].label: 'None-two' is not legal for the pair"),
        ({"head": "Gene"}, "negatives[0].label: 'None-one' is not legal for the pair"),
        ({"corpse": "x"}, "corpse"),
    ):
        with pytest.raises(UsageError) as caught:
            schema_from(values | {"negatives": [negative | change]})
        assert found in str(caught.value)
