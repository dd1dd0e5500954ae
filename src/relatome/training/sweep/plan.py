"""Every unit of a sweep, each recipe of it valid, before anything is carried out."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from relatome.errors import (
    NAMES_TWICE,
    RECIPE_INVALID,
    SWEEP_FIXED,
    SWEEP_JUDGED,
    SWEEP_KEY,
    SWEEP_LACKS,
    SWEEP_NOTHING,
    SWEEP_SAME,
    SWEEP_SEED,
    Place,
    UsageError,
)
from relatome.recipes import Recipe, load_recipe, to_plain
from relatome.training.run import stages
from relatome.training.sweep.grid import Axis

_REMOVED = "-"  # the value of a key that is taken out of the recipe
_SEED = "training.seed"
_RECIPE = "recipe"  # the axis of a sweep of several recipes; no recipe has such a key
# What decides on which documents and by which score a point is judged.
_JUDGES = ("selection", "data.dev")
_LONGEST_NAME = 100  # characters


class Unit(NamedTuple):
    """One run of a sweep.

    Attributes:
        point: the value on each axis, as it was written.
        seed: of training.
        recipe: what is carried out.
        name: of its folder.
    """

    point: tuple[str, ...]
    seed: int
    recipe: Recipe
    name: str


class Plan(NamedTuple):
    """All that a sweep is to carry out, every recipe of it valid.

    Attributes:
        sources: names or paths of the recipes.
        overrides: of all units, as from ``--set``.
        axes: the grid; of several recipes, they are its first axis.
        seeds: of each point of the grid.
        bases: the recipes before any value of the grid.
        starts: the recipes that some of the units start from, each once.
        units: point by point, seed by seed.
    """

    sources: tuple[str, ...]
    overrides: tuple[str, ...]
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    bases: tuple[Recipe, ...]
    starts: tuple[Recipe, ...]
    units: tuple[Unit, ...]

    def command(self, folder: Path) -> str:
        """The command line that carries out this sweep."""
        words = ["relatome", "sweep", *self.sources]
        for axis in self.axes[len(self.sources) > 1 :]:
            words += ["--grid", f"{axis.key}={','.join(axis.values)}"]
        words += ["--seeds", ",".join(map(str, self.seeds)) + ("," if len(self.seeds) == 1 else "")]
        for override in self.overrides:
            words += ["--set", override]
        return shlex.join([*words, "--output", str(folder)])


def plan(
    sources: Sequence[str],
    overrides: Sequence[str],
    axes: Sequence[Axis],
    seeds: Sequence[int],
    directory: Path | None = None,
) -> Plan:
    """Every unit of a sweep, or the first reason why one of them cannot be.

    Args:
        sources: names or paths of recipes; several are one more axis.
        overrides: of all units, as from ``--set``.
        axes: the grid; without any there is one point for each recipe, the recipe itself.
        seeds: of each point.
        directory: where a pool may lie whose schema a recipe names.

    Raises:
        UsageError: naming the key, and the point of the grid where there is one.
    """
    bases = tuple(load_recipe(source, tuple(overrides)) for source in sources)
    named = (Axis(_RECIPE, tuple(base.name for base in bases)),) if len(bases) > 1 else ()
    _require_free_keys(overrides, (*named, *axes))
    _require_comparable(bases)
    _require_keys(sources, overrides, bases, axes)
    known: dict[bytes, str] = {}
    starts: dict[str, Recipe] = {}
    units = []
    for source, base in zip(sources, bases, strict=True):
        for point in product(*(axis.values for axis in axes)):
            changes = {axis.key: value for axis, value in zip(axes, point, strict=True)}
            values = {axis.key: base.name for axis in named} | changes
            said = ", ".join(f"{key}={value}" for key, value in values.items())
            name = _name(values)
            for seed in seeds:
                try:
                    recipe = _changed(source, (*overrides, f"{_SEED}={seed}"), changes)
                    *before, _ = stages(recipe, directory)  # refuses what cannot be carried out
                    for first in before:
                        if starts.setdefault(first.name, first) != first:
                            raise UsageError(NAMES_TWICE, name=first.name)
                except UsageError as error:
                    place = Place(said) if said else error.place
                    raise UsageError(error.message, at=place, **error.values) from None
                whole = msgspec.json.encode(recipe, order="sorted")
                if whole in known:
                    raise UsageError(SWEEP_SAME, one=known[whole], other=said)
                known[whole] = said
                units.append(Unit(tuple(values.values()), seed, recipe, f"{name}seed={seed}"))
    return Plan(
        tuple(sources),
        tuple(overrides),
        (*named, *axes),
        tuple(seeds),
        bases,
        tuple(starts.values()),
        tuple(units),
    )


def _require_comparable(bases: Sequence[Recipe]) -> None:
    """Refuse recipes of the same name, and such as are selected by different scores."""
    names = [base.name for base in bases]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(NAMES_TWICE, name=name)
    first, *others = bases
    for other in others:
        if other.selection != first.selection:
            raise UsageError(
                SWEEP_JUDGED,
                one=first.name,
                one_rule=first.selection.rule,
                one_score=first.selection.score,
                other=other.name,
                other_rule=other.selection.rule,
                other_score=other.selection.score,
            )


def _require_keys(
    sources: Sequence[str], overrides: Sequence[str], bases: Sequence[Recipe], axes: Sequence[Axis]
) -> None:
    """Refuse keys that only some of the recipes have, and such as none has that could be removed.

    A key that none of them has may be added to all.
    """
    for axis in axes:
        owners = [base for base in bases if _has(base, axis.key)]
        if lacking := [base for base in bases if base not in owners] if owners else []:
            raise UsageError(
                SWEEP_LACKS, recipe=lacking[0].name, key=axis.key, other=owners[0].name
            )
        if axis.values == (_REMOVED,):
            for source, base in zip(sources, bases, strict=True):
                if _changed(source, tuple(overrides), {axis.key: _REMOVED}) == base:
                    raise UsageError(SWEEP_NOTHING, key=axis.key)


def _has(recipe: Recipe, key: str) -> bool:
    """Whether a recipe has a key, by its file or by default."""
    value: Any = to_plain(recipe)
    for name in key.split("."):
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


def _require_free_keys(overrides: Sequence[str], axes: Sequence[Axis]) -> None:
    """Refuse keys that the sweep itself sets, that judge its points, or that stand twice."""

    def within(key: str, other: str) -> bool:
        return f"{key}.".startswith(f"{other}.")

    keys = [axis.key for axis in axes]
    for key in (*keys, *(override.partition("=")[0].strip() for override in overrides)):
        if within(_SEED, key):
            raise UsageError(SWEEP_SEED, key=key)
    for index, key in enumerate(keys):
        if any(within(key, judge) or within(judge, key) for judge in _JUDGES):
            raise UsageError(SWEEP_FIXED, key=key)
        if any(within(key, other) or within(other, key) for other in keys[:index]):
            raise UsageError(SWEEP_KEY, key=key)


def _changed(source: str, overrides: tuple[str, ...], changes: dict[str, str]) -> Recipe:
    """The recipe with the values of one point of the grid."""
    values = (f"{key}={value}" for key, value in changes.items() if value != _REMOVED)
    recipe = load_recipe(source, (*overrides, *values))
    plain = to_plain(recipe)
    for key in (key for key, value in changes.items() if value == _REMOVED):
        *tables, last = key.split(".")
        table: Any = plain
        for name in tables:
            table = table.get(name) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table.pop(last, None)
    try:
        return msgspec.convert(plain, Recipe)
    except msgspec.ValidationError as error:
        raise UsageError(RECIPE_INVALID, reason=str(error)) from None


def _name(changes: dict[str, str]) -> str:
    """The beginning of the folder names of a point, readable and fit for every file system."""
    last = [key.rpartition(".")[2] for key in changes]
    short = last if len(set(last)) == len(last) else list(changes)
    said = "".join(f"{key}={value}," for key, value in zip(short, changes.values(), strict=True))
    name = re.sub(r"[^\w.,=+-]+", "_", re.sub(r"[\[\]{}\"' ]", "", said))
    if name == said and len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME].rstrip(',')}~{hashlib.sha256(said.encode()).hexdigest()[:8]},"
