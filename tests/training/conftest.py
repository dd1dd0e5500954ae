"""Training on a tiny encoder: seconds instead of hours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from relatome.recipes import Recipe, load_recipe

Tiny = Callable[..., Recipe]


@pytest.fixture
def tiny(tiny_encoder: Path) -> Tiny:
    """The shipped recipe on the tiny encoder, with further overrides."""

    def make(*overrides: str, recipe: str = "small") -> Recipe:
        return load_recipe(
            recipe,
            (
                f"encoder.name={tiny_encoder}",
                "encoding.window=96",
                "encoding.overlap=32",
                "training.epochs=2",
                "training.batch_size=4",
                "training.precision=fp32",
                *overrides,
            ),
        )

    return make
