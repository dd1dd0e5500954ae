"""Training on a tiny encoder: seconds instead of hours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from relatome.data.schemas import BIORED
from relatome.encode import PairEncoding
from relatome.recipes import Recipe, load_recipe, to_plain

Tiny = Callable[..., Recipe]
DEFINITIONS = {
    "source": "our own words",
    "labels": {label: f"a relation of {label.lower()}" for label in BIORED.labels},
}


@pytest.fixture(scope="session")
def tiny(tiny_encoder: Path) -> Tiny:
    """A shipped recipe on the tiny encoder, with further overrides."""

    def make(*overrides: str, recipe: str = "small") -> Recipe:
        pairs = isinstance(load_recipe(recipe).encoding, PairEncoding)
        sizes = ("encoding.length=96",) if pairs else ("encoding.window=96", "encoding.overlap=32")
        return load_recipe(
            recipe,
            (
                f"encoder.name={tiny_encoder}",
                *sizes,
                "training.epochs=2",
                "training.batch_size=4",
                "training.precision=fp32",
                *overrides,
            ),
        )

    return make


@pytest.fixture(scope="session")
def paired(tiny: Tiny) -> Tiny:
    """`small` on the tiny encoder under pair encoding, with changes: values by dotted key."""

    def make(vector: str = "starts", **changes: Any) -> Recipe:
        plain = to_plain(tiny())
        plain["name"] = "paired"
        plain["encoding"] = {
            "kind": "pair",
            "markers": "typed",
            "prompt": "question",
            "context": "window",
            "length": 64,
            "vector": vector,
        }
        plain["training"]["mask_entities"] = 0.0
        for key, value in changes.items():
            *tables, last = key.split("__")
            table = plain
            for name in tables:
                table = table.setdefault(name, {})
            table[last] = value
        return msgspec.convert(plain, Recipe)

    return make
