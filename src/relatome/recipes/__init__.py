"""Recipes: one TOML file per system and run, and the schemas that read them."""

from relatome.recipes.adaptation import (
    Adaptation,
    MaskedEntities,
    MaskedWords,
    load_adaptation,
)
from relatome.recipes.combination import Combination, Group, load_any, load_combination
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
    "Combination",
    "FineTypes",
    "Group",
    "MaskedEntities",
    "MaskedWords",
    "Recipe",
    "load_adaptation",
    "load_any",
    "load_combination",
    "load_recipe",
    "measured",
    "shipped",
    "source",
    "to_plain",
]
