"""Recipes: one TOML file per system and run, and the schemas that read them."""

from relatome.recipes.adaptation import Adaptation, load_adaptation
from relatome.recipes.recipe import (
    FineTypes,
    Recipe,
    load_recipe,
    measured,
    shipped,
    source,
    to_plain,
)

__all__ = [
    "Adaptation",
    "FineTypes",
    "Recipe",
    "load_adaptation",
    "load_recipe",
    "measured",
    "shipped",
    "source",
    "to_plain",
]
