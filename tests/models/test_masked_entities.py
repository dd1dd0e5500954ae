"""Entity-aware masking: whole entities, some of them, never all, every mention at once."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from relatome.models import MaskedEntityModel, load_encoder
from relatome.models.masked_entities import choose_entities

# Two windows: three entities (the second of two mentions), and one entity alone.
ENTITIES = torch.tensor([[[0, -1], [1, 3], [2, -1]], [[0, -1], [-1, -1], [-1, -1]]])
TOKENS = torch.tensor(
    [[[1, -1], [3, 4], [6, -1], [8, -1]], [[2, -1], [-1, -1], [-1, -1], [-1, -1]]]
)


def test_some_are_chosen_and_never_all() -> None:
    torch.manual_seed(0)
    counts = torch.zeros(3)
    for rate in (0.01, 0.2, 0.99):
        for _ in range(300):
            chosen = choose_entities(ENTITIES, rate)
            assert 1 <= chosen[0].sum() <= 2
            assert not chosen[1].any(), "a single entity stays to be read"
            counts += chosen[0]
    assert (counts > 100).all()


def test_about_the_share_asked_for_is_chosen() -> None:
    torch.manual_seed(0)
    many = torch.arange(40).reshape(1, 40, 1)
    share = torch.stack([choose_entities(many, 0.2).float().mean() for _ in range(300)]).mean()
    assert share.item() == pytest.approx(0.2, abs=0.02)


@pytest.fixture
def model(tiny_encoder: Path) -> MaskedEntityModel:
    backbone, tokenizer = load_encoder(str(tiny_encoder))
    torch.manual_seed(1)
    return MaskedEntityModel(backbone, 4, 3, 0.2, tokenizer.mask_id)


def inputs() -> dict[str, torch.Tensor]:
    return {
        "input_ids": torch.arange(10, 30).reshape(2, 10),
        "attention_mask": torch.ones(2, 10, dtype=torch.long),
        "mention_tokens": TOKENS,
        "entity_mentions": ENTITIES,
        "identifiers": torch.tensor([[0, 1, -1, 1], [2, -1, -1, -1]]),
        "types": torch.tensor([[0, 1, 2, 1], [0, 0, 0, 0]]),
    }


def test_every_piece_of_every_mention_is_hidden(model: MaskedEntityModel) -> None:
    seen: list[torch.Tensor] = []
    model.backbone.register_forward_pre_hook(
        lambda _, __, named: seen.append(named["input_ids"].clone()), with_kwargs=True
    )
    for _ in range(50):
        assert torch.isfinite(model(**inputs())["loss"])
    patterns = set()
    for shown in seen:
        hidden = (shown == model.mask_id).nonzero().tolist()
        patterns.add(frozenset(tuple(place) for place in hidden))
    whole = [{(0, 1)}, {(0, 3), (0, 4), (0, 8)}, {(0, 6)}]
    assert patterns
    for pattern in patterns:
        parts = [entity for entity in whole if entity <= pattern]
        assert set().union(*parts) == pattern, "entities are hidden whole"
        assert len(parts) < 3


def test_the_loss_is_that_of_both_heads_over_hidden_mentions(model: MaskedEntityModel) -> None:
    model.eval()
    batch = inputs()
    torch.manual_seed(5)
    found = model(**batch)["loss"]
    torch.manual_seed(5)
    chosen = choose_entities(ENTITIES, 0.2)
    masked, mentions = batch["input_ids"].clone(), []
    for window, entity in chosen.nonzero().tolist():
        for mention in ENTITIES[window, entity].tolist():
            if mention >= 0:
                pieces = [p for p in TOKENS[window, mention].tolist() if p >= 0]
                masked[window, pieces] = model.mask_id
                mentions.append((window, mention, pieces))
    vectors = model.backbone(
        input_ids=masked, attention_mask=batch["attention_mask"]
    ).last_hidden_state
    named, typed = [], []
    for window, mention, pieces in mentions:
        vector = vectors[window, pieces].mean(0)
        identifier = batch["identifiers"][window, mention]
        if identifier >= 0:
            named.append(-model.tell_identifier(vector).log_softmax(-1)[identifier])
        typed.append(-model.tell_type(vector).log_softmax(-1)[batch["types"][window, mention]])
    expected = torch.stack(typed).mean() + (torch.stack(named).mean() if named else 0)
    assert found.item() == pytest.approx(expected.item(), rel=1e-4)
