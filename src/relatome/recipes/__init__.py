"""Recipes: one TOML file per system and run, and the schema that reads them."""

from relatome.recipes.recipe import Recipe, load_recipe, shipped, source

__all__ = ["Recipe", "load_recipe", "shipped", "source"]
