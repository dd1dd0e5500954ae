"""A sweep: its plan, its runs, what a kill and a failure leave, and the numbers it gives."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from relatome import formats
from relatome.errors import RelatomeError, UsageError
from relatome.recipes import load_recipe, to_plain
from relatome.training import carry_out, sweep
from relatome.training.sweep import Axis, Plan, carry_out_units, plan, read_axis, read_seeds
from relatome.training.trainer import RelationTrainer
from tests.own_corpus import write_focal_recipe
from tests.tiny import learnable
from tests.training.killing import killed

run_module = sys.modules["relatome.training.run"]  # the package offers the function by its name

FILES = ("model/model.safetensors", "model/settings.json", "results.json", "recipe.toml")


@pytest.fixture(autouse=True)
def _same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may commit between two runs of a test."""
    monkeypatch.setattr(run_module, "code_version", lambda: "the same")


@pytest.fixture
def recipe(tiny_encoder: Path, tmp_path: Path) -> str:
    """The path of a recipe on the tiny encoder, with the focal loss and a corpus of its own."""
    return str(write_focal_recipe(tmp_path, tiny_encoder))


def two_by_two(recipe: str) -> Plan:
    return plan([recipe], [], [Axis("losses.focal.gamma", ("0", "2"))], [13, 14])


def done(folder: Path, swept: Plan, *, resume: bool = False) -> dict[str, Any]:
    """Carry out all units, and what is written then."""
    for step in carry_out_units(swept, folder, resume=resume):
        assert step.error == ""
    return read(folder)


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "sweep.json").read_text("utf-8"))
    return found


# ------------------------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("losses.focal.gamma=0,1,2,3", "losses.focal.gamma", ["0", "1", "2", "3"]),
        ("data.fraction = 0.01, 0.1 ,1.0", "data.fraction", ["0.01", "0.1", "1.0"]),
        ("encoding.prompt=none,question", "encoding.prompt", ["none", "question"]),
        (
            "losses.abstention_ranking=-,{weight=1.0,margin=0.1}",
            "losses.abstention_ranking",
            ["-", "{weight=1.0,margin=0.1}"],
        ),
        ('data.train=["a:x","b,:y"],["a:x"]', "data.train", ['["a:x","b,:y"]', '["a:x"]']),
        (r'title="a, \" b",c', "title", [r'"a, \" b"', "c"]),
        ("title='a,b','c'", "title", ["'a,b'", "'c'"]),
        ("narrowing.interval=[-10,16],-", "narrowing.interval", ["[-10,16]", "-"]),
        ("title=a=b,c", "title", ["a=b", "c"]),
    ],
)
def test_a_grid_is_read(text: str, key: str, values: list[str]) -> None:
    assert read_axis(text) == Axis(key, tuple(values))


@pytest.mark.parametrize(
    "text",
    ["", "a", "a=", "=1", "a..b=1", ".a=1", "a=1,", "a=,1", "a=[1", "a={b=1,c", 'a="b', "a=it's"],
)
def test_a_grid_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UsageError, match="R663"):
        read_axis(text)


@given(st.lists(st.lists(st.integers(-9, 9), max_size=3) | st.integers(-9, 9), min_size=1))
def test_values_come_back_as_they_were_written(values: list[object]) -> None:
    written = [json.dumps(value) for value in values]
    assert read_axis("a.b=" + ",".join(written)).values == tuple(written)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("3", (13, 14, 15)), ("1", (13,)), ("13,14", (13, 14)), ("7, 3", (7, 3)), ("2024,", (2024,))],
)
def test_seeds_are_read(text: str, seeds: tuple[int, ...]) -> None:
    assert read_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "a", "1.5", "3,3", ",", ",3", "3,,4", "2024", "9" * 99, "1e3", "٣"]
)
def test_seeds_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UsageError, match="R664"):
        read_seeds(text)


# ------------------------------------------------------------------------------------- the plan


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


def test_points_that_select_on_nothing_do_not_compare(recipe: str, tmp_path: Path) -> None:
    swept = plan([recipe], ["data.dev=0.0"], [], [13, 14])
    with pytest.raises(UsageError, match="R673"):
        list(carry_out_units(swept, tmp_path / "sweep", resume=False))


def test_a_seed_among_the_overrides_is_refused(recipe: str) -> None:
    with pytest.raises(UsageError, match="R665"):
        plan([recipe], ["training.seed=7"], [], [13])


# ---------------------------------------------------------------------------------- several recipes


def another(recipe: str, name: str, *overrides: str, start: str = "") -> str:
    """The path of a recipe like another, of a name of its own."""
    changed = to_plain(load_recipe(recipe, (f"name={name}", f"start={start}", *overrides)))
    path = Path(recipe).with_name(f"{name}.toml")
    path.write_text(tomli_w.dumps(changed))
    return str(path)


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


# -------------------------------------------------------------------------------- carrying it out


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


def test_the_numbers(recipe: str, tmp_path: Path) -> None:
    swept = plan([recipe], [], [Axis("losses.focal.gamma", ("0", "5"))], [13, 14, 15])
    summary = done(tmp_path / "sweep", swept)
    means = []
    for point, gamma in zip(summary["points"], ("0", "5"), strict=True):
        assert point["values"] == {"losses.focal.gamma": gamma}
        runs = [
            json.loads(
                (tmp_path / "sweep" / f"gamma={gamma},seed={s}" / "results.json").read_text()
            )
            for s in (13, 14, 15)
        ]
        assert [unit["f1"] for unit in point["units"]] == [run["f1"] for run in runs]
        for score, spread in point["scores"].items():
            a, b, c = (run["f1"][score] for run in runs)
            mean = (a + b + c) / 3
            variance = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2
            assert spread == pytest.approx(
                {
                    "mean": mean,
                    "deviation": variance**0.5,
                    "least": min(a, b, c),
                    "most": max(a, b, c),
                }
            )
        means.append(statistics.fmean(run["f1"]["all"] for run in runs))
    assert [point["best"] for point in summary["points"]] == [
        means[0] >= means[1],
        means[0] < means[1],
    ]
    assert (summary["rule"], summary["score"]) == ("biored-8", "all")
    assert summary["split"].endswith(":dev")
    assert summary["code"] == ["the same"]
    assert len(summary["machine"]) == 1
    (hashes,) = {json.dumps(u["data"]) for p in summary["points"] for u in p["units"]}
    assert len(json.loads(hashes)) == 2


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
        patched.setattr(sweep, "carry_out", failing)
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


# ------------------------------------------------------------------------- refused before any work


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any unit that is carried out fails the test."""
    monkeypatch.setattr(sweep, "carry_out", lambda *_, **__: pytest.fail("that was work"))


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
        ('data.train=["{ours}:train"],["{ours}:test"]', "R201"),
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
    monkeypatch.setattr(sweep, "carry_out", lambda *_, **__: pytest.fail("that was work"))
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
