"""Combinations of runs: members of their own, one answer, and going on after a stop."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import tomli_w

pytest.importorskip("torch")

from relatome.data import vote
from relatome.errors import UsageError
from relatome.recipes import Combination, Group, load_combination, load_recipe, to_plain
from relatome.recipes.recipe import Fold
from relatome.scoring import score
from relatome.training import combine, learning_splits
from relatome.training.ensemble import load_run, predict
from relatome.training.members import chosen, members, predict_run
from relatome.training.novelty import judge_novelty
from tests.own_corpus import write_focal_recipe


def write(folder: Path, encoder: Path, *overrides: str, name: str = "mine") -> Path:
    """A recipe of its own name on the tiny corpus."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = to_plain(load_recipe(str(write_focal_recipe(folder, encoder)), overrides))
    path = folder / f"{name}.toml"
    path.write_text(tomli_w.dumps(plain | {"name": name}), encoding="utf-8")
    return path


def of(*relation: Group, novelty: tuple[Group, ...] = (), by: str = "majority") -> Combination:
    test = load_recipe(relation[0].recipe).data.test
    groups = {"relation": [*relation], "novelty": [*novelty]}
    return Combination("both", "both", test, "biored-8", by, **groups)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Combination, Path]:
    """Two seeds, carried out."""
    folder = tmp_path_factory.mktemp("members")
    path = write(folder / "own", tiny_encoder, "training.seed=5")
    combination = of(Group(str(path), seeds=2))
    combine(combination, folder / "run", resume=False)
    return combination, folder / "run"


def test_each_member_is_a_run_with_its_seed(made: tuple[Combination, Path]) -> None:
    combination, folder = made
    found = members(combination.relation[0])
    assert [member.name for member in found] == ["mine-5", "mine-6"]
    weights = set()
    for member in found:
        place = folder.parent / member.name
        assert load_recipe(str(place / "recipe.toml")) == member.recipe
        weights.add((place / "model" / "model.safetensors").read_bytes())
    assert len(weights) == 2


def test_the_answer_is_the_vote_of_the_members(made: tuple[Combination, Path]) -> None:
    combination, folder = made
    found = members(combination.relation[0])
    _, dev = learning_splits(found[0].recipe, None)
    assert dev is not None
    runs = [load_run(folder.parent / member.name) for member in found]
    expected = vote([predict([run], dev.documents) for run in runs], runs[0].settings.schema)
    assert predict_run(folder, dev.documents) == expected
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    reached = score(dev.documents, expected, "biored-8")
    assert results["f1"] == {name: reached.f1(name) for name in reached.scores}
    assert results["split"] == dev.name
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert set(provenance["members"]) == {"mine-5", "mine-6"}


def test_the_mean_is_that_of_probabilities(made: tuple[Combination, Path]) -> None:
    combination, folder = made
    mean = folder.parent / "mean"
    combine(of(*combination.relation, by="mean"), mean, resume=False)
    found = members(combination.relation[0])
    _, dev = learning_splits(found[0].recipe, None)
    assert dev is not None
    models = [load_run(folder.parent / member.name) for member in found]
    assert predict_run(mean, dev.documents) == predict(models, dev.documents)


def test_finished_members_are_not_run_again(made: tuple[Combination, Path], tmp_path: Path) -> None:
    combination, folder = made
    for name in ("run", "mine-5"):
        shutil.copytree(folder.parent / name, tmp_path / name)
    stopped = tmp_path / "run"
    for file in ("results.json", "provenance.json"):
        (stopped / file).unlink()
    kept = (tmp_path / "mine-5" / "model" / "model.safetensors").stat().st_mtime_ns
    with pytest.raises(UsageError, match="R609"):
        combine(combination, stopped, resume=False)
    with pytest.raises(UsageError, match="R611"):
        predict_run(stopped, [])
    combine(combination, stopped, resume=True)
    assert (tmp_path / "mine-5" / "model" / "model.safetensors").stat().st_mtime_ns == kept
    for file in ("run/results.json", "mine-6/model/model.safetensors"):
        assert (tmp_path / file).read_bytes() == (folder.parent / file).read_bytes()
    combine(combination, stopped, resume=True)  # finished: nothing is done
    Path(combination.relation[0].recipe).rename(tmp_path / "moved.toml")  # nor is it read again
    assert predict_run(stopped, []) == []
    (tmp_path / "moved.toml").rename(combination.relation[0].recipe)
    shutil.rmtree(tmp_path / "mine-6")
    with pytest.raises(UsageError, match="R679"):
        predict_run(stopped, [])


def test_the_best_are_those_of_dev(made: tuple[Combination, Path]) -> None:
    combination, folder = made
    group = Group(combination.relation[0].recipe, seeds=2, best=1)
    reached = {}
    for name in ("mine-5", "mine-6"):
        results = json.loads((folder.parent / name / "results.json").read_text(encoding="utf-8"))
        reached[name] = results["f1"]["all"]
    best = max(reached, key=lambda name: reached[name])
    assert [place.name for place in chosen(group, folder.parent)] == [best]


