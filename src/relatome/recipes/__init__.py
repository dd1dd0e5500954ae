"""Recipes: one TOML file per system and run, and the schemas that read them."""

from relatome.recipes.adaptation import (
    Adaptation,
    MaskedEntities,
    MaskedWords,
    Vocabulary,
    load_adaptation,
)
from relatome.recipes.combination import Combination, Group, load_combination
from relatome.recipes.kinds import load_any
from relatome.recipes.recipe import (
    FineTypes,
    Recipe,
    load_recipe,
    measured,
    shipped,
    source,
    to_plain,
)
from relatome.recipes.tagger import Source, TaggerRecipe, load_tagger

__all__ = [
    "Adaptation",
    "Combination",
    "FineTypes",
    "Group",
    "MaskedEntities",
    "MaskedWords",
    "Recipe",
    "Source",
    "TaggerRecipe",
    "Vocabulary",
    "load_adaptation",
    "load_any",
    "load_combination",
    "load_recipe",
    "load_tagger",
    "measured",
    "shipped",
    "source",
    "to_plain",
]
