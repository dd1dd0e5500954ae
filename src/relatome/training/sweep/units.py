"""Carrying out the units of a sweep, one run after the other, and going on where it stopped."""

from __future__ import annotations

import gc
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from relatome.corpora import data_hash
from relatome.errors import (
    RUN_DIFFERS,
    RUN_EXISTS,
    RUN_NONE,
    SWEEP_DEV,
    SWEEP_UNJUDGED,
    Place,
    RelatomeError,
    UsageError,
)
from relatome.models import load_encoder, require_length
from relatome.recipes import Recipe
from relatome.training.adaptation import published_encoder, require_preparable
from relatome.training.documents import learning_splits, require_learnable
from relatome.training.folder import RESULTS_FILE, require_folder, require_same_data
from relatome.training.run import carry_out, longest_sequence, stages
from relatome.training.sweep.plan import Plan, Unit
from relatome.training.sweep.summary import SWEEP_FILE, write_summary

logger = logging.getLogger(__name__)


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
    write_summary(swept, folder, errors)
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
        write_summary(swept, folder, errors)
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
