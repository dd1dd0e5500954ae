"""A model that reads a pair with either end as anchor."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from relatome.data.narrowing import Narrowing
from relatome.data.schema import BIORED
from relatome.encode import (
    AnchoredDocument,
    AnchoredEncoding,
    DocumentEncoding,
    Encoding,
    Settings,
    encode,
    unit_rows,
    units,
)
from relatome.encode.units import combined
from relatome.models import AnchoredEncoder, RelationModel, load_encoder
from relatome.training.dataset import tensors
from relatome.training.predict import score_documents
from tests.tiny import DOCUMENTS, document, fix_weights, long_document, tokenizer

TOKENIZER = tokenizer()
ANCHORED, DOCUMENT = AnchoredEncoding(96, 32), DocumentEncoding(96, 32)
CHAIN = document("chain", " ".join(f"{{x{i}|G|G{i}}} binds" for i in range(6)) + " {pain|D|D1}.")
SOURCES = (*DOCUMENTS, CHAIN, long_document("long", 9, genes=4))


def made(encoder: object, encoding: Encoding) -> tuple[RelationModel, Settings]:
    backbone, _ = load_encoder(str(encoder))
    settings = Settings(BIORED, encoding, direction=True)
    model = RelationModel(backbone, settings, TOKENIZER, dropout=0.5).eval()
    for name, module in model.named_children():
        if name != "encoder":
            fix_weights(module)
    fix_weights(model.encoder.type_embeddings)
    return model, settings


@pytest.fixture(scope="module")
def model(tiny_encoder: object) -> RelationModel:
    """With an anchor that is felt."""
    found, _ = made(tiny_encoder, ANCHORED)
    assert isinstance(found.encoder, AnchoredEncoder)
    with torch.no_grad():
        found.encoder.anchor_embedding += found.encoder.type_embeddings.weight[1]
    return found


def encoded(encoding: Encoding) -> list[object]:
    found = [encode(s, BIORED, TOKENIZER, encoding, Narrowing()) for s in SOURCES]
    return [each for each in found if each is not None]


def test_without_an_anchor_it_is_the_model_of_document_encoding(tiny_encoder: object) -> None:
    scored = []
    for encoding in (DOCUMENT, ANCHORED):
        model, settings = made(tiny_encoder, encoding)
        scored.append(score_documents(model, encoded(encoding), settings, TOKENIZER.pad_id))
    for ours, theirs in zip(*scored, strict=True):
        assert ours.asked.candidates == theirs.asked.candidates
        for one, other in zip(ours[1:], theirs[1:], strict=True):
            assert one == pytest.approx(other, abs=1e-4)


@torch.no_grad()
def test_the_ends_differ_and_the_mean_is_of_both(model: RelationModel) -> None:
    settings = Settings(BIORED, ANCHORED, direction=True)
    (asked,) = [each for each in encoded(ANCHORED) if each.document is CHAIN]
    assert isinstance(asked, AnchoredDocument)
    by_pass = []
    for unit in units(asked):  # each alone, where the batch below has all
        scores = model(tensors([unit], TOKENIZER.pad_id, ANCHORED))
        by_pass.append({task: rows[0].numpy() for task, rows in scores.items()})
    mean = combined(asked, by_pass)
    (scored,) = score_documents(model, [asked], settings, TOKENIZER.pad_id)
    assert scored.relation == pytest.approx(mean["relation"], abs=1e-4)
    assert scored.novelty == pytest.approx(mean["novelty"], abs=1e-4)
    assert scored.direction == pytest.approx(mean["direction"], abs=1e-4)
    for row in range(len(asked.candidates)):
        ends = [
            scores["novelty"][list(rows).index(row)]
            for rows, scores in zip(unit_rows(asked), by_pass, strict=True)
            if row in rows
        ]
        assert len(ends) == 2
        assert abs(ends[0] - ends[1]).max() > 1e-4
        assert mean["novelty"][row] == pytest.approx((ends[0] + ends[1]) / 2, abs=1e-6)


@torch.no_grad()
def test_direction_does_not_depend_on_which_is_the_head(model: RelationModel) -> None:
    """Both passes are the same whichever of the two is the head, and so is their mean."""
    (asked,) = [each for each in encoded(ANCHORED) if each.document is CHAIN]
    batch = tensors(units(asked), TOKENIZER.pad_id, ANCHORED)
    swapped = model(batch | {"pairs": batch["pairs"].flip(-1)})["direction"]
    plain = model(batch)["direction"]
    one, other = (
        combined(
            asked,
            ({"d": rows[k, : len(u.pairs)].numpy()} for k, u in enumerate(units(asked))),
        )["d"]
        for rows in (plain, swapped)
    )
    assert other == pytest.approx(one[:, [1, 0, 2]], abs=1e-5)
    assert abs(one[:, 0] - one[:, 1]).max() > 1e-3


@torch.no_grad()
def test_only_the_anchor_is_told_apart(model: RelationModel) -> None:
    """Word pieces that are of no anchor enter the encoder as under document encoding."""
    encoder = model.encoder
    assert isinstance(encoder, AnchoredEncoder)
    (asked,) = [each for each in encoded(ANCHORED) if each.document is CHAIN]
    seen = []
    hook = encoder.backbone.register_forward_pre_hook(
        lambda _, __, given: seen.append(given["inputs_embeds"]), with_kwargs=True
    )
    batch = tensors(units(asked), TOKENIZER.pad_id, ANCHORED)
    arrays = [batch[name] for name in model.encoder_inputs]
    encoder(*arrays)
    encoder(*arrays[:-1])  # as definitions are read
    hook.remove()
    marked = batch["anchor_tags"].bool()
    assert marked.any(1).all()
    assert torch.equal(seen[0][~marked], seen[1][~marked])
    assert torch.allclose(seen[0][marked] - seen[1][marked], encoder.anchor_embedding, atol=1e-6)
