"""The folder of a run: whose it is, and the names of what lies in it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import msgspec
import tomli_w

from relatome.errors import RUN_DIFFERS, RUN_EXISTS, Place, UsageError
from relatome.recipes import to_plain

RECIPE_FILE, PROVENANCE_FILE, RESULTS_FILE, MODEL_FOLDER = (
    "recipe.toml",
    "provenance.json",
    "results.json",
    "model",
)


def open_folder(recipe: msgspec.Struct, folder: Path, *, resume: bool) -> None:
    """Claim a new folder for a recipe, or make sure that an old one belongs to it.

    Raises:
        UsageError: if the folder is not empty, or holds a run of another recipe.
    """
    path = folder / RECIPE_FILE
    place = Place(str(folder))
    plain = to_plain(recipe)
    if resume and path.is_file():
        if tomllib.loads(path.read_text(encoding="utf-8")) != plain:
            raise UsageError(RUN_DIFFERS, at=place)
        return
    if folder.is_dir() and any(os.scandir(folder)):
        raise UsageError(RUN_EXISTS, at=place)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
