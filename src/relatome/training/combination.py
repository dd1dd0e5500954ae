"""Carrying out a combination: its runs, one after the other, and what they score together."""

from __future__ import annotations

import gc
import json
import logging
from pathlib import Path

from relatome.corpora import find_schema
from relatome.errors import (
    BEST_WITHOUT_DEV,
    MEMBER_LEARNS_TEST,
    MEMBERS_DIFFER,
    MEMBERS_NARROWED,
    NO_NOVELTY_HEAD,
    NO_RELATION_HEAD,
    Place,
    UsageError,
)
from relatome.recipes import Combination, Recipe, load_recipe
from relatome.recipes.recipe import Narrowing
from relatome.scoring import find_rule, score
from relatome.training.adaptation import require_preparable
from relatome.training.documents import learning_splits, require_learnable, split
from relatome.training.folder import (
    PROVENANCE_FILE,
    claim_folder,
    read_scores,
    require_folder,
    write_scores,
    write_whole,
)
from relatome.training.members import (
    ANSWERING,
    Member,
    all_members,
    answering,
    members,
    predict_run,
)
from relatome.training.processes import main_process, wait_for_all
from relatome.training.run import Outcome, carry_out, stages

logger = logging.getLogger(__name__)


def combine(
    combination: Combination, folder: Path, directory: Path | None = None, *, resume: bool
) -> Outcome:
    """Carry out every run of a combination, and score their joint answer on dev.

    The runs get folders beside `folder`, named by recipe and seed or fold, so that several
    combinations share them: a run that is there already is used, or gone on with.

    Args:
        combination: as `load_combination` gave it.
        folder: of the combination itself.
        directory: where corpora lie; the usual places if None.
        resume: whether `folder` may hold it already.

    Returns:
        The folder, and split and scores of the joint answer where all runs were selected on one and
        the same dev split; else, as with folds, neither.

    Raises:
        UsageError: if a recipe cannot be carried out, members differ in schema, or a folder holds
            something else.
        InputError, ModelError: as `relatome.training.run`.
    """
    every = require_combination(combination, directory)
    if main_process():
        require_folder(combination, folder, resume=resume)
    wait_for_all()
    if resume and (finished := read_scores(folder)) is not None:
        return Outcome(folder, *finished)
    for group in (*combination.relation, *combination.novelty):
        # The documents of all groups are there, and enough for their folds.
        require_learnable(*learning_splits(members(group)[0].recipe, directory))
    for member in every:
        place = folder.parent / member.name
        require_folder(member.recipe, place, resume=place.exists())
        for stage in stages(member.recipe, directory):
            require_preparable(stage.encoder.name, folder.parent)
    if main_process():
        claim_folder(combination, folder)
    for number, member in enumerate(every, start=1):
        logger.info("Run %d of %d: %s", number, len(every), member.name)
        place = folder.parent / member.name
        carry_out(member.recipe, place, directory, resume=place.exists())
        gc.collect()  # models refer to themselves in circles; the next one needs their memory
    provenance = {
        member.name: json.loads(
            (folder.parent / member.name / PROVENANCE_FILE).read_text(encoding="utf-8")
        )
        for member in every
    }
    first = provenance[every[0].name]
    whole = {
        "code": first["code"],
        "machine": first["machine"],
        ANSWERING: answering(combination, folder.parent),
        "members": provenance,
    }
    if main_process():
        write_whole(folder / PROVENANCE_FILE, json.dumps(whole, indent=2))
    wait_for_all()
    name, scores = "", {}
    devs = {member.recipe.data.dev for member in every}
    if len(devs) == 1 and isinstance(dev_name := devs.pop(), str):
        dev = split(dev_name, directory)
        result = score(dev.documents, predict_run(folder, dev.documents), combination.rule)
        name, scores = dev.name, {each: result.f1(each) for each in result.scores}
    if main_process():
        write_scores(folder, combination.name, combination.rule, name, scores)
    wait_for_all()
    return Outcome(folder, name, scores)


def require_combination(combination: Combination, directory: Path | None = None) -> list[Member]:
    """All runs of a combination, each once, after everything that can be verified without data.

    Raises:
        UsageError: naming what is wrong, and in which recipe.
    """
    find_rule(combination.rule)
    every = all_members(combination)
    first, *others = every.values()
    schema = find_schema(first.recipe.schema, directory)
    for member in others:
        if find_schema(member.recipe.schema, directory) != schema:
            raise UsageError(
                MEMBERS_DIFFER,
                one=first.recipe.name,
                one_schema=first.recipe.schema,
                other=member.recipe.name,
                other_schema=member.recipe.schema,
            )
    for member in every.values():
        data = member.recipe.data
        if combination.test in (*data.train, *data.source):
            place = Place(member.recipe.name)
            raise UsageError(MEMBER_LEARNS_TEST, at=place, test=combination.test)
        try:
            stages(member.recipe, directory)
        except UsageError as error:
            raise error.located(Place(member.recipe.name)) from None
    for name, groups in (("relation", combination.relation), ("novelty", combination.novelty)):
        for group in groups:
            recipe = load_recipe(group.recipe)
            if name == "relation" and not recipe.losses:
                raise UsageError(NO_RELATION_HEAD, at=Place(group.recipe))
            if name == "novelty" and recipe.tasks.novelty is None:
                raise UsageError(NO_NOVELTY_HEAD, at=Place(group.recipe))
            if group.best and not recipe.data.dev:
                raise UsageError(BEST_WITHOUT_DEV, at=Place(group.recipe))
    asked = {_narrowing(load_recipe(group.recipe)) for group in combination.relation}
    if combination.vote == "mean" and len(asked) > 1:
        raise UsageError(MEMBERS_NARROWED)
    return list(every.values())


def _narrowing(recipe: Recipe) -> Narrowing | None:
    """Which candidates the recipe's models are asked about, if not all."""
    narrowing = recipe.narrowing
    return narrowing if narrowing is not None and narrowing.everywhere else None
