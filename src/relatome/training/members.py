"""Recipes of several members: one run for each seed, and the answer of them all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from relatome.data import Document, Split, vote
from relatome.recipes import Recipe, load_recipe
from relatome.scoring import score
from relatome.training.ensemble import LoadedModel, load_run, predict
from relatome.training.folder import (
    PROVENANCE_FILE,
    RECIPE_FILE,
    claim_folder,
    read_scores,
    require_folder,
    write_scores,
    write_whole,
)


def members(recipe: Recipe, folder: Path) -> list[tuple[Recipe, Path]]:
    """The members of an ensemble recipe and the folders of their runs inside of `folder`."""
    assert recipe.ensemble is not None
    first = recipe.training.seed
    made = []
    for seed in range(first, first + recipe.ensemble.seeds):
        training = msgspec.structs.replace(recipe.training, seed=seed)
        member = msgspec.structs.replace(recipe, training=training, ensemble=None)
        made.append((member, folder / f"seed-{seed}"))
    return made


def run_members(
    recipe: Recipe,
    folder: Path,
    dev: Split,
    run_one: Callable[[Recipe, Path], object],
    *,
    resume: bool,
) -> dict[str, float]:
    """Carry out every member, and score their joint answer on dev.

    Args:
        recipe: with an ensemble.
        folder: of the whole; each member has a run folder in it, and one that is finished is not
            run again.
        dev: the split every member was selected on.
        run_one: carries out one member in its folder, or goes on with it.
        resume: whether `folder` may hold a part of this already, or all.

    Returns:
        F1 on dev by score.

    Raises:
        UsageError: if the folder holds something else.
    """
    require_folder(recipe, folder, resume=resume)
    if resume and (finished := read_scores(folder)) is not None:
        return finished[1]
    claim_folder(recipe, folder)
    for member, place in members(recipe, folder):
        run_one(member, place)
    result = score(dev.documents, predict_run(folder, dev.documents), recipe.selection.rule)
    parts = [place for _, place in members(recipe, folder)]
    provenance = {p.name: json.loads((p / PROVENANCE_FILE).read_text("utf-8")) for p in parts}
    first = provenance[parts[0].name]
    write_whole(folder / PROVENANCE_FILE, json.dumps({**first, "members": provenance}, indent=2))
    scores = {name: result.f1(name) for name in result.scores}
    write_scores(folder, recipe, dev.name, scores)
    return scores


class LoadedRun(NamedTuple):
    """A finished run, ready to predict.

    Attributes:
        models: one, or those of all members.
        vote: how several give one answer, see `relatome.recipes.recipe.Ensemble`.
    """

    models: list[LoadedModel]
    vote: Literal["majority", "mean"]

    def predict(self, documents: Sequence[Document]) -> list[Document]:
        """What the run says of documents; errors as for `relatome.training.ensemble.predict`."""
        if self.vote == "mean":
            return predict(self.models, documents)
        answers = [predict([model], documents) for model in self.models]
        schema = self.models[0].settings.schema
        return vote(answers, schema, names=tuple(model.name for model in self.models))


def load_members(run: Path) -> LoadedRun:
    """The models of a finished run, be it of one model or of an ensemble.

    Raises:
        UsageError, ModelError: as `load_run`.
    """
    recipe = load_recipe(str(run / RECIPE_FILE)) if (run / RECIPE_FILE).is_file() else None
    if recipe is None or recipe.ensemble is None:
        return LoadedRun([load_run(run)], "mean")
    return LoadedRun([load_run(place) for _, place in members(recipe, run)], recipe.ensemble.vote)


def predict_run(run: Path, documents: Sequence[Document]) -> list[Document]:
    """What a finished run says of documents, be it of one model or of an ensemble.

    Raises:
        UsageError, InputError, ModelError: as `predict` and `load_run`.
    """
    return load_members(run).predict(documents)
