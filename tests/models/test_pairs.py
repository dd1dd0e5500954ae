"""Pair vectors: padding and parts change nothing, and every hidden size finds its heads."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st

from relatome.data.schema import BIORED
from relatome.encode import (
    ENCODER_INPUTS,
    ILLEGAL,
    PAIR_FEATURE_SIZES,
    PAIR_INPUTS,
    DocumentEncoding,
    EncodedDocument,
    Settings,
    encode_document,
    encoder_batch,
)
from relatome.models import DocumentPairs, RelationModel, Scores, load_encoder
from relatome.models.pairs import attention_heads, gather_rows
from relatome.training.dataset import tensors
from tests.tiny import DOCUMENTS, fix_weights, long_document, tokenizer

TOKENIZER = tokenizer()
ENCODING = DocumentEncoding(96, 32)
ENCODED = [
    made
    for source in (*DOCUMENTS, long_document("long", 9, genes=4))
    if (made := encode_document(source, BIORED, TOKENIZER, ENCODING))
]


@pytest.fixture(scope="module", params=[0, 2], ids=["", "two readers"])
def model(tiny_encoder: object, request: pytest.FixtureRequest) -> RelationModel:
    backbone, _ = load_encoder(str(tiny_encoder))
    settings = Settings(BIORED, ENCODING, readers=request.param)
    made = RelationModel(backbone, settings, TOKENIZER, dropout=0.5).eval()
    for name, module in made.named_children():
        if name != "encoder":
            fix_weights(module)
    fix_weights(made.encoder.type_embeddings)
    return made


@torch.no_grad()
def scores(model: RelationModel, *documents: EncodedDocument) -> Scores:
    return model(tensors(documents, TOKENIZER.pad_id, ENCODING))


def differences(ours: Scores, theirs: Scores) -> float:
    """The largest difference of any score."""
    assert ours.keys() == theirs.keys() == {"relation", "novelty"}
    assert all(ours[task].shape == theirs[task].shape for task in ours)
    return max(float((ours[task] - theirs[task]).abs().max()) for task in ours)


def test_the_documents_differ_in_every_size() -> None:
    assert len(ENCODED) == 5
    assert {len(e.window_ids) for e in ENCODED} >= {1, 3}
    assert len({len(e.pairs) for e in ENCODED}) >= 4


def test_a_batch_scores_each_document_as_if_alone(model: RelationModel) -> None:
    together = scores(model, *ENCODED)
    for row, encoded in enumerate(ENCODED):
        pairs = len(encoded.pairs)
        own = {task: logits[row : row + 1, :pairs] for task, logits in together.items()}
        assert differences(own, scores(model, encoded)) < 1e-5


def test_scores_depend_on_the_pair(model: RelationModel) -> None:
    relation = scores(model, ENCODED[-1])["relation"][0, :, 1]  # Association is legal for all
    assert len({round(float(value), 4) for value in relation}) > len(relation) // 2


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_parts_score_as_the_whole(model: RelationModel, size: int) -> None:
    whole = ENCODED[-1]
    starts = range(0, len(whole.pairs), size)
    parts = [scores(model, whole.part(start, start + size)) for start in starts]
    joined = {task: torch.cat([part[task] for part in parts], dim=1) for task in parts[0]}
    assert differences(joined, scores(model, whole)) < 1e-5


def test_direction_does_not_depend_on_which_is_the_head(tiny_encoder: object) -> None:
    backbone, _ = load_encoder(str(tiny_encoder))
    settings = Settings(BIORED, ENCODING, direction=True)
    made = RelationModel(backbone, settings, TOKENIZER, dropout=0.5).eval()
    fix_weights(made.pairs)
    assert made.direction is not None
    fix_weights(made.direction)
    batch = tensors([ENCODED[-1]], TOKENIZER.pad_id, ENCODING)
    with torch.no_grad():
        direction = made(batch)["direction"]
        swapped = made(batch | {"pairs": batch["pairs"].flip(-1)})["direction"]
    assert direction.shape == (1, len(ENCODED[-1].pairs), 3)
    assert torch.allclose(swapped, direction[..., [1, 0, 2]], atol=1e-5)
    assert (direction[..., 0] - direction[..., 1]).abs().max() > 1e-3


def test_illegal_classes_are_out_of_reach(model: RelationModel) -> None:
    for encoded in ENCODED:
        relation = scores(model, encoded)["relation"][0]
        legal = torch.from_numpy(encoded.legal)
        assert (relation[~legal] == ILLEGAL).all()
        assert (relation[legal] > ILLEGAL / 2).all()
        assert (relation.softmax(-1)[~legal] == 0).all()


def test_every_mention_of_an_entity_counts(model: RelationModel) -> None:
    """Hiding a mention in the last window changes the scores of its entity's pairs."""
    encoded = ENCODED[-1]
    batch = tensors([encoded], TOKENIZER.pad_id, ENCODING)
    with torch.no_grad():
        before = model(batch)["relation"]
        batch["entity_mentions"] = batch["entity_mentions"].clone()
        row = batch["entity_mentions"][0, 0]
        row[int((row >= 0).sum()) - 1] = -1
        after = model(batch)["relation"]
    concerned = torch.from_numpy((encoded.pairs == 0).any(axis=1))
    changed = ((before - after).abs() > 1e-6).any(-1)[0]
    assert changed[concerned].all()
    assert not changed[~concerned].any()


