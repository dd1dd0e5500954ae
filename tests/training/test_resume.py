"""A killed run, gone on with, ends as if it had never been killed: file for file."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.data import Split, candidates
from relatome.data.schemas import BIORED
from relatome.errors import UsageError
from relatome.recipes import Recipe
from relatome.training import Outcome, run
from relatome.training.folder import ended_after, last_checkpoint
from relatome.training.trainer import RelationTrainer
from tests.tiny import DOCUMENTS, learnable, long_document, split
from tests.training.conftest import Tiny
from tests.training.killing import killed

# Eleven documents in batches of four: three steps an epoch, the last batch short.
TRAIN = split("train", [*DOCUMENTS, *learnable(6), long_document("long", 8)])
DEV = split("dev", learnable(6, start=6), "dev")
STEPS_AN_EPOCH = 3

SAME = (
    "model/model.safetensors",
    "model/settings.json",
    "model/tokenizer.json",
    "model/config.json",
    "metrics.jsonl",
    "results.json",
    "recipe.toml",
    "provenance.json",
)

# The package offers the function under the module's name.
run_module = sys.modules["relatome.training.run"]

Carry = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may commit between two runs of a test."""
    monkeypatch.setattr(run_module, "code_version", lambda: "the same")


@pytest.fixture
def recipe(tiny: Tiny) -> Recipe:
    """Four epochs with everything that draws random numbers."""
    return tiny("training.epochs=4", "training.mask_entities=0.3", "training.patience=4")


@pytest.fixture
def carry(recipe: Recipe) -> Carry:
    def carry(folder: Path, *, resume: bool = False) -> Outcome:
        return run(recipe, TRAIN, DEV, folder, resume=resume)

    return carry


def die(recipe: Recipe, folder: Path, step: int, *, resume: bool = False) -> None:
    """Carry out a recipe in another process, which is killed in the middle of a step."""
    killed(
        RelationTrainer,
        "compute_loss",
        step,
        lambda: run(recipe, TRAIN, DEV, folder, resume=resume),
    )


def assert_same(one: Path, other: Path) -> None:
    for name in SAME:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_killed_twice_and_resumed(recipe: Recipe, carry: Carry, tmp_path: Path) -> None:
    whole = carry(tmp_path / "whole")
    killed = tmp_path / "killed"
    die(recipe, killed, step=2 * STEPS_AN_EPOCH + 2)  # in the middle of the third epoch
    assert not (killed / "results.json").exists()
    die(recipe, killed, step=STEPS_AN_EPOCH + 1, resume=True)  # at the begin of the fourth
    assert not (killed / "results.json").exists()
    moved = tmp_path / "moved" / "run"
    moved.parent.mkdir()
    killed.rename(moved)
    resumed = carry(moved, resume=True)
    assert resumed.scores == whole.scores
    assert_same(tmp_path / "whole", moved)
    times = [json.loads(line) for line in (moved / "times.jsonl").read_text().splitlines()]
    evaluated = [STEPS_AN_EPOCH * (epoch + 1) for epoch in range(recipe.training.epochs)]
    assert [each["step"] for each in times] == evaluated
    seconds = [each["seconds"] for each in times]
    assert seconds == sorted(set(seconds)), "time goes on where it stopped"


def test_killed_in_the_middle_of_an_epoch(tiny: Tiny, tmp_path: Path) -> None:
    """Six steps an epoch, evaluated after the third and the last."""
    recipe = tiny(
        "training.epochs=3",
        "training.batch_size=2",
        "training.evaluations=2",
        "training.mask_entities=0.3",
        "training.patience=6",
    )
    resumed_in_the_middle(recipe, [3, 6, 9, 12, 15, 18], tmp_path)


