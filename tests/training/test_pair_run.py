"""Training under pair encoding: every vector learns, and the parts of a recipe take part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from relatome.data.narrowing import Narrowing
from relatome.encode import encode, units
from relatome.errors import UsageError
from relatome.scoring import score
from relatome.training import load_model, preflight, run
from relatome.training.predict import decoded, score_documents
from tests.tiny import DOCUMENTS, learnable, split
from tests.training.conftest import DEFINITIONS, Tiny

TRAIN = split("train", [*DOCUMENTS, *learnable(6)])
DEV = split("dev", learnable(6, start=6), "dev")
FAST = {
    "encoding__prompt": "none",
    "training__epochs": 20,
    "training__patience": 20,
    "training__encoder_learning_rate": 3e-3,
    "training__head_learning_rate": 3e-3,
    "model__dropout": 0.0,
}


def entries(folder: Path, key: str) -> list[dict[str, float]]:
    """What was logged with this key."""
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [entry for line in lines if key in (entry := json.loads(line))]


@pytest.mark.parametrize("vector", ["cls", "starts"])
def test_what_reads_no_tokens_cannot_read_again(vector: str, paired: Tiny) -> None:
    with pytest.raises(UsageError, match=rf"R763.*1.*'{vector}'"):
        preflight(paired(vector, model__readers=1))


@pytest.mark.parametrize("vector", ["cls", "starts", "pooled"])
def test_it_learns_what_can_be_learnt(vector: str, paired: Tiny, tmp_path: Path) -> None:
    parts = {"definitions": DEFINITIONS}
    if vector != "cls":
        parts["tasks__typing"] = {"balance": 0.5}
    recipe = paired(vector, **FAST, **parts)
    train, dev = split("train", learnable(24)), split("dev", learnable(9, start=24), "dev")
    outcome = run(recipe, train, dev, tmp_path / "run", resume=False)
    losses = [entry["loss"] for entry in entries(tmp_path / "run", "loss")]
    assert losses[-1] < losses[0] / 4
    assert outcome.scores["pair"] > 0.9
    assert outcome.scores["all"] > 0.9

    model, tokenizer, settings = load_model(outcome.model)
    assert settings.encoding == recipe.encoding
    assert settings.definitions == DEFINITIONS["labels"]
    assert settings.typing == (model.typing is not None) == (vector != "cls")
    # What was loaded scores as what was saved.
    asked = [
        made
        for document in dev.documents
        if (made := encode(document, settings.schema, tokenizer, settings.encoding, Narrowing()))
    ]
    scored = score_documents(model, asked, settings, tokenizer.pad_id)
    found = decoded(scored, dev.documents, settings)
    again = score(dev.documents, found, recipe.selection.rule)
    assert {name: again.f1(name) for name in again.scores} == outcome.scores


@pytest.fixture(scope="module")
def one_epoch(paired: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of one epoch, nothing added."""
    folder = tmp_path_factory.mktemp("runs") / "plain"
    run(paired(training__epochs=1), TRAIN, DEV, folder, resume=False)
    return folder


def test_markers_are_saved_as_single_tokens(one_epoch: Path) -> None:
    _, tokenizer, settings = load_model(one_epoch / "model")
    (asked,) = (
        encode(d, settings.schema, tokenizer, settings.encoding, settings.narrowing)
        for d in learnable(1)
    )
    assert asked is not None
    (unit,) = units(asked)
    shown = [tokenizer.token(int(i)) for i in unit.ids]  # type: ignore[union-attr]
    for name in ("S:ChemicalEntity", "/S:ChemicalEntity", "O:GeneOrGeneProduct"):
        assert shown.count(f"[{name}]") == 2, "once in the prompt and once in the text"


@pytest.mark.parametrize(
    "change",
    [
        {"tasks__typing": {"balance": 0.5}},
        {"definitions": DEFINITIONS},
        {"losses": {"cross_entropy": {"weight": 1.0}, "focal": {"weight": 1.0}}},
        {"losses": {"adaptive_threshold": {"weight": 1.0}}},
        {"encoding__prompt": "none"},
        {"encoding__markers": "concept"},
        {"narrowing": {"sentence": False, "everywhere": False, "interval": [0, 0]}},
        {"data__negatives": 0.5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_parts_take_part(
    change: dict[str, object], one_epoch: Path, paired: Tiny, tmp_path: Path
) -> None:
    recipe = paired(training__epochs=1, **change)
    run(recipe, TRAIN, DEV, tmp_path / "run", resume=False)
    name = "encoder.backbone.encoder.layer.0.attention.self.query.weight"
    one, other = (load_model(f / "model")[0].state_dict() for f in (one_epoch, tmp_path / "run"))
    assert not torch.equal(one[name], other[name])


def test_an_epoch_shows_a_share_of_the_unrelated(paired: Tiny, tmp_path: Path) -> None:
    # 26 pairs of the tiny documents, six with a relation; of `learnable` four of six.
    recipe = paired(data__negatives=0.5, training__epochs=2)
    run(recipe, TRAIN, DEV, tmp_path / "run", resume=False)
    pairs = 10 + round(0.5 * 22)
    steps = [entry["step"] for entry in entries(tmp_path / "run", "loss")]
    assert steps == [-(-pairs // 4), 2 * -(-pairs // 4)]


@pytest.mark.parametrize("everywhere", [False, True])
def test_narrowing_in_training_or_everywhere(
    everywhere: bool, paired: Tiny, tmp_path: Path
) -> None:
    narrowing = {"sentence": True, "interval": [-1, 0], "everywhere": everywhere}
    recipe = paired(narrowing=narrowing, training__epochs=1)
    # Tiny documents to select on too: `learnable` ones have one pair each.
    train, dev = split("train", DOCUMENTS[:3]), split("dev", DOCUMENTS[3:], "dev")
    outcome = run(recipe, train, dev, tmp_path / "run", resume=False)
    _, _, settings = load_model(outcome.model)
    kept = Narrowing(sentence=True, interval=(-1, 0))
    assert settings.narrowing == (kept if everywhere else Narrowing())
    covered = json.loads((tmp_path / "run" / "provenance.json").read_text())["coverage"]

    def asked(part: object, narrowing: Narrowing) -> int:
        return sum(len(narrowing.candidates(d, settings.schema)) for d in part.documents)  # type: ignore[attr-defined]

    assert asked(train, kept) < asked(train, Narrowing()) == 8
    assert asked(dev, kept) < asked(dev, Narrowing()) == 18
    assert covered["train"]["candidates"] == asked(train, kept)
    assert covered["dev"]["candidates"] == asked(dev, settings.narrowing)


def test_evaluations_within_an_epoch(paired: Tiny, tmp_path: Path) -> None:
    """Nine pairs in batches of two: five steps an epoch."""
    train = split("train", learnable(9, start=12))
    recipe = paired(training__evaluations=2, training__batch_size=2)
    run(recipe, train, DEV, tmp_path / "run", resume=False)
    steps = [entry["step"] for entry in entries(tmp_path / "run", "eval_score")]
    assert steps == [2, 4, 6, 8, 10]
