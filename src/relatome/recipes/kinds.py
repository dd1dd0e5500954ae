"""Reading a recipe of whatever kind it is."""

from __future__ import annotations

import tomllib

from relatome.recipes.combination import Combination, load_combination
from relatome.recipes.recipe import Recipe, load_recipe, source
from relatome.recipes.tagger import TaggerRecipe, load_tagger


def load_any(name: str, overrides: tuple[str, ...] = ()) -> Recipe | Combination | TaggerRecipe:
    """Read whatever can be trained.

    A combination is what has ``[[relation]]``, a tagger what has ``[[sources]]``. Arguments and
    errors as for `load_recipe`.
    """
    try:
        whole = tomllib.loads(source(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        whole = {}  # which `load_recipe` refuses with the reason
    if "relation" in whole:
        return load_combination(name, overrides)
    if "sources" in whole:
        return load_tagger(name, overrides)
    return load_recipe(name, overrides)