def test_killed_while_pairs_are_drawn(paired: Tiny, tmp_path: Path) -> None:
    """Every epoch draws unrelated pairs of its own, and so does what is left of one."""
    changes = {"epochs": 3, "batch_size": 3, "evaluations": 2, "patience": 6}
    recipe = paired(data__negatives=0.3, **{f"training__{k}": v for k, v in changes.items()})
    related, unrelated = pairs_of(TRAIN)
    assert (related, unrelated) == (11, 30)
    assert -(-(11 + round(0.3 * 30)) // 3) == 7, "steps an epoch"
    resumed_in_the_middle(recipe, [3, 6, 9, 12, 15, 18, 21], tmp_path)


def pairs_of(split: Split) -> tuple[int, int]:
    """Candidates with and without a relation."""
    every = sum(len(candidates(document, BIORED)) for document in split.documents)
    related = sum(len(document.relations) for document in split.documents)
    return related, every - related


def resumed_in_the_middle(recipe: Recipe, evaluated: list[int], tmp_path: Path) -> None:
    run(recipe, TRAIN, DEV, tmp_path / "whole", resume=False)
    steps = {
        entry["step"]
        for line in (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
        if "eval_score" in (entry := json.loads(line))
    }
    assert sorted(steps) == evaluated
    killed = tmp_path / "killed"
    die(recipe, killed, step=evaluated[2] + 2)  # the third evaluation is not at an epoch's end
    last = last_checkpoint(killed)
    assert last is not None
    assert last.name == f"checkpoint-{evaluated[2]}"
    run(recipe, TRAIN, DEV, killed, resume=True)
    assert_same(tmp_path / "whole", killed)


def test_killed_before_the_first_checkpoint(recipe: Recipe, carry: Carry, tmp_path: Path) -> None:
    carry(tmp_path / "whole")
    die(recipe, tmp_path / "killed", step=2)
    carry(tmp_path / "killed", resume=True)
    assert_same(tmp_path / "whole", tmp_path / "killed")


def interrupted(run: Path, source: Path) -> Path:
    """A copy of a finished run, as it would be if it had been killed before its model was saved."""
    shutil.copytree(source, run)
    shutil.rmtree(run / "model")
    (run / "results.json").unlink()
    return run


def test_killed_after_the_last_epoch(carry: Carry, tmp_path: Path) -> None:
    carry(tmp_path / "whole")
    again = interrupted(tmp_path / "again", tmp_path / "whole")
    carry(again, resume=True)
    assert_same(tmp_path / "whole", again)


@pytest.mark.parametrize("tear", ["state", "truncated state", "everything", "best"])
def test_a_torn_checkpoint_is_passed_over(
    tear: str, recipe: Recipe, carry: Carry, tmp_path: Path
) -> None:
    carry(tmp_path / "whole")
    killed = tmp_path / "killed"
    die(recipe, killed, step=2 * STEPS_AN_EPOCH + 1)
    whole = last_checkpoint(killed)
    assert whole is not None
    torn = whole.with_name("checkpoint-9")
    if tear == "best":
        for checkpoint in whole.parent.iterdir():
            if checkpoint != whole:
                shutil.rmtree(checkpoint)
        state = json.loads((whole / "trainer_state.json").read_text())
        state["best_model_checkpoint"] = str(whole.with_name("checkpoint-3"))
        (whole / "trainer_state.json").write_text(json.dumps(state))
        assert last_checkpoint(killed) is None
    elif tear == "everything":
        torn.mkdir()
    else:
        shutil.copytree(whole, torn)
        state_file = torn / "trainer_state.json"
        if tear == "state":
            state_file.unlink()
        else:
            state_file.write_bytes(state_file.read_bytes()[:200])
        (torn / "model.safetensors").write_bytes(b"half")
    carry(killed, resume=True)
    assert_same(tmp_path / "whole", killed)


def test_early_stopping_counts_on_where_it_was(tiny: Tiny, tmp_path: Path) -> None:
    # Rates so low that the dev score never changes: the first epoch stays the best.
    recipe = tiny(
        "training.epochs=9",
        "training.patience=2",
        "training.encoder_learning_rate=1e-12",
        "training.head_learning_rate=1e-12",
    )
    run(recipe, TRAIN, DEV, tmp_path / "whole", resume=False)
    epochs = {
        entry["epoch"]
        for line in (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
        if "eval_score" in (entry := json.loads(line))
    }
    assert epochs == {1.0, 2.0, 3.0}
    # Killed in the third epoch: one epoch of patience is used up.
    die(recipe, tmp_path / "killed", step=2 * STEPS_AN_EPOCH + 2)
    run(recipe, TRAIN, DEV, tmp_path / "killed", resume=True)
    assert_same(tmp_path / "whole", tmp_path / "killed")


def test_a_run_that_has_stopped_early_does_not_go_on(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny(
        "training.epochs=9",
        "training.patience=1",
        "training.encoder_learning_rate=1e-12",
        "training.head_learning_rate=1e-12",
    )
    run(recipe, TRAIN, DEV, tmp_path / "whole", resume=False)
    # The trainer removes all checkpoints but the best in the end; a kill before that leaves the
    # last, which says that training is over.
    killed = interrupted(tmp_path / "killed", tmp_path / "whole")
    best = last_checkpoint(killed)
    assert best is not None
    assert ended_after(best) is None
    last = Path(shutil.copytree(best, best.with_name(f"checkpoint-{2 * STEPS_AN_EPOCH}")))
    state = json.loads((last / "trainer_state.json").read_text())
    history = (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
    state |= {
        "epoch": 2.0,
        "global_step": 2 * STEPS_AN_EPOCH,
        "log_history": [json.loads(line) for line in history],
    }
    state["stateful_callbacks"]["TrainerControl"]["args"]["should_training_stop"] = True
    (last / "trainer_state.json").write_text(json.dumps(state))
    assert ended_after(last) == 2.0
    run(recipe, TRAIN, DEV, killed, resume=True)
    assert_same(tmp_path / "whole", killed)


def test_a_finished_run_is_left_as_it_is(carry: Carry, tmp_path: Path) -> None:
    first = carry(tmp_path / "run")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")}
    assert carry(tmp_path / "run", resume=True) == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")} == times


def test_resuming_a_folder_that_is_not_there_begins(carry: Carry, tmp_path: Path) -> None:
    carry(tmp_path / "run", resume=True)
    assert (tmp_path / "run" / "results.json").is_file()


@pytest.mark.parametrize("override", ["training.seed=14", "training.epochs=5", "model.dropout=0.1"])
def test_another_recipe_cannot_go_on(
    override: str, tiny: Tiny, carry: Carry, tmp_path: Path
) -> None:
    carry(tmp_path / "run")
    with pytest.raises(UsageError, match="R608"):
        run(tiny(override), TRAIN, DEV, tmp_path / "run", resume=True)


def test_a_damaged_recipe_cannot_go_on(carry: Carry, tmp_path: Path) -> None:
    carry(tmp_path / "run")
    (tmp_path / "run" / "recipe.toml").write_bytes(b"name = \xff")
    with pytest.raises(UsageError, match="R608"):
        carry(tmp_path / "run", resume=True)


def test_other_documents_cannot_go_on(recipe: Recipe, carry: Carry, tmp_path: Path) -> None:
    carry(tmp_path / "run")
    (tmp_path / "run" / "results.json").unlink()
    fewer = split("train", TRAIN.documents[:-1])
    with pytest.raises(UsageError, match=r"R615.*train"):
        run(recipe, fewer, DEV, tmp_path / "run", resume=True)
