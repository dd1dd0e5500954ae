"""A sweep: recipes carried out with every combination of some values, by several seeds each."""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import os
import re
import shlex
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

import msgspec

from relatome.corpora import data_hash
from relatome.errors import (
    CANNOT_WRITE,
    NAMES_TWICE,
    RECIPE_INVALID,
    RUN_DIFFERS,
    RUN_EXISTS,
    RUN_NONE,
    SWEEP_DEV,
    SWEEP_FIXED,
    SWEEP_GRID,
    SWEEP_JUDGED,
    SWEEP_KEY,
    SWEEP_LACKS,
    SWEEP_NOTHING,
    SWEEP_SAME,
    SWEEP_SEED,
    SWEEP_SEEDS,
    SWEEP_UNJUDGED,
    Place,
    RelatomeError,
    UsageError,
    WorkError,
)
from relatome.models import load_encoder, require_length
from relatome.recipes import Recipe, load_recipe, to_plain
from relatome.training.adaptation import published_encoder, require_preparable
from relatome.training.documents import learning_splits, require_learnable
from relatome.training.folder import (
    PROVENANCE_FILE,
    RESULTS_FILE,
    require_folder,
    require_same_data,
    write_whole,
)
from relatome.training.run import carry_out, longest_sequence, stages

SWEEP_FILE = "sweep.json"
FIRST_SEED = 13

_REMOVED = "-"  # the value of a key that is taken out of the recipe
_SEED = "training.seed"
_RECIPE = "recipe"  # the axis of a sweep of several recipes; no recipe has such a key
# What decides on which documents and by which score a point is judged.
_JUDGES = ("selection", "data.dev")
_MOST_SEEDS = 100  # a larger number is the one seed somebody wants
_LONGEST_NAME = 100  # characters

logger = logging.getLogger(__name__)


class Axis(NamedTuple):
    """A key of a recipe and the values it takes one after the other.

    Attributes:
        key: with dots, as for ``--set``; ``recipe`` where the values are names of recipes.
        values: each in TOML notation; what is no TOML is a string, and ``-`` removes the key.
    """

    key: str
    values: tuple[str, ...]


def read_axis(text: str) -> Axis:
    """Read ``key=value,value``; commas in brackets, braces and quotes belong to the value.

    Raises:
        UsageError: if it does not read so.
    """
    key, equals, listed = text.partition("=")
    values = _divided(listed)
    if not equals or not all(key.strip().split(".")) or values is None or not all(values):
        raise UsageError(SWEEP_GRID, grid=text)
    return Axis(key.strip(), tuple(values))


def _divided(text: str) -> list[str] | None:
    """The parts between commas that stand in no bracket and no quotes; None if one stays open."""
    parts, open_brackets = [""], 0
    for piece in re.findall(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|.', text):
        if piece in "\"'":
            return None
        open_brackets += (piece in "[{") - (piece in "]}")
        if piece == "," and not open_brackets:
            parts.append("")
        else:
            parts[-1] += piece
    return None if open_brackets else [part.strip() for part in parts]


def read_seeds(text: str) -> tuple[int, ...]:
    """Read a number of seeds (``3``: 13, 14, 15) or a list of them (``13,14``; ``13,`` is one).

    Raises:
        UsageError: if it is neither.
    """
    listed = [part.strip() for part in text.split(",")]
    if len(listed) > 1 and not listed[-1]:
        listed.pop()
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in listed):
        raise UsageError(SWEEP_SEEDS, seeds=text)
    seeds = [int(part) for part in listed]
    if "," not in text:
        count = seeds[0]
        seeds = list(range(FIRST_SEED, FIRST_SEED + min(count, _MOST_SEEDS + 1)))
    if not 1 <= len(seeds) <= _MOST_SEEDS or len(set(seeds)) < len(seeds):
        raise UsageError(SWEEP_SEEDS, seeds=text)
    return tuple(seeds)


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


class Step(NamedTuple):
    """What has become of a unit.

    Attributes:
        unit: the unit.
        folder: its run folder.
        error: why it failed; empty if it did not.
    """

    unit: Unit
    folder: Path
    error: str


