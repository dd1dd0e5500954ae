"""Adapting an encoder: it learns, resumes to the same weights, and fits into a recipe."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("torch")

import torch
from transformers import AutoTokenizer

from relatome.errors import InputError, UsageError
from relatome.models import MaskedLanguageModel, load_encoder
from relatome.recipes import MaskedWords, load_adaptation
from relatome.training.adaptation import mask_words, save_encoder
from relatome.training.adaptation.text import Abstract, Blocks, Evaluation
from tests.tiny import tokenizer
from tests.training.killing import killed

TOKENIZER = tokenizer()
SENTENCES = (
    "abadol treats fever in mice",
    "kcn9 causes pain in the liver",
    "the dose of becotin reduced pain",
)
TEXTS = [Abstract(str(n), "", f"{SENTENCES[n % 3]}. ") for n in range(90)]
BLOCKS = Blocks(TEXTS, TOKENIZER, 32, Evaluation(()))


@pytest.fixture
def recipe(tiny_encoder: Path) -> MaskedWords:
    overrides = (
        f"encoder.name={tiny_encoder}",
        "steps=12",
        "batch_size=4",
        "length=32",
        "save_steps=4",
        "learning_rate=3e-3",
    )
    return load_adaptation("minilm-biomedical", overrides)


def weights(encoder: Path) -> bytes:
    return (encoder / "model.safetensors").read_bytes()


def test_the_adapted_encoder_loads_like_any_other(
    recipe: MaskedWords, tiny_encoder: Path, tmp_path: Path
) -> None:
    encoder = mask_words(recipe, BLOCKS, tmp_path / "run", resume=False)
    assert encoder == tmp_path / "run" / "encoder"
    backbone, made = load_encoder(str(encoder))
    assert backbone.config.hidden_size == 32
    text = "KCN9 causes pain"
    assert made(text).ids.tolist() == TOKENIZER(text).ids.tolist()
    assert (made.cls_id, made.sep_id) == (TOKENIZER.cls_id, TOKENIZER.sep_id)
    assert (made.pad_id, made.mask_id) == (TOKENIZER.pad_id, TOKENIZER.mask_id)
    assert weights(encoder) != weights(tiny_encoder)
    provenance = json.loads((tmp_path / "run" / "provenance.json").read_text())
    assert provenance["data"]["sha256"] == BLOCKS.digest
    assert provenance["data"]["texts"] == 90


def test_all_special_tokens_are_named(tiny_encoder: Path, tmp_path: Path) -> None:
    backbone, made = load_encoder(str(tiny_encoder))
    saved = AutoTokenizer.from_pretrained(save_encoder(backbone, made, tmp_path / "encoder"))
    assert set(saved.all_special_tokens) == {"[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]"}
    assert saved.unk_token == "[UNK]"


def test_dropout_is_the_recipes_and_of_training_alone(
    recipe: MaskedWords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from relatome.training.adaptation import words

    seen: list[set[float]] = []

    def train(recipe: MaskedWords, model: MaskedLanguageModel, *rest: Any, **more: Any) -> Path:
        found = {m.p for m in model.backbone.modules() if isinstance(m, torch.nn.Dropout)}
        seen.append(found)
        return train_encoder(recipe, model, *rest, **more)

    train_encoder = words.train_encoder
    monkeypatch.setattr(words, "train_encoder", train)
    short = msgspec.structs.replace(recipe, steps=1)
    mask_words(short, BLOCKS, tmp_path / "own", resume=False)
    without = msgspec.structs.replace(short, dropout=0.0)
    encoder = mask_words(without, BLOCKS, tmp_path / "none", resume=False)
    assert max(seen[0]) > 0
    assert seen[1] == {0.0}
    backbone, _ = load_encoder(str(encoder))
    own = {m.p for m in backbone.modules() if isinstance(m, torch.nn.Dropout)}
    assert own == seen[0]


def test_it_learns(recipe: MaskedWords, tiny_encoder: Path, tmp_path: Path) -> None:
    def loss(folder: Path) -> float:
        backbone, made = load_encoder(str(folder))
        torch.manual_seed(0)
        model = MaskedLanguageModel(backbone, made, 0.3).eval()
        ids = torch.stack([BLOCKS[i]["input_ids"] for i in range(len(BLOCKS))])
        model.transform = torch.nn.Sequential(torch.nn.Identity())
        with torch.no_grad():
            return float(model(ids)["loss"])

    longer = load_adaptation(
        "minilm-biomedical",
        (f"encoder.name={tiny_encoder}", "steps=60", "batch_size=8", "length=32", "save_steps=60"),
    )
    adapted = mask_words(longer, BLOCKS, tmp_path / "run", resume=False)
    history = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    losses = [entry["loss"] for line in history if "loss" in (entry := json.loads(line))]
    assert losses[-1] < losses[0]
    assert adapted.is_dir()


def test_only_masked_tokens_count(tiny_encoder: Path) -> None:
    backbone, made = load_encoder(str(tiny_encoder))
    model = MaskedLanguageModel(backbone, made, 0.5)
    seen: list[torch.Tensor] = []
    backbone.register_forward_pre_hook(
        lambda _, __, named: seen.append(named["input_ids"].clone()), with_kwargs=True
    )
    ids = BLOCKS[0]["input_ids"].unsqueeze(0).repeat(50, 1)
    torch.manual_seed(0)
    model(ids)
    (shown,) = seen
    special = (ids == made.cls_id) | (ids == made.sep_id)
    assert torch.equal(shown[special], ids[special]), "special tokens are never hidden"
    changed = (shown != ids)[~special].float().mean().item()
    masked = (shown == made.mask_id)[~special].float().mean().item()
    assert masked == pytest.approx(0.4, abs=0.05)
    assert changed == pytest.approx(0.45, abs=0.05)


def test_killed_and_resumed_to_the_same_weights(recipe: MaskedWords, tmp_path: Path) -> None:
    whole = mask_words(recipe, BLOCKS, tmp_path / "whole", resume=False)
    killed(
        MaskedLanguageModel,
        "forward",
        7,
        lambda: mask_words(recipe, BLOCKS, tmp_path / "killed", resume=False),
    )
    resumed = mask_words(recipe, BLOCKS, tmp_path / "killed", resume=True)
    assert weights(resumed) == weights(whole)


def test_what_is_refused(recipe: MaskedWords, tiny_encoder: Path, tmp_path: Path) -> None:
    few = Blocks(TEXTS[:3], TOKENIZER, 32, Evaluation(()))
    with pytest.raises(InputError, match="R613"):
        mask_words(recipe, few, tmp_path / "run", resume=False)
    long = load_adaptation("minilm-biomedical", (f"encoder.name={tiny_encoder}", "length=129"))
    blocks = Blocks(TEXTS * 30, TOKENIZER, 129, Evaluation(()))
    with pytest.raises(UsageError, match=r"R614.*length is 129.*128"):
        mask_words(long, blocks, tmp_path / "run", resume=False)
    assert not (tmp_path / "run").exists()


def test_other_text_cannot_go_on(recipe: MaskedWords, tmp_path: Path) -> None:
    mask_words(recipe, BLOCKS, tmp_path / "run", resume=False)
    shutil.rmtree(tmp_path / "run" / "encoder")
    other = Blocks(TEXTS[1:], TOKENIZER, 32, Evaluation(()))
    with pytest.raises(UsageError, match="R615"):
        mask_words(recipe, other, tmp_path / "run", resume=True)
