"""The folder of a run: whose it is, and the names of what lies in it."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import msgspec
import tomli_w

from relatome.errors import (
    CANNOT_WRITE,
    RUN_DATA_DIFFERS,
    RUN_DIFFERS,
    RUN_EXISTS,
    RUN_NONE,
    Place,
    UsageError,
    WorkError,
)
from relatome.recipes import to_plain

RECIPE_FILE, PROVENANCE_FILE, RESULTS_FILE, MODEL_FOLDER = (
    "recipe.toml",
    "provenance.json",
    "results.json",
    "model",
)
CHECKPOINT_FOLDER = "checkpoints"
STATE_FILE = "trainer_state.json"


def require_folder(recipe: msgspec.Struct, folder: Path, *, resume: bool) -> None:
    """Make sure that a folder may hold a run of a recipe, and leave it as it is.

    Raises:
        UsageError: if the folder is not empty, or holds a run of another recipe.
    """
    path = folder / RECIPE_FILE
    place = Place(str(folder))
    if folder.exists() and not folder.is_dir():
        raise UsageError(RUN_NONE, at=place, reason="a file")
    if resume and path.is_file():
        try:
            # Read as a recipe, so that a key which came later and is not used is no difference.
            found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), type(recipe))
            same = found == recipe
        except ValueError:  # not UTF-8, not TOML, or no recipe
            same = False
        if not same:
            raise UsageError(RUN_DIFFERS, at=place)
    elif folder.is_dir() and any(os.scandir(folder)):
        if resume:
            raise UsageError(RUN_NONE, at=place, reason="a folder of other files")
        raise UsageError(RUN_EXISTS, at=place)


def claim_folder(recipe: msgspec.Struct, folder: Path) -> None:
    """Make the folder and write the recipe into it.

    Raises:
        WorkError: if that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / RECIPE_FILE, tomli_w.dumps(to_plain(recipe)))
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=folder, reason=error.strerror) from None


def require_same_data(folder: Path, hashes: dict[str, str]) -> None:
    """Refuse to go on with other data than a run in the folder, if there is one, was started with.

    Args:
        folder: a run folder.
        hashes: hash of each part of the data, by the name it has in the provenance.

    Raises:
        UsageError: naming the parts that are others.
    """
    path = folder / PROVENANCE_FILE
    if not path.is_file():
        return
    before = json.loads(path.read_text(encoding="utf-8"))["data"]
    if changed := [name for name, value in hashes.items() if before.get(name) != value]:
        raise UsageError(RUN_DATA_DIFFERS, at=Place(str(folder)), what=" and ".join(changed))


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint of a run folder, fit to go on from; None if there is none.

    A run that is killed while it saves leaves a torn checkpoint behind the last whole one, which
    is still there. The state is what is written last, so a checkpoint is whole where it can be
    read. In it stands where the best checkpoint lies; it is corrected for a folder that was moved.
    """
    checkpoints = sorted(
        (folder / CHECKPOINT_FOLDER).glob("checkpoint-*"),
        key=lambda path: -int(path.name.partition("-")[2]),
    )
    for checkpoint in checkpoints:
        path = checkpoint / STATE_FILE
        try:
            state = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        if state["best_model_checkpoint"] is not None:
            best = checkpoint.with_name(Path(state["best_model_checkpoint"]).name)
            if not best.is_dir():
                continue  # the best weights are lost, and have to be trained again
            if state["best_model_checkpoint"] != str(best):
                state["best_model_checkpoint"] = str(best)
                write_whole(path, json.dumps(state, indent=2))
        return checkpoint
    return None


def ended_after(checkpoint: Path) -> float | None:
    """The epoch after which training had ended when the checkpoint was written, early or not."""
    state = json.loads((checkpoint / STATE_FILE).read_bytes())
    ended = state["stateful_callbacks"]["TrainerControl"]["args"]["should_training_stop"]
    return float(state["epoch"]) if ended else None


def read_scores(folder: Path) -> tuple[str, dict[str, float]] | None:
    """The split a finished run was selected on and its scores there; None if it is not finished."""
    path = folder / RESULTS_FILE
    if not path.is_file():
        return None
    results = json.loads(path.read_text(encoding="utf-8"))
    return results["split"], results["f1"]


def write_scores(
    folder: Path, recipe: str, rule: str, split: str, scores: dict[str, float]
) -> None:
    """Write what a run came to; the last thing written, so a run that has it is finished.

    Args:
        folder: of the run.
        recipe: the recipe's name.
        rule: the rule of the scores.
        split: what it was selected on; empty, and without scores, where nothing was selected.
        scores: F1 there by name.
    """
    results = {
        "recipe": recipe,
        "protocol": rule,
        "split": split,
        "f1": scores,
    }
    write_whole(folder / RESULTS_FILE, json.dumps(results, indent=2))


def write_whole(path: Path, text: str) -> None:
    """Write a file that is never seen half-written, whenever the run is killed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
