"""KeBioLM's published layout loads as a plain BERT, and what that has no use for is listed."""

from __future__ import annotations

import copy
import json
import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForMaskedLM, BertModel

from relatome.encode import Tokenizer
from relatome.errors import UsageError
from relatome.models import build_encoder, load_encoder
from relatome.training.adaptation import save_encoder
from tests.tiny import VOCABULARY, fix_weights

LAYERS, TEXT_LAYERS, HIDDEN, ENTITIES, ENTITY_SIZE = 5, 3, 32, 11, 6
BERT: dict[str, Any] = {
    "vocab_size": len(VOCABULARY),
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
    "type_vocab_size": 16,
}
SETTINGS = BERT | {
    "architectures": ["KebioForPreTraining"],
    "num_context_layers": TEXT_LAYERS,
    "num_entities": ENTITIES,
    "entity_size": ENTITY_SIZE,
    "max_mentions": 15,
    "max_candidate_entities": 100,
}
LEFT_OUT = {"cls": 7, "entity_context_projection": 2, "entity_linker": 3, "mention_detector": 2}
IDS = torch.tensor([[2, 70, 71, 72, 20, 3], [2, 30, 31, 3, 0, 0]])


def _bert_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Layers under their published names: those of text, then those of fusion, each from 0."""
    named = {}
    for name, value in state.items():
        if name.startswith("bert.encoder.layer."):
            number, rest = name.removeprefix("bert.encoder.layer.").split(".", 1)
            layer = int(number)
            half, layer = (
                ("context", layer) if layer < TEXT_LAYERS else ("recontext", layer - TEXT_LAYERS)
            )
            name = f"bert.{half}_encoder.layer.{layer}.{rest}"
        named[name] = value
    return named


def _write(folder: Path) -> BertModel:
    """Write a KeBioLM as its authors publish it; return the BERT in it, as it reads plain text.

    That has the normalisation between the halves where it belongs.
    """
    config = BertConfig(**BERT)
    whole = BertForMaskedLM(config)
    fix_weights(whole)
    generator = torch.Generator().manual_seed(0)

    def random(*shape: int, mean: float = 0.0, deviation: float = 0.1) -> Tensor:
        return mean + deviation * torch.randn(*shape, generator=generator)

    # Normalisations of the shape that training gives them.
    for module in whole.modules():
        if isinstance(module, nn.LayerNorm):
            module.weight.data = random(HIDDEN, mean=0.8)
            module.bias.data = random(HIDDEN)
    state = _bert_names(whole.state_dict())
    state |= {
        "bert.embeddings.position_ids": torch.arange(64).unsqueeze(0),
        "bert.layer_norm.weight": random(HIDDEN, mean=1.1),
        "bert.layer_norm.bias": random(HIDDEN),
        "bert.mention_detector.weight": random(3, HIDDEN),
        "bert.mention_detector.bias": random(3),
        "bert.entity_linker.entity_embeddings.weight": random(ENTITIES, ENTITY_SIZE),
        "bert.entity_linker.mention_to_entity_projection.weight": random(ENTITY_SIZE, 2 * HIDDEN),
        "bert.entity_linker.mention_to_entity_projection.bias": random(ENTITY_SIZE),
        "bert.entity_context_projection.weight": random(HIDDEN, ENTITY_SIZE),
        "bert.entity_context_projection.bias": random(HIDDEN),
    }
    torch.save(state, folder / "pytorch_model.bin")
    (folder / "config.json").write_text(json.dumps(SETTINGS))
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    (folder / "entity.jsonl").write_text('{"entity_id": "C0000001"}\n')

    between = nn.LayerNorm(HIDDEN, eps=config.layer_norm_eps)
    between.weight.data = state["bert.layer_norm.weight"]
    between.bias.data = state["bert.layer_norm.bias"]
    output = whole.bert.encoder.layer[TEXT_LAYERS - 1].output
    output.LayerNorm = nn.Sequential(output.LayerNorm, between)
    return whole.bert.eval()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The folder of a published KeBioLM."""
    folder = tmp_path / "kebiolm"
    folder.mkdir()
    _write(folder)
    return folder


def _configure(folder: Path, **changes: object) -> None:
    settings = SETTINGS | changes
    settings = {name: value for name, value in settings.items() if value is not None}
    (folder / "config.json").write_text(json.dumps(settings))


def _read(model: nn.Module) -> Tensor:
    with torch.no_grad():
        hidden: Tensor = model(input_ids=IDS, attention_mask=(IDS != 0).long()).last_hidden_state
    return hidden[IDS != 0]


def test_it_loads_as_a_plain_bert_with_all_layers_in_order(published: Path) -> None:
    state = torch.load(published / "pytorch_model.bin", weights_only=True)
    model, tokenizer = load_encoder(str(published))
    assert type(model) is BertModel
    assert not model.training
    assert set(model.state_dict()) == set(BertModel(model.config, False).state_dict())
    assert model.config.model_type == "bert"
    assert model.config.type_vocab_size == 16
    assert not hasattr(model.config, "num_entities")
    loaded = {f"bert.{name}": value for name, value in model.state_dict().items()}
    for name, value in _bert_names(loaded).items():
        if name.startswith("bert.context_encoder.layer.2.output.LayerNorm"):
            assert not torch.equal(value, state[name]), "the second normalisation is in it"
        else:
            assert torch.equal(value, state[name]), name
    assert tokenizer("KCN9 Causes").ids.tolist() == tokenizer("kcn9 causes").ids.tolist()
    assert tokenizer.cls_id == VOCABULARY.index("[CLS]")