def test_folds_divide_train_and_dev_together(tiny_encoder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "own", tiny_encoder)
    recipe = load_recipe(str(path))
    found = members(Group(str(path), folds=3))
    assert [member.name for member in found] == [f"mine-fold-{n}-of-3" for n in (1, 2, 3)]
    assert [member.recipe.data.dev for member in found] == [Fold(n, 3) for n in (1, 2, 3)]
    train, dev = learning_splits(recipe, None)
    assert dev is not None
    held: list[str] = []
    for member in found:
        learnt, out = learning_splits(member.recipe, None)
        assert out is not None
        assert learnt.ids | out.ids == train.ids | dev.ids
        assert not learnt.ids & out.ids
        held += out.ids
    assert sorted(held) == sorted(train.ids | dev.ids)


def test_novelty_may_be_judged_by_others(tiny_encoder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    write(own, tiny_encoder)
    relation = strip(own / "mine.toml", own / "finds.toml", "finds", "tasks")
    novelty = strip(own / "mine.toml", own / "judges.toml", "judges", "losses")
    combination = of(Group(str(relation)), novelty=(Group(str(novelty), seeds=2),))
    combine(combination, tmp_path / "run", resume=False)
    member = members(combination.relation[0])[0]
    _, dev = learning_splits(member.recipe, None)
    assert dev is not None
    found = predict([load_run(tmp_path / "finds-13")], dev.documents)
    assert all(r.novel is None for document in found for r in document.relations)
    judges = [load_run(tmp_path / f"judges-{seed}") for seed in (13, 14)]
    expected = judge_novelty(judges, found, "majority")
    assert predict_run(tmp_path / "run", dev.documents) == expected
    assert any(document.relations for document in expected)
    for document in expected:
        for relation in document.relations:
            assert relation.novel is not None
            assert relation.novel_score is not None
    with pytest.raises(UsageError, match="R681"):
        predict_run(tmp_path / "judges-13", dev.documents)
    with pytest.raises(UsageError, match="R682"):
        judge_novelty([load_run(tmp_path / "finds-13")], found, "majority")


def strip(source: Path, target: Path, name: str, without: str) -> Path:
    """The recipe under another name, without a table; its score is one that it can have."""
    plain = to_plain(load_recipe(str(source))) | {"name": name}
    del plain[without]
    plain["selection"]["score"] = "pair+type" if without == "tasks" else "pair+novelty"
    target.write_text(tomli_w.dumps(plain), encoding="utf-8")
    return target


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"folds": 1}, "one fold"),
        ({"folds": 2, "seeds": 2}, "not both"),
        ({"folds": 2, "best": 1}, "not both"),
        ({"seeds": 2, "best": 3}, "no 3 best"),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(
    values: dict[str, int], reason: str, tmp_path: Path
) -> None:
    whole = {
        "name": "n",
        "title": "t",
        "test": "biored:test",
        "rule": "biored-8",
        "vote": "majority",
        "relation": [{"recipe": "small", **values}],
    }
    path = tmp_path / "combination.toml"
    path.write_text(tomli_w.dumps(whole), encoding="utf-8")
    with pytest.raises(UsageError, match=reason):
        load_combination(str(path))


def test_members_that_do_not_fit_are_refused_before_work(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    path = write(own, tiny_encoder)
    relation = strip(path, own / "finds.toml", "finds", "tasks")
    novelty = strip(path, own / "judges.toml", "judges", "losses")
    again = write(tmp_path / "again", tiny_encoder)
    narrowed = write(
        own, tiny_encoder, "narrowing={sentence=true,everywhere=true}", name="narrowed"
    )
    unselected = write(own, tiny_encoder, "data.dev=0.0", name="unselected")
    for combination, code in (
        (of(Group(str(novelty))), "R681"),
        (of(Group(str(relation)), novelty=(Group(str(relation)),)), "R682"),
        (of(Group(str(unselected), seeds=2, best=1)), "R683"),
        (of(Group(str(path)), Group("b-baseline")), "R680"),
        (of(Group(str(path), folds=200)), "R203"),
        (of(Group(str(path)), Group(str(again))), "R674"),
        (of(Group("b-baseline", folds=2)), "R685"),
        (of(Group(str(path)), Group(str(narrowed)), by="mean"), "R684"),
    ):
        with pytest.raises(UsageError) as caught:
            combine(combination, tmp_path / "run", resume=False)
        assert caught.value.code == code
        assert {each.name for each in tmp_path.iterdir()} == {"own", "again"}


def test_another_run_under_a_members_name_is_refused_before_work(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "own", tiny_encoder)
    other = tmp_path / "mine-14"
    other.mkdir()
    (other / "recipe.toml").write_text("name = 'other'")
    with pytest.raises(UsageError, match=r"R608.*mine-14"):
        combine(of(Group(str(path), seeds=2)), tmp_path / "run", resume=False)
    assert not (tmp_path / "mine-13").exists()
