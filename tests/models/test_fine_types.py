"""The classifier of mentions: it reads what the encoder makes of each mention's pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from relatome.data.schema import BIORED
from relatome.encode import DocumentEncoding, encode_text, type_tags
from relatome.models import FineTypeModel, load_encoder
from relatome.training.fine_types import text_batch
from tests.tiny import DOCUMENTS, fix_weights, long_document, tokenizer

TOKENIZER = tokenizer()


@pytest.fixture(scope="module")
def model(tiny_encoder: Path) -> FineTypeModel:
    backbone, _ = load_encoder(str(tiny_encoder))
    made = FineTypeModel(backbone, type_tags(BIORED), classes=3).eval()
    fix_weights(made.encoder.type_embeddings)
    fix_weights(made.classify)
    return made


@torch.no_grad()
def test_a_mention_is_the_mean_of_its_pieces(model: FineTypeModel) -> None:
    sources = [DOCUMENTS[0], long_document("long", 6), DOCUMENTS[3]]
    texts = [encode_text(source, BIORED, TOKENIZER, DocumentEncoding(48, 16)) for source in sources]
    batch = text_batch([text for text in texts if text is not None], TOKENIZER.pad_id)
    logits = model(**batch)
    assert logits.shape == (3, max(len(source.mentions) for source in sources), 3)
    for row, source, text in zip(logits, sources, texts, strict=True):
        assert text is not None
        # Each window by itself, without padding.
        vectors = [
            model.encoder(
                torch.from_numpy(ids)[None],
                torch.ones(1, len(ids), dtype=torch.long),
                torch.from_numpy(types)[None],
            )[0]
            for ids, types in zip(text.window_ids, text.window_types, strict=True)
        ]
        tokens = TOKENIZER(source.text)
        for found, mention in zip(row, source.mentions, strict=False):
            pieces = range(*tokens.covering(mention.start, mention.end))
            each = [vectors[text.window_of[piece]][text.position_in[piece]] for piece in pieces]
            expected = model.classify(torch.stack(each).mean(0))
            assert torch.allclose(found, expected, atol=1e-5)


@torch.no_grad()
def test_the_coarse_type_is_read(model: FineTypeModel) -> None:
    text = encode_text(DOCUMENTS[0], BIORED, TOKENIZER, DocumentEncoding(48, 16))
    assert text is not None
    batch = text_batch([text], TOKENIZER.pad_id)
    untyped = batch | {"type_tags": torch.zeros_like(batch["type_tags"])}
    assert not torch.allclose(model(**batch), model(**untyped), atol=1e-3)
