"""Carrying out a plan: what a kill and a failure leave, and what is refused before any work."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import tomli_w

pytest.importorskip("torch")

from relatome import formats
from relatome.errors import RelatomeError, UsageError
from relatome.recipes import load_recipe, to_plain
from relatome.training import carry_out
from relatome.training.sweep import Axis, Plan, carry_out_units, plan, read_axis
from relatome.training.sweep import units as units_module
from relatome.training.trainer import RelationTrainer
from tests.tiny import learnable
from tests.training.killing import killed
from tests.training.sweep.common import another, done, read, two_by_two

# The package offers the function by the name of its module.
run_module = importlib.import_module("relatome.training.run")

FILES = ("model/model.safetensors", "model/settings.json", "results.json", "recipe.toml")


def assert_same(one: Path, other: Path, swept: Plan) -> None:
    for unit in swept.units:
        for file in FILES:
            assert (one / unit.name / file).read_bytes() == (other / unit.name / file).read_bytes()
    summaries = [read(folder) for folder in (one, other)]
    for summary in summaries:
        del summary["command"]  # names the folder
    assert summaries[0] == summaries[1]


def die(swept: Plan, folder: Path, step: int) -> None:
    """Carry out a plan in another process, which is killed in the middle of a training step."""
    killed(
        RelationTrainer,
        "compute_loss",
        step,
        lambda: list(carry_out_units(swept, folder, resume=False)),
    )


def test_killed_in_a_unit_and_resumed(recipe: str, tmp_path: Path) -> None:
    swept = plan([recipe], [], [Axis("losses.focal.gamma", ("0", "1", "2"))], [13])
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    done(whole, swept)
    die(swept, killed, step=3 + 2)  # three steps a unit: in the middle of the second
    ended = ["f1" in unit for point in read(killed)["points"] for unit in point["units"]]
    assert ended == [True, False, False]
    first = killed / swept.units[0].name
    times = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    steps = list(carry_out_units(swept, killed, resume=True))
    assert [step.unit for step in steps] == list(swept.units[1:])
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == times
    assert_same(whole, killed, swept)

    # The results of a unit are lost: it alone is carried out again, to the same result.
    lost = swept.units[1]
    (killed / lost.name / "results.json").unlink()
    (step,) = carry_out_units(swept, killed, resume=True)
    assert step.unit == lost
    assert_same(whole, killed, swept)


def test_a_unit_is_what_training_alone_gives(recipe: str, tmp_path: Path) -> None:
    swept = plan([recipe], [], [Axis("losses.focal.gamma", ("0",))], [13, 14])
    done(tmp_path / "sweep", swept)
    alone = load_recipe(recipe, ("losses.focal.gamma=0", "training.seed=14"))
    carry_out(alone, tmp_path / "alone", resume=False)
    for file in FILES:
        swept_file = tmp_path / "sweep" / "gamma=0,seed=14" / file
        assert swept_file.read_bytes() == (tmp_path / "alone" / file).read_bytes()


def test_values_and_seeds_can_be_added(recipe: str, tmp_path: Path) -> None:
    done(tmp_path / "sweep", plan([recipe], [], [Axis("losses.focal.gamma", ("0",))], [13]))
    steps = list(carry_out_units(two_by_two(recipe), tmp_path / "sweep", resume=True))
    assert [step.unit.name for step in steps] == [
        "gamma=0,seed=14",
        "gamma=2,seed=13",
        "gamma=2,seed=14",
    ]
    assert all("f1" in unit for p in read(tmp_path / "sweep")["points"] for unit in p["units"])


def test_a_unit_that_fails_leaves_the_others(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = two_by_two(recipe)
    folder = tmp_path / "sweep"

    def failing(recipe: Any, folder: Path, *rest: Any, **named: Any) -> Any:
        if folder.name == "gamma=0,seed=14":
            raise RuntimeError("out of memory")
        return carry_out(recipe, folder, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(units_module, "carry_out", failing)
        steps = list(carry_out_units(swept, folder, resume=False))
    assert [bool(step.error) for step in steps] == [False, True, False, False]
    first, second = read(folder)["points"]
    assert first["units"][1]["error"] == "RuntimeError: out of memory"
    assert first["scores"]["all"]["deviation"] is None, "one run has no deviation"
    assert (first["best"], second["best"]) == (False, True), "only whole points compare"

    (step,) = carry_out_units(swept, folder, resume=True)
    assert (step.unit.name, step.error) == ("gamma=0,seed=14", "")
    assert all("f1" in unit for point in read(folder)["points"] for unit in point["units"])


def test_units_share_the_run_they_start_from(recipe: str, tmp_path: Path) -> None:
    first = to_plain(load_recipe(recipe)) | {"name": "first"}
    (tmp_path / "first.toml").write_text(tomli_w.dumps(first))
    axes = [Axis("start", ("-", str(tmp_path / "first.toml")))]
    swept = plan([recipe], [], axes, [13])
    summary = done(tmp_path / "sweep", swept)
    assert (tmp_path / "sweep" / "first" / "results.json").is_file()
    assert [("start" in p["units"][0]["data"]) for p in summary["points"]] == [False, True]
    assert list(carry_out_units(swept, tmp_path / "sweep", resume=True)) == []


def test_recipes_share_the_run_they_start_from(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = another(recipe, "first", "training.epochs=2")
    recipes = [
        recipe,
        another(recipe, "one", start=first),
        another(recipe, "two", "model.dropout=0.2", start=first),
    ]
    swept = plan(recipes, [], [], [13])
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    summary = done(whole, swept)
    assert {path.name for path in whole.iterdir()} == {
        *("sweep.json", "first", "recipe=small,seed=13", "recipe=one,seed=13"),
        "recipe=two,seed=13",
    }
    assert [point["values"]["recipe"] for point in summary["points"]] == ["small", "one", "two"]
    assert (summary["recipe"], summary["grid"]) == (
        "small, one, two",
        {"recipe": ["small", "one", "two"]},
    )
    starts = [point["units"][0]["data"].get("start") for point in summary["points"]]
    assert starts[0] is None
    assert starts[1] == starts[2] is not None

    # Killed in the second of the two epochs of the start: a step of it was not made yet.
    die(swept, killed, step=3 + 3 + 2)
    assert (killed / "first" / "checkpoints").is_dir()
    assert not (killed / "recipe=one,seed=13").exists()
    steps: list[str] = []

    class Counting(run_module.RelationTrainer):  # type: ignore[misc, name-defined]
        def compute_loss(self, *arguments: Any, **named: Any) -> Any:
            steps.append(self.recipe.name)
            return super().compute_loss(*arguments, **named)

    monkeypatch.setattr(run_module, "RelationTrainer", Counting)
    assert [step.error for step in carry_out_units(swept, killed, resume=True)] == ["", ""]
    assert steps == ["first"] * 3 + ["one"] * 3 + ["two"] * 3
    assert_same(whole, killed, swept)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any unit that is carried out fails the test."""
    monkeypatch.setattr(units_module, "carry_out", lambda *_, **__: pytest.fail("that was work"))


