"""The runs of a combination: which they are, and what they say together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from relatome.data import Document, vote
from relatome.errors import MEMBER_MISSING, NAMES_TWICE, RUN_UNFINISHED, Place, UsageError
from relatome.recipes import Combination, Group, Recipe, load_any, load_recipe
from relatome.recipes.recipe import Fold
from relatome.training.ensemble import LoadedModel, load_run, predict
from relatome.training.folder import PROVENANCE_FILE, RECIPE_FILE, RESULTS_FILE
from relatome.training.novelty import judge_novelty

ANSWERING = "answering"  # in the provenance of a combination, the names of the runs that answer


class Member(NamedTuple):
    """A run: what is carried out, and the name of its folder."""

    recipe: Recipe
    name: str


def members(group: Group) -> list[Member]:
    """All runs of a group, those among them that only the best are kept of.

    Raises:
        UsageError: as `load_recipe`.
    """
    recipe = load_recipe(group.recipe)
    if group.folds:
        data = recipe.data
        train = [*data.train, data.dev] if isinstance(data.dev, str) else data.train
        return [
            Member(_with_data(recipe, train, fold, group.folds), _fold_name(recipe, fold, group))
            for fold in range(1, group.folds + 1)
        ]
    first = recipe.training.seed
    made = []
    for seed in range(first, first + group.seeds):
        training = msgspec.structs.replace(recipe.training, seed=seed)
        made.append(
            Member(msgspec.structs.replace(recipe, training=training), f"{recipe.name}-{seed}")
        )
    return made


def _with_data(recipe: Recipe, train: list[str], fold: int, of: int) -> Recipe:
    data = msgspec.structs.replace(recipe.data, train=train, dev=Fold(fold, of))
    return msgspec.structs.replace(recipe, data=data)


def _fold_name(recipe: Recipe, fold: int, group: Group) -> str:
    return f"{recipe.name}-fold-{fold}-of-{group.folds}"


def all_members(combination: Combination) -> dict[str, Member]:
    """The runs of all groups by name, each once.

    Raises:
        UsageError: if two have one name; and as `load_recipe`.
    """
    every: dict[str, Member] = {}
    for group in (*combination.relation, *combination.novelty):
        for member in members(group):
            if every.setdefault(member.name, member) != member:
                raise UsageError(NAMES_TWICE, name=member.recipe.name)
    return every


def chosen(group: Group, beside: Path) -> list[Path]:
    """The folders of a group's runs that answer: all, or those with the best scores on dev.

    Args:
        group: whose runs are finished.
        beside: the folder they lie in.

    Raises:
        UsageError: if one is not there.
    """
    every = members(group)
    folders = [beside / member.name for member in every]
    for folder in folders:
        if not (folder / RESULTS_FILE).is_file():
            raise UsageError(MEMBER_MISSING, at=Place(str(beside)), name=folder.name)
    if not group.best:
        return folders
    score = every[0].recipe.selection.score
    reached = {
        folder: json.loads((folder / RESULTS_FILE).read_text(encoding="utf-8"))["f1"][score]
        for folder in folders
    }
    # Sorting is stable: of equals the earlier seed is kept.
    return sorted(folders, key=lambda folder: -reached[folder])[: group.best]


def answering(combination: Combination, beside: Path) -> dict[str, list[str]]:
    """The names of the runs that answer, by what they say; arguments and errors as for `chosen`."""
    return {
        what: [folder.name for group in groups for folder in chosen(group, beside)]
        for what, groups in (("relation", combination.relation), ("novelty", combination.novelty))
    }


class LoadedRun(NamedTuple):
    """A finished run, ready to predict.

    Attributes:
        models: one, or those of all members that tell relations.
        vote: how several give one answer, see `relatome.recipes.Combination`.
        judges: the members that judge novelty; none if those above do it themselves.
    """

    models: list[LoadedModel]
    vote: Literal["majority", "mean"]
    judges: list[LoadedModel]

    def predict(self, documents: Sequence[Document]) -> list[Document]:
        """What the run says of documents; errors as for `relatome.training.ensemble.predict`."""
        if self.vote == "mean" or len(self.models) == 1:
            found = predict(self.models, documents)
        else:
            answers = [predict([model], documents) for model in self.models]
            schema = self.models[0].settings.schema
            found = vote(answers, schema, names=tuple(model.name for model in self.models))
        return judge_novelty(self.judges, found, self.vote) if self.judges else found


def answering_runs(run: Path) -> tuple[Combination | None, dict[str, list[Path]]]:
    """The folders of the runs that answer for a finished run, by what they say.

    Returns:
        the combination, or None where the run has a model of its own, and the folders.

    Raises:
        UsageError: if a run is not finished, or not there.
    """
    recipe = load_any(str(run / RECIPE_FILE)) if (run / RECIPE_FILE).is_file() else None
    if not isinstance(recipe, Combination):
        return None, {"relation": [run], "novelty": []}
    provenance = run / PROVENANCE_FILE
    if not provenance.is_file():
        raise UsageError(RUN_UNFINISHED, at=Place(str(run)), file=PROVENANCE_FILE)
    # What answers was settled when the run was finished, whatever its recipes have become since.
    names = json.loads(provenance.read_text(encoding="utf-8"))[ANSWERING]
    for name in (*names["relation"], *names["novelty"]):
        if not (run.parent / name / RESULTS_FILE).is_file():
            raise UsageError(MEMBER_MISSING, at=Place(str(run.parent)), name=name)
    return recipe, {what: [run.parent / name for name in names[what]] for what in names}


def load_members(run: Path) -> LoadedRun:
    """The models of a finished run, be it of one model or a combination of runs beside it.

    Raises:
        UsageError, ModelError: as `load_run` and `answering_runs`.
    """
    combination, folders = answering_runs(run)
    models, judges = (list(map(load_run, folders[what])) for what in ("relation", "novelty"))
    return LoadedRun(models, "mean" if combination is None else combination.vote, judges)


def predict_run(run: Path, documents: Sequence[Document]) -> list[Document]:
    """What a finished run says of documents, be it of one model or a combination.

    Raises:
        UsageError, InputError, ModelError: as `predict` and `load_members`.
    """
    return load_members(run).predict(documents)
