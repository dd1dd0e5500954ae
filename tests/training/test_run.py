"""A run: what it writes, what it learns, and what it refuses before any work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("torch")

import torch

from relatome.errors import InputError, ModelError, RelatomeError, UsageError
from relatome.recipes import Recipe, load_recipe
from relatome.recipes.recipe import Tasks
from relatome.training import load_model, preflight, run
from tests.tiny import DOCUMENTS, document, learnable, long_document, split
from tests.training.conftest import DEFINITIONS, Tiny

TRAIN = split("train", [*DOCUMENTS, long_document("long", 8)])
DEV = split("dev", learnable(6), "dev")


def metrics(folder: Path) -> list[dict[str, float]]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_run_writes_all_there_is_to_know(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny("training.epochs=1")
    outcome = run(recipe, TRAIN, DEV, tmp_path / "run", resume=False)
    folder = tmp_path / "run"
    assert outcome.model == folder / "model"
    assert {path.name for path in folder.iterdir()} == {
        "recipe.toml",
        "provenance.json",
        "metrics.jsonl",
        "times.jsonl",
        "results.json",
        "model",
        "checkpoints",
    }
    assert load_recipe(str(folder / "recipe.toml")) == recipe
    results = json.loads((folder / "results.json").read_text())
    assert results == {
        "recipe": "small",
        "protocol": recipe.selection.rule,
        "split": "dev",
        "f1": outcome.scores,
    }
    provenance = json.loads((folder / "provenance.json").read_text())
    assert set(provenance["data"]) == {"train", "dev"}
    assert all(len(value) == 64 for value in provenance["data"].values())
    assert provenance["machine"]["libraries"]["torch"] == torch.__version__
    assert provenance["coverage"]["train"]["documents"] == 6
    assert provenance["coverage"]["train"]["several_windows"] == 1
    assert provenance["coverage"]["train"]["unreachable"] == {}
    _, _, settings = load_model(outcome.model)
    assert settings.schema.name == recipe.schema
    assert 0.1 <= settings.decoding.threshold <= 0.9


def test_the_scores_are_calibrated_on_dev(tiny: Tiny, tmp_path: Path) -> None:
    from relatome.runtime.calibration import calibrated
    from relatome.training.dataset import Examples
    from relatome.training.predict import score_documents

    # Documents of whose pairs many are asserted, whatever the model has learnt.
    dev = split("dev", learnable(60, start=60), "dev")
    outcome = run(tiny("training.epochs=1"), TRAIN, dev, tmp_path / "run", resume=False)
    model, tokenizer, settings = load_model(outcome.model)
    found = settings.calibration
    assert found is not None
    assert (found.split, found.weights) == ("dev", "torch")
    assert found.pooled.relations >= 30
    assert settings.decoding.temperature != 1
    scored = score_documents(
        model, Examples(dev, settings, tokenizer).asked, settings, tokenizer.pad_id
    )
    logits = ((each.asked, each.relation, each.novelty) for each in scored)
    assert calibrated(logits, settings, "dev", "torch") == settings


def test_it_learns_what_can_be_learnt(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny(
        "training.epochs=16",
        "training.patience=16",
        "training.encoder_learning_rate=3e-3",
        "training.head_learning_rate=3e-3",
        "model.dropout=0.0",
    )
    train, dev = split("train", learnable(24)), split("dev", learnable(9, start=24), "dev")
    outcome = run(recipe, train, dev, tmp_path / "run", resume=False)
    losses = [entry["loss"] for entry in metrics(tmp_path / "run") if "loss" in entry]
    assert len(losses) == 16
    assert losses[-1] < losses[0] / 4
    assert outcome.scores["pair"] > 0.9
    assert outcome.scores["all"] > 0.9


@pytest.mark.parametrize("option", ["training.mask_entities=0.5", "tasks.novelty.weight=0.0"])
def test_options_take_part(option: str, tiny: Tiny, tmp_path: Path) -> None:
    plain = run(tiny("training.epochs=1"), TRAIN, DEV, tmp_path / "a", resume=False)
    other = run(tiny("training.epochs=1", option), TRAIN, DEV, tmp_path / "b", resume=False)
    weights = [(o.model / "model.safetensors").read_bytes() for o in (plain, other)]
    assert weights[0] != weights[1]


def test_bf16_runs_on_the_processor(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny("training.epochs=1", "training.precision=bf16")
    outcome = run(recipe, TRAIN, DEV, tmp_path / "run", resume=False)
    model, _, _ = load_model(outcome.model)
    assert all(value.dtype == torch.float32 for value in model.parameters())
    assert all(torch.isfinite(value).all() for value in model.parameters())


def test_the_same_seed_gives_the_same_files(tiny: Tiny, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(tiny(), TRAIN, DEV, tmp_path / name, resume=False)
    files = ("model/model.safetensors", "metrics.jsonl", "results.json", "recipe.toml")
    for file in (*files, "model/settings.json", "model/tokenizer.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_another_seed_gives_other_weights(tiny: Tiny, tmp_path: Path) -> None:
    for seed in (1, 2):
        recipe = tiny("training.epochs=1", f"training.seed={seed}")
        run(recipe, TRAIN, DEV, tmp_path / str(seed), resume=False)
    one, two = ((tmp_path / s / "model" / "model.safetensors").read_bytes() for s in "12")
    assert one != two


def refusal(
    recipe: Recipe,
    folder: Path,
    train: object = TRAIN,
    dev: object = DEV,
    *,
    resume: bool = False,
) -> RelatomeError:
    """The error of a run that must not begin."""
    before = sorted(folder.rglob("*")) if folder.exists() else None
    with pytest.raises(RelatomeError) as caught:
        run(recipe, train, dev, folder, resume=resume)  # type: ignore[arg-type]
    after = sorted(folder.rglob("*")) if folder.exists() else None
    assert before == after, "a refused run leaves nothing behind"
    return caught.value


def test_a_test_split_is_neither_learnt_from_nor_selected_on(tiny: Tiny, tmp_path: Path) -> None:
    judged = split("biored:test", learnable(3), "test")
    error = refusal(tiny(), tmp_path / "run", train=judged)
    assert (error.code, type(error)) == ("R201", UsageError)
    assert "'biored:test'" in str(error)
    assert "train" in str(error)
    error = refusal(tiny(), tmp_path / "run", dev=judged)
    assert error.code == "R201"
    assert "select" in str(error)


def test_splits_that_share_a_document_are_refused(tiny: Tiny, tmp_path: Path) -> None:
    error = refusal(tiny(), tmp_path / "run", dev=split("dev", [DOCUMENTS[1]], "dev"))
    assert (error.code, type(error)) == ("R202", InputError)
    assert "bind" in str(error)


@pytest.mark.parametrize("side", ["train", "dev"])
def test_documents_without_any_pair_are_refused(side: str, tiny: Tiny, tmp_path: Path) -> None:
    barren = split("barren", [document("1", "{x|G|1} in {mice|O|2}."), document("2", "No.")], side)
    error = refusal(tiny(), tmp_path / "run", **{side: barren})
    assert (error.code, type(error)) == ("R616", InputError)
    assert "barren" in str(error)


def test_a_folder_in_use_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert refusal(tiny(), tmp_path).code == "R609"
    error = refusal(tiny(), tmp_path, resume=True)
    assert error.code == "R617"
    assert "--resume" not in str(error)
    assert refusal(tiny(), tmp_path / "notes.txt").code == "R617"


def test_a_folder_that_cannot_be_made_is_an_error(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tiny(), tmp_path / "file" / "run").code in ("R111", "R617")


def test_an_unusable_encoder_leaves_no_folder(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny(f"encoder.name={tmp_path}")
    assert refusal(recipe, tmp_path / "run").code == "R503"


def test_windows_longer_than_the_encoder_reads_are_refused(tiny: Tiny, tmp_path: Path) -> None:
    error = refusal(tiny("encoding.window=129"), tmp_path / "run")
    assert error.code == "R614"
    assert "129" in str(error)
    assert "at most 128" in str(error)


@pytest.mark.parametrize(
    ("override", "code", "named"),
    [
        ("schema=nosuch", "R814", "nosuch"),
        ("losses.nosuch.weight=1.0", "R606", "losses.nosuch"),
        ("losses.focal.gamma=2.0", "R623", "losses.focal.weight"),
        ("losses.cross_entropy.weight=0.0", "R623", "losses.cross_entropy.weight"),
        ("losses.cross_entropy.gamma=2.0", "R651", "losses.cross_entropy.gamma"),
        ("schema=drugprot", "R618", "[tasks.novelty]"),
        ("data.negatives=0.5", "R619", "data.negatives"),
        ("selection.rule=nosuch", "R401", "nosuch"),
        ("selection.score=nosuch", "R402", "nosuch"),
        ("encoding.overlap=94", "R603", "$.encoding"),
    ],
)
def test_preflight_names_the_key(override: str, code: str, named: str, tiny: Tiny) -> None:
    with pytest.raises(UsageError) as caught:
        preflight(tiny(override))
    assert caught.value.code == code
    assert named in str(caught.value)


def test_preflight_wants_novelty_learnt_where_it_is_selected_by(tiny: Tiny) -> None:
    without = msgspec.structs.replace(tiny(), tasks=Tasks())
    with pytest.raises(UsageError, match="R607"):
        preflight(without)
    preflight(msgspec.structs.replace(tiny("selection.score=pair+type"), tasks=Tasks()))
    nothing = msgspec.structs.replace(without, losses={})
    with pytest.raises(UsageError, match="R626"):
        preflight(nothing)


@pytest.mark.parametrize(
    ("key", "overrides"),
    [
        ("data.train", ('data.train=["biored:train", "biored:test"]',)),
        ("data.source", ('data.source=["biored:test"]',)),
        (
            "distillation.documents",
            (
                "distillation.teacher=small",
                "distillation.weight=1.0",
                "distillation.temperature=1.0",
                'distillation.documents=["biored:test"]',
            ),
        ),
    ],
)
def test_preflight_keeps_the_test_split_from_what_is_learnt_from(
    key: str, overrides: tuple[str, ...], tiny: Tiny
) -> None:
    assert tiny().data.test == "biored:test"
    with pytest.raises(UsageError, match=rf"R629.*{key} names biored:test"):
        preflight(tiny(*overrides))
    preflight(tiny("data.dev=biored:test"))  # as the recipes of paper B do


def test_a_run_without_dev_keeps_its_last_epoch(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny("data.dev=0.0")
    train = split("train", learnable(8))
    outcome = run(recipe, train, None, tmp_path / "run", resume=False)
    assert outcome == (tmp_path / "run" / "model", "", {})
    _, _, settings = load_model(outcome.model)
    assert settings.decoding.threshold == 0.5
    assert (settings.decoding.temperature, settings.calibration) == (1.0, None)
    history = (tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8")
    assert "eval_score" not in history
    assert '"epoch": 2.0' in history
    assert run(recipe, train, None, tmp_path / "run", resume=True) == outcome


DEFINED = DEFINITIONS["labels"]


@pytest.mark.parametrize(
    ("changes", "code", "named"),
    [
        ({"training__mask_entities": 0.3}, "R619", "training.mask_entities"),
        ({"vector": "cls", "tasks__typing": {"balance": 0.5}}, "R620", "[tasks.typing]"),
        (
            {"definitions": {"source": "us", "labels": DEFINED | {"Bind": " "}}},
            "R621",
            "label Bind",
        ),
        ({"definitions": {"source": "us", "labels": {}}}, "R621", "label Association"),
        ({"definitions": {"source": "us", "labels": DEFINED | {"Binds": "x"}}}, "R622", "'Binds'"),
    ],
)
def test_preflight_refuses_parts_that_do_not_fit(
    changes: dict[str, Any], code: str, named: str, paired: Tiny
) -> None:
    with pytest.raises(UsageError) as caught:
        preflight(paired(**changes))
    assert caught.value.code == code
    assert named in str(caught.value)


def test_a_definition_longer_than_the_encoder_reads_is_refused(
    paired: Tiny, tmp_path: Path
) -> None:
    labels = DEFINED | {"Bind": "a dose of " * 45}
    error = refusal(paired(definitions={"source": "us", "labels": labels}), tmp_path / "run")
    assert error.code == "R625"
    for named in ("Bind", "137", "128"):
        assert named in str(error)


def test_training_that_diverges_ends_with_an_error(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny(
        "training.encoder_learning_rate=1e6",
        "training.head_learning_rate=1e6",
        "training.max_gradient_norm=1e6",
        "training.epochs=4",
    )
    with pytest.raises(ModelError, match=r"R514.*learning rates"):
        run(recipe, TRAIN, DEV, tmp_path / "run", resume=False)