def carry_out_units(
    swept: Plan, folder: Path, directory: Path | None = None, *, resume: bool
) -> Iterator[Step]:
    """Carry out the units of a plan that are not finished, one after the other.

    Every unit is a run of its own in `folder`, as ``relatome train --set`` would leave it. A unit
    that fails does not keep the others from being carried out. ``sweep.json`` is written at the
    begin and after every unit.

    Args:
        swept: what to carry out.
        folder: of the sweep; must be new or empty unless `resume`.
        directory: where corpora lie; the usual places if None.
        resume: go on with the sweep in the folder; values and seeds may have been added to it.

    Yields:
        each unit when it has ended.

    Raises:
        UsageError: before any work, if the folder is taken, holds units of other recipes or data,
            or a corpus or encoder of any unit cannot be used.
        InputError: before any work, if training and dev documents of a unit overlap.
        WorkError: if the folder cannot be written.
    """
    _require_folder(swept, folder, resume=resume)
    _require_data(swept, folder, directory)
    _require_encoders(swept, folder.parent, directory)
    errors: dict[str, str] = {}
    _write(swept, folder, errors)
    todo = [unit for unit in swept.units if not (folder / unit.name / RESULTS_FILE).is_file()]
    total = len(swept.units)
    if len(todo) < total:
        logger.info("%d of %d units are finished already", total - len(todo), total)
    began = time.monotonic()
    for index, unit in enumerate(todo):
        left = (time.monotonic() - began) / index * (len(todo) - index) if index else None
        estimate = "" if left is None else f", about {_duration(left)} left"
        number = total - len(todo) + index + 1
        logger.info("Unit %d of %d: %s%s", number, total, unit.name, estimate)
        try:
            place = folder / unit.name
            carry_out(unit.recipe, place, directory, resume=True, adapted=folder.parent)
        except Exception as error:  # whatever it is, the others may do better
            known = isinstance(error, RelatomeError)
            errors[unit.name] = str(error) if known else f"{type(error).__name__}: {error}"
            logger.error("%s failed: %s", unit.name, errors[unit.name])
        gc.collect()  # models refer to themselves in circles; the next one needs their memory
        _write(swept, folder, errors)
        yield Step(unit, folder / unit.name, errors.get(unit.name, ""))


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _require_folder(swept: Plan, folder: Path, *, resume: bool) -> None:
    """Make sure that the folder may hold the sweep and each of its units."""
    place = Place(str(folder))
    if folder.exists() and not folder.is_dir():
        raise UsageError(RUN_NONE, at=place, reason="a file")
    if folder.is_dir() and any(os.scandir(folder)):
        if not resume:
            raise UsageError(RUN_EXISTS, at=place)
        try:
            before = list(json.loads((folder / SWEEP_FILE).read_text(encoding="utf-8"))["grid"])
        except (OSError, ValueError, LookupError, TypeError):
            raise UsageError(RUN_NONE, at=place, reason="a folder without a sweep.json") from None
        if before != [axis.key for axis in swept.axes]:
            raise UsageError(RUN_DIFFERS, at=place)
    for unit in swept.units:
        require_folder(unit.recipe, folder / unit.name, resume=True)
    for first in swept.starts:
        require_folder(first, folder / first.name, resume=True)


def _require_data(swept: Plan, folder: Path, directory: Path | None) -> None:
    """Make sure that the documents of all units are there, and judge all of them alike."""
    known: dict[object, _Hashes] = {}
    judges: dict[str, Unit] = {}
    for unit in swept.units:
        *before, last = stages(unit.recipe, directory)
        for stage in (*before, last):
            drawn = stage.training.seed if stage.data.fraction < 1 else None
            data = (msgspec.json.encode(stage.data), drawn)
            if data not in known:
                known[data] = _hashes(stage, directory)
            name = unit.name if stage is last else stage.name
            require_same_data(folder / name, known[data].splits)
        judges.setdefault(known[data].dev, unit)  # by the last stage, the unit's recipe itself
    if len(judges) > 1:
        one, other, *_ = judges.values()
        recipes = [each.recipe.name for each in (one, other)]
        names = recipes if len(set(recipes)) > 1 else [one.name, other.name]
        raise UsageError(SWEEP_DEV, one=names[0], other=names[1])


class _Hashes(NamedTuple):
    """Of the documents of each split by its name, and once more of those of dev."""

    splits: dict[str, str]
    dev: str