def test_it_reads_nearly_as_kebiolm_does_where_it_finds_no_mention(tmp_path: Path) -> None:
    reference = _write(tmp_path)
    expected = _read(reference)
    model, _ = load_encoder(str(tmp_path))
    without = copy.deepcopy(reference)
    output = without.encoder.layer[TEXT_LAYERS - 1].output
    output.LayerNorm = output.LayerNorm[0]

    def error(model: nn.Module) -> float:
        return float((_read(model) - expected).norm() / expected.norm())

    assert error(model) < 0.05
    assert error(model) < error(without) / 2


def test_folding_is_exact_where_the_first_normalisation_is_uniform(tmp_path: Path) -> None:
    reference = _write(tmp_path)
    state = torch.load(tmp_path / "pytorch_model.bin", weights_only=True)
    first = reference.encoder.layer[TEXT_LAYERS - 1].output.LayerNorm[0]
    for norm, values in ((first.weight, 0.7), (first.bias, 0.2)):
        norm.data.fill_(values)
    name = f"bert.context_encoder.layer.{TEXT_LAYERS - 1}.output.LayerNorm"
    state |= {f"{name}.weight": first.weight.data, f"{name}.bias": first.bias.data}
    torch.save(state, tmp_path / "pytorch_model.bin")
    model, _ = load_encoder(str(tmp_path))
    assert torch.allclose(_read(model), _read(reference), atol=1e-5)


def test_what_is_left_out_is_listed(published: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "relatome"):
        model, _ = load_encoder(str(published))
    assert model.config.left_out == LEFT_OUT
    (record,) = [r for r in caplog.records if r.name.startswith("relatome")]
    assert record.getMessage() == (
        f"Encoder {published}: KeBioLM is read as a plain BERT. Left out (tensors): "
        "cls (7), entity_context_projection (2), entity_linker (3), mention_detector (2)."
    )


def test_settings_that_are_its_defaults_need_not_be_written(published: Path) -> None:
    _configure(published, type_vocab_size=None, architectures=None)
    model, _ = load_encoder(str(published))
    assert model.get_submodule("embeddings.token_type_embeddings").weight.shape == (16, HIDDEN)


@pytest.mark.parametrize("family", ["bert", "kebio"])
def test_it_is_known_by_its_entities_whatever_the_family_is_called(
    published: Path, family: str
) -> None:
    _configure(published, model_type=family)
    model, _ = load_encoder(str(published))
    assert model.config.left_out == LEFT_OUT


def test_it_is_saved_and_built_again_like_any_bert(published: Path, tmp_path: Path) -> None:
    model, tokenizer = load_encoder(str(published))
    folder = save_encoder(model, tokenizer, tmp_path / "saved")
    again, made = load_encoder(str(folder))
    assert torch.equal(_read(again), _read(model))
    assert made("pain").ids.tolist() == tokenizer("pain").ids.tolist()

    built = build_encoder(folder).eval()
    built.load_state_dict(model.state_dict())
    assert torch.equal(_read(built), _read(model))
    assert built.config.left_out == LEFT_OUT, "the list stays with the model"


def test_weights_of_another_architecture_are_refused(published: Path) -> None:
    state = torch.load(published / "pytorch_model.bin", weights_only=True)
    plain = BertConfig(**BERT)
    others = {
        "a plain BERT": {f"bert.{n}": v for n, v in BertModel(plain).state_dict().items()},
        "no fusion": {n: v for n, v in state.items() if "recontext" not in n},
        "no normalisation between": {n: v for n, v in state.items() if "bert.layer_norm" not in n},
    }
    for weights in others.values():
        torch.save(weights, published / "pytorch_model.bin")
        with pytest.raises(UsageError, match="they lack") as refusal:
            load_encoder(str(published))
        assert refusal.value.code == "R519"
        assert "of one model" in refusal.value.next_step


def test_kebiolm_s_weights_beside_a_bert_s_configuration_are_refused(published: Path) -> None:
    plain = BertConfig(**BERT)
    plain.to_json_file(published / "config.json")
    with pytest.raises(
        UsageError, match=r"lack encoder\.layer\.0.*have .*which no such"
    ) as refusal:
        load_encoder(str(published))
    assert refusal.value.code == "R519"


@pytest.mark.parametrize("layers", [0, 6, "three", None])
def test_an_impossible_number_of_text_layers_is_refused(published: Path, layers: object) -> None:
    # Left out, it is eight.
    _configure(published, num_context_layers=layers)
    with pytest.raises(UsageError, match=r"num_context_layers is .* 5 layers") as refusal:
        load_encoder(str(published))
    assert refusal.value.code == "R503"


def test_a_pickle_with_more_than_tensors_is_refused(published: Path) -> None:
    torch.save({"bert": Path("x"), "model": Tokenizer}, published / "pytorch_model.bin")
    with pytest.raises(UsageError, match="could run code"):
        load_encoder(str(published))
