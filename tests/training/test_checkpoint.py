"""A model with marker tokens is the same model after it was saved and loaded, in every family."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from relatome.data.schema import BIORED
from relatome.encode import PairEncoding, Settings, encode, pair_tokenizer
from relatome.encode import units as units_of
from relatome.encode.markers import MARKERS
from relatome.models import RelationModel, add_markers, load_encoder
from relatome.training import load_model, save_model
from relatome.training.dataset import tensors
from tests.models.families import FAMILIES
from tests.tiny import DOCUMENTS

ENCODING = PairEncoding("typed", "none", "window", 64, "starts")


@pytest.mark.parametrize("family", FAMILIES)
def test_markers_are_saved_with_the_model(family: str, tmp_path: Path) -> None:
    if family == "deberta-v2":
        pytest.importorskip("sentencepiece")
    published = tmp_path / family
    published.mkdir()
    torch.manual_seed(0)
    FAMILIES[family](published)
    backbone, plain = load_encoder(str(published))
    marked = pair_tokenizer(plain, BIORED, ENCODING)
    add_markers(backbone, plain, marked)
    settings = Settings(BIORED, ENCODING)
    model = RelationModel(backbone, settings, marked, dropout=0.1).eval()
    save_model(model, marked, settings, tmp_path / "model")

    loaded, tokenizer, again = load_model(tmp_path / "model")
    assert again == settings
    rows = loaded.encoder.backbone.get_input_embeddings().num_embeddings
    names = MARKERS["typed"].tokens(BIORED)
    assert len(names) == 16
    for name in names:
        assert plain.vocabulary_size <= tokenizer.id_of(name) == marked.id_of(name) < rows
    asked = encode(DOCUMENTS[0], BIORED, tokenizer, ENCODING, again.narrowing)
    assert asked is not None
    sequences = list(units_of(asked))
    assert any(tokenizer.id_of("[S:ChemicalEntity]") in each.ids for each in sequences)
    batch = tensors(sequences, tokenizer.pad_id, ENCODING)
    with torch.no_grad():
        expected, found = model(batch), loaded(batch)
    for task, logits in expected.items():
        assert torch.equal(found[task], logits), task
