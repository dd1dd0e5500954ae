"""Attention over the definitions of relations: paper B, equations 1 and 2."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

from relatome.data.schemas import BIORED
from relatome.encode import DocumentEncoding, Settings, encode_document
from relatome.models import RelationModel, TypedEncoder, load_encoder
from relatome.models.definitions import RelationAttention
from relatome.training.dataset import tensors
from tests.tiny import DOCUMENTS, fix_weights, tokenizer

TOKENIZER = tokenizer()
ENCODING = DocumentEncoding(96, 32)
DEFINITIONS = {label: f"effect of {label} in mice" for label in BIORED.labels}
SETTINGS = Settings(BIORED, ENCODING, definitions=DEFINITIONS)


class Fixed(nn.Module):
    """An encoder whose vectors of [CLS] are given."""

    def __init__(self, *first: list[float]) -> None:
        super().__init__()
        self.first = torch.tensor(first)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        assert not types.any()
        vectors = torch.full((*ids.shape, self.first.shape[-1]), 99.0)  # which nobody reads
        vectors[:, 0] = self.first
        return vectors


def attention(size: int, *definitions: str) -> RelationAttention:
    return RelationAttention(size, 2, definitions, TOKENIZER)


def test_equations_1_and_2_by_hand() -> None:
    made = attention(2, "one", "two")
    with torch.no_grad():
        made.project.weight.copy_(torch.eye(2))
        made.project.bias.zero_()
    # The definitions at unit scale are R = ((1, -1), (-1, 1)). With h = (a, 0) the scores are
    # a / √2 and -a / √2; their softmax is (3/4, 1/4) where they are ln 3 / 2 either way.
    a = math.sqrt(2) * math.log(3) / 2
    pairs = torch.tensor([[[a, 0.0], [0.0, 0.0], [0.0, a]]])
    found = made(pairs, Fixed([5.0, 1.0], [-3.0, 8.0]))
    assert made.size == 4
    expected = [[a, 0, 0.5, -0.5], [0, 0, 0, 0], [0, a, -0.5, 0.5]]
    assert torch.allclose(found, torch.tensor([expected]), atol=1e-4)


def test_pair_vectors_of_another_size_are_projected() -> None:
    made = attention(6, "one", "two", "three")
    found = made(torch.randn(2, 5, 6), Fixed([1.0, 0.0], [0.0, 1.0], [2.0, 0.0]))
    assert found.shape == (2, 5, 8)


def test_definitions_are_read_whole_between_special_tokens() -> None:
    made = attention(2, "a dose of pain", "mice")
    ids, mask = made.get_buffer("input_ids"), made.get_buffer("attention_mask")
    long = [TOKENIZER.cls_id, *TOKENIZER("a dose of pain").ids, TOKENIZER.sep_id]
    short = [TOKENIZER.cls_id, *TOKENIZER("mice").ids, TOKENIZER.sep_id]
    padding = len(long) - len(short)
    assert ids.tolist() == [long, short + [TOKENIZER.pad_id] * padding]
    assert mask.tolist() == [[1] * len(long), [1] * len(short) + [0] * padding]
    assert not any("input_ids" in name for name in made.state_dict()), "they are data, no weights"


def test_a_longer_definition_leaves_the_others_as_they_are(tiny_encoder: Path) -> None:
    backbone, _ = load_encoder(str(tiny_encoder))
    encoder = TypedEncoder(backbone, 3).eval()
    short, long = (
        RelationAttention(32, 32, definitions, TOKENIZER)
        for definitions in (("pain", "a dose"), ("pain", "a dose of " * 20))
    )
    with torch.no_grad():
        one, other = (
            encoder(ids, mask, torch.zeros_like(ids))[0, 0]
            for made in (short, long)
            for ids, mask in [(made.get_buffer("input_ids"), made.get_buffer("attention_mask"))]
        )
    assert torch.allclose(one, other, atol=1e-5)


@pytest.fixture
def model(tiny_encoder: Path) -> RelationModel:
    return made(tiny_encoder, SETTINGS)


def made(encoder: Path, settings: Settings) -> RelationModel:
    backbone, _ = load_encoder(str(encoder))
    model = RelationModel(backbone, settings, TOKENIZER, dropout=0.0).eval()
    fix_weights(model)
    return model


def batch() -> dict[str, Tensor]:
    encoded = encode_document(DOCUMENTS[0], BIORED, TOKENIZER, ENCODING)
    assert encoded is not None
    return tensors([encoded], TOKENIZER.pad_id, ENCODING)


def test_definitions_stand_in_the_order_of_the_labels(tiny_encoder: Path) -> None:
    turned = dict(reversed(DEFINITIONS.items()))
    other = made(tiny_encoder, msgspec.structs.replace(SETTINGS, definitions=turned))
    assert turned == DEFINITIONS
    with torch.no_grad():
        first = made(tiny_encoder, SETTINGS)(batch())["relation"]
        assert torch.equal(other(batch())["relation"], first)


def test_scores_depend_on_what_the_relations_mean(tiny_encoder: Path) -> None:
    changed = DEFINITIONS | {"Bind": "a fever"}
    other = made(tiny_encoder, msgspec.structs.replace(SETTINGS, definitions=changed))
    with torch.no_grad():
        difference = other(batch())["relation"] - made(tiny_encoder, SETTINGS)(batch())["relation"]
    assert difference.abs().max() > 1e-3


def test_the_encoder_learns_from_the_definitions_too(model: RelationModel) -> None:
    model(batch())["relation"][..., 0].sum().backward()
    words = model.encoder.backbone.get_input_embeddings().weight.grad
    only_there = TOKENIZER("effect").ids[0]
    assert only_there not in batch()["input_ids"]
    assert words[only_there].any()