def _hashes(recipe: Recipe, directory: Path | None) -> _Hashes:
    train, dev = learning_splits(recipe, directory)
    require_learnable(train, dev)
    if dev is None:
        raise UsageError(SWEEP_UNJUDGED, at=Place(recipe.name))
    splits = {split.name: data_hash(split.documents) for split in (train, dev)}
    return _Hashes(splits, splits[dev.name])


def _require_encoders(swept: Plan, adapted: Path, directory: Path | None) -> None:
    """Make sure that every encoder can be loaded and reads sequences as long as it will get.

    Args:
        swept: the units.
        adapted: the folder in which adaptations have folders of their names.
        directory: where pools may lie.
    """
    readers = set()
    for unit in swept.units:
        for stage in stages(unit.recipe, directory):
            readers.add((stage.encoder.name, *longest_sequence(stage.encoding)))
            if (fine := stage.fine_types) is not None:
                readers.add((fine.encoder, "fine_types.window", fine.window))
    for name, key, length in sorted(readers):
        require_preparable(name, adapted)
        backbone, _ = load_encoder(published_encoder(name))
        require_length(key, length, name, backbone)


def _write(swept: Plan, folder: Path, errors: dict[str, str]) -> None:
    """Write what there is so far as ``sweep.json``."""
    text = json.dumps(_summary(swept, folder, errors), indent=2, ensure_ascii=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / SWEEP_FILE, text + "\n")
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=folder, reason=error.strerror) from None


def _summary(swept: Plan, folder: Path, errors: dict[str, str]) -> dict[str, Any]:
    """The sweep as it stands: dev scores of every unit and, point by point, over its seeds."""
    selection = swept.bases[0].selection
    points: list[dict[str, Any]] = []
    codes, machines = [], []
    split = ""
    by_point: dict[tuple[str, ...], list[Unit]] = {}
    for unit in swept.units:
        by_point.setdefault(unit.point, []).append(unit)
    for point, units in by_point.items():
        rows = []
        for unit in units:
            row: dict[str, Any] = {"seed": unit.seed, "folder": unit.name}
            if unit.name in errors:
                row["error"] = errors[unit.name]
            elif (results := _read(folder / unit.name / RESULTS_FILE)) is not None:
                split = results["split"]
                provenance = _read(folder / unit.name / PROVENANCE_FILE) or {}
                row |= {"f1": results["f1"], "data": provenance["data"]}
                codes.append(provenance["code"])
                machines.append(provenance["machine"])
            rows.append(row)
        values = {axis.key: value for axis, value in zip(swept.axes, point, strict=True)}
        points.append(
            {
                "values": values,
                "scores": spreads(row["f1"] for row in rows if "f1" in row),
                "units": rows,
                "best": False,
            }
        )
    whole = [point for point in points if all("f1" in row for row in point["units"])]
    test = swept.bases[0].data.test
    if whole:
        best = max(whole, key=lambda point: point["scores"][selection.score]["mean"])
        best["best"] = True
        test = by_point[tuple(best["values"].values())][0].recipe.data.test
    return {
        "recipe": ", ".join(base.name for base in swept.bases),
        "title": ". ".join(base.title for base in swept.bases),
        "command": swept.command(folder),
        "rule": selection.rule,
        "score": selection.score,
        "split": split,
        "test": test,
        "grid": {axis.key: list(axis.values) for axis in swept.axes},
        "seeds": list(swept.seeds),
        "points": points,
        "code": _distinct(codes),
        "machine": _distinct(machines),
    }


def spreads(scores: Iterable[dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Mean, standard deviation (n - 1; None of one run), least and most of each score.

    Args:
        scores: of the runs, by name; none at all have no spread.
    """
    scored = list(scores)
    spreads: dict[str, dict[str, float | None]] = {}
    for name in scored[0] if scored else ():
        values = [f1[name] for f1 in scored]
        spreads[name] = {
            "mean": fmean(values),
            "deviation": stdev(values) if len(values) > 1 else None,
            "least": min(values),
            "most": max(values),
        }
    return spreads


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _distinct(values: list[Any]) -> list[Any]:
    return [value for index, value in enumerate(values) if value not in values[:index]]
