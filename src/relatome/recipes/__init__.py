"""Recipes: one TOML file per system and run, and the schemas that read them."""

from relatome.recipes.adaptation import Adaptation, load_adaptation
from relatome.recipes.recipe import Recipe, load_recipe, shipped, source, to_plain

__all__ = [
    "Adaptation",
    "Recipe",
    "load_adaptation",
    "load_recipe",
    "shipped",
    "source",
    "to_plain",
]
