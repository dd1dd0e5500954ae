"""The units of a sweep, and what cannot be planned."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.errors import UsageError
from relatome.recipes import load_recipe
from relatome.training.sweep import Axis, plan, read_axis
from tests.training.sweep.common import another


def test_the_units_are_recipes_with_overrides(recipe: str) -> None:
    axes = [Axis("losses.focal.gamma", ("0", "2.5")), Axis("training.patience", ("1", "2"))]
    units = plan([recipe], ["training.epochs=2"], axes, [13, 7]).units
    assert [unit.name for unit in units] == [
        f"gamma={gamma},patience={patience},seed={seed}"
        for gamma in ("0", "2.5")
        for patience in (1, 2)
        for seed in (13, 7)
    ]
    assert units[-2].recipe == load_recipe(
        recipe,
        ("losses.focal.gamma=2.5", "training.patience=2", "training.epochs=2", "training.seed=13"),
    )


def test_a_grid_of_nothing_is_the_recipe_by_several_seeds(recipe: str) -> None:
    units = plan([recipe], [], [], [13, 14]).units
    assert [unit.name for unit in units] == ["seed=13", "seed=14"]
    assert units[1].recipe == load_recipe(recipe, ("training.seed=14",))


def test_a_key_can_be_removed(recipe: str) -> None:
    axes = [Axis("losses.abstention_ranking", ("-", "{weight=1.0,margin=0.1}"))]
    without, with_it = (unit.recipe for unit in plan([recipe], [], axes, [13]).units)
    assert list(without.losses) == ["focal"]
    assert with_it.losses["abstention_ranking"] == {"weight": 1.0, "margin": 0.1}

    other = ["losses.cross_entropy.weight=1.0"]
    (only,) = plan([recipe], other, [Axis("losses.focal", ("-",))], [13]).units
    assert list(only.recipe.losses) == ["cross_entropy"]
    assert only.name == "focal=-,seed=13"


def test_names_are_fit_for_folders_and_differ(recipe: str) -> None:
    values = ('"a/b"', '"a b"', "a_b", "x" * 300, "x" * 301, "../up", '"[1]"', '"é|*?<>"')
    axes = [Axis("title", values), Axis("losses.focal.weight", ("1", "2"))]
    names = [unit.name for unit in plan([recipe], [], axes, [13]).units]
    assert len(set(names)) == len(names) == 16
    for name in names:
        assert Path(name).name == name
        assert len(name.encode()) < 200
        assert not set('/\\:*?"<>|') & set(name)


def test_keys_that_end_alike_are_told_apart(recipe: str) -> None:
    axes = [Axis("losses.focal.weight", ("1", "2")), Axis("tasks.novelty.weight", ("1",))]
    (name, _) = (unit.name for unit in plan([recipe], [], axes, [13]).units)
    assert name == "losses.focal.weight=1,tasks.novelty.weight=1,seed=13"


@pytest.mark.parametrize(
    ("grid", "code", "says"),
    [
        (["losses.focal.gama=1,2"], "R651", "losses.focal.gama=1: losses.focal.gama"),
        (["losses.focal.gamma=1,-2"], "R652", "losses.focal.gamma=-2: losses.focal.gamma"),
        (["losses.nosuch=-,{weight=1.0}"], "R606", "nosuch"),
        (["training.sead=1,2"], "R603", "training.sead=1: .*sead"),
        (["training.epochs=1,0"], "R603", r"training.epochs=0: .*\$.training.epochs"),
        (["training.epochs=1,many"], "R603", "training.epochs=many"),
        (["training.epochs=1,-"], "R603", "training.epochs=-: .*epochs"),
        (["losses.focal=-,{weight=1.0,gamma=1.0,alpha=1.0}"], "R628", "losses.focal=-"),
        (["model.dropout=0.1", "losses.focal.gamma=-2"], "R652", "dropout=0.1, losses.focal"),
        (["title.x=1,2"], "R604", "title.x"),
        (["training.seed=1,2"], "R665", "training.seed"),
        (["training=-"], "R665", "training"),
        (["selection.score=pair,all"], "R666", "selection.score"),
        (['data.train=["biored:train"]', "data.test=biored:dev,biored:train"], "R629", "train"),
        (["data.dev=0.1,0.2"], "R666", "data.dev"),
        (["data=-"], "R666", "data"),
        (["model.dropout=0.1", "model.dropout=0.2"], "R667", "model.dropout"),
        (["losses.focal=-", "losses.focal.gamma=1"], "R667", "losses.focal.gamma"),
        (["losses.focal.gamma=2,2.0"], "R668", "gamma=2 and losses.focal.gamma=2.0"),
        (["losses.focall=-"], "R669", "losses.focall"),
    ],
)
def test_what_cannot_be_planned(grid: list[str], code: str, says: str, recipe: str) -> None:
    with pytest.raises(UsageError, match=rf"\[{code}\] .*{says}"):
        plan([recipe], [], [read_axis(text) for text in grid], [13])


def test_a_seed_among_the_overrides_is_refused(recipe: str) -> None:
    with pytest.raises(UsageError, match="R665"):
        plan([recipe], ["training.seed=7"], [], [13])


def test_recipes_are_an_axis(recipe: str) -> None:
    other = another(recipe, "other", "training.patience=2")
    swept = plan([recipe, other], ["training.epochs=2"], [read_axis("data.fraction=0.5,1.0")], [13])
    assert [axis.key for axis in swept.axes] == ["recipe", "data.fraction"]
    assert [unit.name for unit in swept.units] == [
        f"recipe={name},fraction={fraction},seed=13"
        for name in ("small", "other")
        for fraction in (0.5, 1.0)
    ]
    assert swept.units[2].point == ("other", "0.5")
    settings = ("data.fraction=0.5", "training.epochs=2", "training.seed=13")
    assert swept.units[2].recipe == load_recipe(other, settings)
    assert swept.command(Path("out")) == (
        f"relatome sweep {recipe} {other} --grid data.fraction=0.5,1.0 --seeds 13, "
        "--set training.epochs=2 --output out"
    )


def test_recipes_that_cannot_be_compared(recipe: str) -> None:
    other = another(recipe, "other", "selection.score=pair")
    with pytest.raises(UsageError, match=r"R675.*small.*score all.*other.*score pair"):
        plan([recipe, other], [], [], [13])
    assert len(plan([recipe, other], ["selection.score=pair"], [], [13]).units) == 2
    other = another(recipe, "other", "selection.rule=relations")
    with pytest.raises(UsageError, match=r"R675.*rule biored-8.*other.*rule relations"):
        plan([recipe, other], [], [], [13])
    with pytest.raises(UsageError, match=r"R674.*small"):
        plan([recipe, recipe], [], [], [13])


def test_recipes_of_which_one_lacks_a_key(recipe: str) -> None:
    other = another(recipe, "other", "narrowing={sentence=true,everywhere=true}")
    for grid in ("narrowing.sentence=true,false", "narrowing=-,{sentence=true,everywhere=false}"):
        with pytest.raises(UsageError, match=r"R676.*small has no narrowing.*other has it"):
            plan([recipe, other], [], [read_axis(grid)], [13])
    # What none of them has is added to all of them, whole.
    ranking = read_axis("losses.abstention_ranking=-,{weight=1.0,margin=0.1}")
    assert len(plan([recipe, other], [], [ranking], [13]).units) == 4
    with pytest.raises(UsageError, match=r"recipe=small, losses.abstention_ranking.margin=1: "):
        plan([recipe, other], [], [read_axis("losses.abstention_ranking.margin=1,2")], [13])
    with pytest.raises(UsageError, match=r"R667.*recipe"):
        plan([recipe, other], [], [read_axis("recipe=small,other")], [13])


def test_starts_of_one_name(recipe: str, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    first = another(recipe, "first")
    alike = tmp_path / "below" / "first.toml"
    alike.write_text(Path(first).read_text())
    swept = [another(recipe, "one", start=first), another(recipe, "two", start=str(alike))]
    assert [start.name for start in plan(swept, [], [], [13, 14]).starts] == ["first"]
    alike.write_text(Path(another(recipe, "first", "training.patience=2")).read_text())
    another(recipe, "first")
    with pytest.raises(UsageError, match=r"R674.*recipe=two: .*first"):
        plan(swept, [], [], [13])
