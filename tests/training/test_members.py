"""Recipes of several members: runs of their own, one answer, and going on after a stop."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.data import vote
from relatome.errors import UsageError
from relatome.recipes import Recipe, load_recipe
from relatome.scoring import score
from relatome.training import carry_out, learning_splits
from relatome.training.ensemble import load_run, predict
from relatome.training.members import members, predict_run
from tests.own_corpus import write_focal_recipe


def recipe_of(folder: Path, encoder: Path, vote: str = "majority") -> Recipe:
    folder.mkdir(parents=True, exist_ok=True)
    path = write_focal_recipe(folder, encoder)
    return load_recipe(str(path), (f'ensemble={{seeds=2,vote="{vote}"}}', "training.seed=5"))


@pytest.fixture(scope="module")
def made(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Recipe, Path]:
    """An ensemble of two seeds, carried out."""
    folder = tmp_path_factory.mktemp("members")
    recipe = recipe_of(folder / "own", tiny_encoder)
    carry_out(recipe, folder / "run", resume=False)
    return recipe, folder / "run"


def test_each_member_is_a_run_with_its_seed(made: tuple[Recipe, Path]) -> None:
    recipe, folder = made
    places = members(recipe, folder)
    assert [place.name for _, place in places] == ["seed-5", "seed-6"]
    for member, place in places:
        assert load_recipe(str(place / "recipe.toml")) == member
        assert (place / "model" / "model.safetensors").is_file()
    weights = {(place / "model" / "model.safetensors").read_bytes() for _, place in places}
    assert len(weights) == 2


def test_the_answer_is_the_vote_of_the_members(made: tuple[Recipe, Path]) -> None:
    recipe, folder = made
    _, dev = learning_splits(recipe, None)
    answers = [predict([load_run(place)], dev.documents) for _, place in members(recipe, folder)]
    expected = vote(answers, load_run(folder / "seed-5").settings.schema)
    assert predict_run(folder, dev.documents) == expected
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    found = score(dev.documents, expected, recipe.selection.rule)
    assert results["f1"] == {name: found.f1(name) for name in found.scores}
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert set(provenance["members"]) == {"seed-5", "seed-6"}


def test_the_mean_is_that_of_probabilities(tiny_encoder: Path, tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path / "own", tiny_encoder, "mean")
    carry_out(recipe, tmp_path / "run", resume=False)
    _, dev = learning_splits(recipe, None)
    models = [load_run(place) for _, place in members(recipe, tmp_path / "run")]
    assert predict_run(tmp_path / "run", dev.documents) == predict(models, dev.documents)


def test_finished_members_are_not_run_again(made: tuple[Recipe, Path], tmp_path: Path) -> None:
    recipe, folder = made
    stopped = tmp_path / "run"
    shutil.copytree(folder, stopped)
    (stopped / "results.json").unlink()
    shutil.rmtree(stopped / "seed-6")
    kept = (stopped / "seed-5" / "model" / "model.safetensors").stat().st_mtime_ns
    with pytest.raises(UsageError, match="R609"):
        carry_out(recipe, stopped, resume=False)
    carry_out(recipe, stopped, resume=True)
    assert (stopped / "seed-5" / "model" / "model.safetensors").stat().st_mtime_ns == kept
    for file in ("results.json", "seed-6/model/model.safetensors"):
        assert (stopped / file).read_bytes() == (folder / file).read_bytes()