def test_dropout_is_off_in_evaluation_and_on_in_training(model: RelationModel) -> None:
    assert differences(scores(model, *ENCODED), scores(model, *ENCODED)) == 0
    model.train()
    try:
        torch.manual_seed(1)
        first = scores(model, *ENCODED)
        assert differences(first, scores(model, *ENCODED)) > 0.01
    finally:
        model.eval()


def test_scoring_from_vectors_is_the_second_half(model: RelationModel) -> None:
    batch = tensors(ENCODED, TOKENIZER.pad_id, ENCODING)
    with torch.no_grad():
        vectors = model.encoder(*(batch[name] for name in ENCODER_INPUTS))
        halves = model.score(vectors, *(batch[name] for name in PAIR_INPUTS))
    assert vectors.shape[:2] == encoder_batch(ENCODED, 0)["input_ids"].shape
    assert differences(halves, scores(model, *ENCODED)) == 0


def test_readers_begin_where_a_model_without_them_ended(tiny_encoder: object) -> None:
    def made(readers: int) -> RelationModel:
        backbone, _ = load_encoder(str(tiny_encoder))
        settings = Settings(BIORED, ENCODING, readers=readers)
        return RelationModel(backbone, settings, TOKENIZER, dropout=0.5).eval()

    plain, reading = made(0), made(2)
    fix_weights(plain.pairs)
    left = reading.load_state_dict(plain.state_dict(), strict=False)
    assert left.unexpected_keys == []
    assert all(name.startswith("pairs.readers.") for name in left.missing_keys)
    assert differences(scores(plain, *ENCODED), scores(reading, *ENCODED)) == 0
    fix_weights(reading.pairs.readers)
    assert differences(scores(plain, *ENCODED), scores(reading, *ENCODED)) > 1e-3


@pytest.mark.parametrize(
    ("hidden", "heads"),
    [(32, 1), (64, 1), (100, 1), (128, 2), (160, 2), (200, 2), (300, 4), (384, 6), (768, 12)],
)
def test_heads_divide_the_hidden_size(hidden: int, heads: int) -> None:
    assert attention_heads(hidden) == heads


@given(st.integers(1, 2000))
def test_any_hidden_size_has_heads(hidden: int) -> None:
    heads = attention_heads(hidden)
    assert hidden % heads == 0
    assert heads == 1 or hidden // heads >= 64


@pytest.mark.parametrize("hidden", [7, 97, 200])
def test_pair_vectors_of_odd_sizes(hidden: int) -> None:
    pairs = DocumentPairs(hidden, len(BIORED.pairs), dropout=0.0)
    batch = tensors(ENCODED[:2], TOKENIZER.pad_id, ENCODING)
    vectors = torch.randn(*batch["input_ids"].shape, hidden)
    made = pairs(vectors, *(batch[name] for name in PAIR_INPUTS))
    *of_pairs, attention = made
    assert attention.shape == (2, batch["pairs"].shape[1], batch["token_source"].shape[1])
    for each in of_pairs:
        assert each is not None
        assert each.shape == (2, batch["pairs"].shape[1], hidden)
        assert torch.isfinite(each).all()


def test_features_have_an_embedding_each() -> None:
    pairs = DocumentPairs(64, len(BIORED.pairs), dropout=0.0)
    sizes = [table.num_embeddings for table in pairs.features]
    assert sizes == [*PAIR_FEATURE_SIZES, len(BIORED.pairs)]


def test_gather_rows() -> None:
    rows = torch.arange(12.0).reshape(2, 3, 2)
    index = torch.tensor([[[2, 0]], [[1, -1]]])
    assert gather_rows(rows, index).tolist() == [[[[4, 5], [0, 1]]], [[[8, 9], [6, 7]]]]