def refused(
    recipe: str, folder: Path, grid: Sequence[str], *overrides: str, resume: bool = False
) -> RelatomeError:
    swept = plan([recipe], overrides, [read_axis(text) for text in grid], [13])
    with pytest.raises(RelatomeError) as caught:
        list(carry_out_units(swept, folder, resume=resume))
    return caught.value


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("grid", "code"),
    [
        ('data.train=["{ours}:train"],["{ours}:nosuch"]', "R802"),
        ('data.train=["{ours}:train"],["nosuch:train"]', "R801"),
        ('data.train=["{ours}:train"],["{ours}:dev"]', "R202"),
        ("encoder.name=/no/such/encoder,/nor/this", "R503"),
        ("encoding.window=96,512", "R614"),
    ],
)
def test_what_one_unit_cannot_use(grid: str, code: str, recipe: str, tmp_path: Path) -> None:
    text = grid.replace("{ours}", str(tmp_path / "ours.toml"))
    assert refused(recipe, tmp_path / "sweep", [text]).code == code
    assert not (tmp_path / "sweep").exists()


@pytest.mark.usefixtures("idle")
def test_points_judged_on_different_documents(recipe: str, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    grid = [f'data.train=["{ours}:train"],["{ours}:train","{ours}:dev"]']
    error = refused(recipe, tmp_path / "sweep", grid, "data.dev=0.3")
    assert error.code == "R670"
    # Fewer of the same documents leave those that are held out as they are.
    swept = plan([recipe], ["data.dev=0.3"], [read_axis("data.fraction=0.5,1.0")], [13])
    with pytest.raises(pytest.fail.Exception):
        list(carry_out_units(swept, tmp_path / "other", resume=False))


@pytest.mark.usefixtures("idle")
def test_recipes_judged_on_different_documents(recipe: str, tmp_path: Path) -> None:
    other = another(recipe, "other", "data.dev=0.3")
    with pytest.raises(UsageError, match=r"R670.* small and other are judged"):
        list(carry_out_units(plan([recipe, other], [], [], [13]), tmp_path / "no", resume=False))
    swept = plan([recipe, other], ["data.dev=0.3"], [], [13])
    with pytest.raises(pytest.fail.Exception):
        list(carry_out_units(swept, tmp_path / "sweep", resume=False))


@pytest.mark.usefixtures("idle")
def test_a_start_that_is_taken(recipe: str, tmp_path: Path) -> None:
    first = another(recipe, "first")
    swept = plan([another(recipe, "one", start=first)], [], [], [13])
    folder = tmp_path / "sweep"
    (folder / "first").mkdir(parents=True)
    (folder / "sweep.json").write_text('{"grid": {}}')
    (folder / "first" / "recipe.toml").write_text(Path(recipe).read_text())
    with pytest.raises(UsageError, match=r"R608.*first"):
        list(carry_out_units(swept, folder, resume=True))
    (folder / "first" / "recipe.toml").write_text(Path(first).read_text())
    (folder / "first" / "provenance.json").write_text('{"data": {}}')
    with pytest.raises(UsageError, match=r"R615.*first"):
        list(carry_out_units(swept, folder, resume=True))


@pytest.mark.usefixtures("idle")
def test_a_folder_that_is_taken(recipe: str, tmp_path: Path) -> None:
    grid = ["losses.focal.gamma=0,2"]
    assert refused(recipe, tmp_path, grid).code == "R609"
    assert refused(recipe, tmp_path, grid, resume=True).code == "R617"
    (tmp_path / "file").write_text("")
    assert refused(recipe, tmp_path / "file", grid).code == "R617"
    assert refused(recipe, tmp_path / "file" / "below", grid).code == "R111"


def test_a_folder_of_another_sweep(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, grid = tmp_path / "sweep", ["losses.focal.gamma=0"]
    done(folder, plan([recipe], [], [read_axis(grid[0])], [13]))
    monkeypatch.setattr(units_module, "carry_out", lambda *_, **__: pytest.fail("that was work"))
    assert refused(recipe, folder, grid).code == "R609"
    assert refused(recipe, folder, ["model.dropout=0.1"], resume=True).code == "R608"
    assert refused(recipe, folder, grid, "training.epochs=2", resume=True).code == "R608"
    for damage in ("", "[]", "{}", '{"grid": 1}'):
        (folder / "sweep.json").write_text(damage)
        assert refused(recipe, folder, grid, resume=True).code == "R617"


def test_other_documents_than_before(recipe: str, tmp_path: Path) -> None:
    folder, grid = tmp_path / "sweep", ["losses.focal.gamma=0"]
    done(folder, plan([recipe], [], [read_axis(grid[0])], [13]))
    formats.write(learnable(6), tmp_path / "train.jsonl", "jsonl")
    error = refused(recipe, folder, grid, resume=True)
    assert error.code == "R615"
    assert "train" in str(error)


def test_points_that_select_on_nothing_do_not_compare(recipe: str, tmp_path: Path) -> None:
    swept = plan([recipe], ["data.dev=0.0"], [], [13, 14])
    with pytest.raises(UsageError, match="R673"):
        list(carry_out_units(swept, tmp_path / "sweep", resume=False))
