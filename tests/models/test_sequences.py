"""Pair encoding: what an encoder makes of sequences, and the vectors read off it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from relatome.data.schemas import BIORED
from relatome.encode import (
    ILLEGAL,
    PairEncoding,
    PairSequence,
    Settings,
    encode,
    pair_tokenizer,
    type_classes,
    unit_batch,
    units,
)
from relatome.models import (
    ClassificationVector,
    RelationModel,
    Scores,
    SequenceEncoder,
    StartMarkers,
    add_markers,
    load_encoder,
)
from relatome.training.dataset import tensors
from tests.models.families import FAMILIES
from tests.tiny import DOCUMENTS, fix_weights, tokenizer

VECTORS = ("cls", "starts", "pooled")
DEFINITIONS = {label: f"this is the effect of {label}" for label in BIORED.labels}


def settings(vector: str) -> Settings:
    """All that a model of this vector may have."""
    encoding = PairEncoding("typed", "question", "window", 128, vector)  # type: ignore[arg-type]
    return Settings(BIORED, encoding, typing=vector != "cls", definitions=DEFINITIONS)


MARKED = pair_tokenizer(tokenizer(), BIORED, settings("cls").encoding)  # type: ignore[arg-type]


def sequences(vector: str) -> list[PairSequence]:
    """The pairs of all tiny documents."""
    chosen = settings(vector)
    made = [encode(d, BIORED, MARKED, chosen.encoding, chosen.narrowing) for d in DOCUMENTS]
    found = [unit for asked in made if asked is not None for unit in units(asked)]
    assert len(found) == 26
    assert len({len(unit.ids) for unit in found}) > 5
    assert len({len(unit.head_starts) for unit in found}) > 1
    return found  # type: ignore[return-value]


@pytest.fixture(scope="module", params=VECTORS)
def model(request: pytest.FixtureRequest, tiny_encoder: Path) -> RelationModel:
    backbone, plain = load_encoder(str(tiny_encoder))
    add_markers(backbone, plain, MARKED)
    made = RelationModel(backbone, settings(request.param), MARKED, dropout=0.5).eval()
    for name, module in made.named_children():
        if name != "encoder":
            fix_weights(module)
    return made


def vector_of(model: RelationModel) -> str:
    kinds = {ClassificationVector: "cls", StartMarkers: "starts"}
    return kinds.get(type(model.pairs), "pooled")  # type: ignore[call-overload, no-any-return]


@torch.no_grad()
def scores(model: RelationModel, *group: PairSequence) -> Scores:
    return model(tensors(group, MARKED.pad_id, settings(vector_of(model)).encoding))


def test_every_pair_has_a_row_of_each_task(model: RelationModel) -> None:
    found = scores(model, *sequences(vector_of(model)))
    shapes = {"relation": (26, 1, 9), "novelty": (26, 1, 2)}
    if vector_of(model) != "cls":  # which has no vectors of the entities
        shapes |= dict.fromkeys(("head_type", "tail_type"), (26, 1, len(type_classes(BIORED))))
    assert {task: tuple(logits.shape) for task, logits in found.items()} == shapes
    assert all(torch.isfinite(logits).all() for logits in found.values())


def test_a_batch_scores_each_pair_as_if_alone(model: RelationModel) -> None:
    group = sequences(vector_of(model))
    together = scores(model, *group)
    for row, unit in enumerate(group):
        for task, logits in scores(model, unit).items():
            assert torch.allclose(logits[0], together[task][row], atol=1e-5), (task, row)


def test_illegal_classes_are_out_of_reach(model: RelationModel) -> None:
    group = sequences(vector_of(model))
    relation = scores(model, *group)["relation"]
    for row, unit in zip(relation, group, strict=True):
        assert torch.equal(row == ILLEGAL, torch.from_numpy(~unit.legal))


def test_scores_depend_on_the_pair(model: RelationModel) -> None:
    relation = scores(model, *sequences(vector_of(model)))["relation"][:, 0, 1]
    assert len({round(float(value), 4) for value in relation}) >= 20


def test_every_part_learns(model: RelationModel) -> None:
    batch = tensors(
        sequences(vector_of(model))[:4], MARKED.pad_id, settings(vector_of(model)).encoding
    )
    model.zero_grad()
    torch.stack([logits.pow(2).mean() for logits in model(batch).values()]).sum().backward()
    idle = {n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()}
    model.zero_grad()
    # [CLS] alone is read of the definitions and, under `cls`, of the text; of the tables for what
    # is known of pairs, `pooled` reads the rows of these pairs.
    assert all(name.startswith("pairs.features.") or name.endswith("key.bias") for name in idle)


def test_start_markers_are_where_the_batch_says() -> None:
    group = sequences("starts")
    batch = unit_batch(group, MARKED.pad_id, settings("starts").encoding)
    opened = {"head_starts": "[S:", "tail_starts": "[O:"}
    for name, begin in opened.items():
        for row, unit in enumerate(group):
            places = [int(place) for place in batch[name][row] if place >= 0]
            assert len(places) == len(getattr(unit, name)) > 0
            for place in places:
                assert MARKED.token(int(batch["input_ids"][row, place])).startswith(begin)


def test_start_markers_by_hand() -> None:
    read = StartMarkers(4, dropout=0.0)
    tokens = torch.arange(24.0).reshape(1, 6, 4) ** 2
    vectors = read(tokens, torch.tensor([[2, -1]]), torch.tensor([[1, 5]]), torch.tensor([[0]]))
    head = torch.nn.functional.layer_norm(tokens[0, 2], (4,))
    tail = torch.nn.functional.layer_norm((tokens[0, 1] + tokens[0, 5]) / 2, (4,))
    assert read.size == 8
    assert torch.equal(vectors.pair, torch.cat((head, tail))[None, None])
    assert vectors.head is not None
    assert vectors.tail is not None
    assert torch.equal(vectors.head, head[None, None])
    assert torch.equal(vectors.tail, tail[None, None])


def test_the_classification_vector_by_hand() -> None:
    read = ClassificationVector(4, dropout=0.0)
    tokens = torch.arange(24.0).reshape(2, 3, 4) ** 2
    vectors = read(tokens, torch.tensor([[0], [0]]))
    assert torch.equal(vectors.pair, torch.nn.functional.layer_norm(tokens[:, :1], (4,)))
    assert (vectors.head, vectors.tail) == (None, None)


@pytest.mark.parametrize("family", FAMILIES)
def test_segments_are_told_apart_by_encoders_that_have_them(family: str, tmp_path: Path) -> None:
    if family == "deberta-v2":
        pytest.importorskip("sentencepiece")
    torch.manual_seed(0)
    FAMILIES[family](tmp_path)
    backbone, plain = load_encoder(str(tmp_path))
    encoder = SequenceEncoder(backbone).eval()
    ids = torch.tensor([[plain.cls_id, *plain("a dose of pain").ids, plain.sep_id]])
    mask, first = torch.ones_like(ids), torch.zeros_like(ids)
    second = first.clone()
    second[:, 3:] = 1
    with torch.no_grad():
        one, other = encoder(ids, mask, first), encoder(ids, mask, second)
    assert one.shape == (1, ids.shape[1], encoder.hidden_size)
    assert torch.equal(one, other) == (family in ("deberta-v2", "modernbert"))


def test_an_encoder_of_one_segment_is_given_no_second() -> None:
    from transformers import RobertaConfig, RobertaModel

    # As published ones of this family are.
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    config = RobertaConfig(vocab_size=9, type_vocab_size=1, intermediate_size=8, **sizes)
    ids = torch.tensor([[1, 5, 6, 7]])
    encoder = SequenceEncoder(RobertaModel(config)).eval()
    one, other = (encoder(ids, torch.ones_like(ids), torch.full_like(ids, s)) for s in (0, 1))
    assert torch.equal(one, other)
