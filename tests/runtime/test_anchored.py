"""Anchored encoding without torch: the same scores and evidence, for documents of every size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from relatome.encode import ANCHORED_INPUTS, AnchoredDocument, Asked, attended
from relatome.pipeline import Pipeline
from relatome.runtime import Model
from relatome.runtime import model as model_module
from relatome.runtime.graph import Graph
from relatome.training import load_model
from relatome.training.dataset import tensors
from relatome.training.predict import score_documents
from tests.runtime.test_model import crowded, measured
from tests.tiny import DOCUMENTS, document, long_document

CROWD = document("crowd", " ".join(f"{{x{i}|G|G{i}}} binds" for i in range(12)) + " {pain|D|D1}.")
SIZES = (*DOCUMENTS, CROWD, long_document("long", 8, genes=5))


@pytest.fixture(scope="module")
def fp32(anchored_model: Path) -> Model:
    return Model(anchored_model, "fp32")


def asked(model: Model) -> list[Asked]:
    return [made for source in SIZES if (made := model.encode(source)) is not None]


def test_the_encoder_reads_the_anchor_too(anchored_model: Path) -> None:
    graph = Graph((anchored_model / "encoder.fp32.onnx").read_bytes(), anchored_model)
    assert [each.name for each in graph._session.get_inputs()] == list(ANCHORED_INPUTS)


def test_fp32_scores_are_those_of_torch(fp32: Model, anchored_checkpoint: Path) -> None:
    model, tokenizer, settings = load_model(anchored_checkpoint)
    assert fp32.settings == settings
    for theirs in score_documents(model, asked(fp32), settings, tokenizer.pad_id):
        relation, novelty, direction, _ = fp32.score(theirs.asked)
        legal = theirs.asked.legal
        assert relation[legal] == pytest.approx(theirs.relation[legal], abs=1e-4)
        assert novelty == pytest.approx(theirs.novelty, abs=1e-4)
        assert direction == pytest.approx(theirs.direction, abs=1e-4)


def test_the_anchor_is_read(fp32: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fp32.encode(CROWD)
    assert made is not None
    marked = fp32.score(made).relation[made.legal]
    run = fp32.run_encoder
    monkeypatch.setattr(
        fp32,
        "run_encoder",
        lambda feed: run(feed | {"anchor_tags": np.zeros_like(feed["anchor_tags"])}),
    )
    assert np.abs(fp32.score(made).relation[made.legal] - marked).mean() > 1e-3


def test_evidence_is_where_both_passes_looked(fp32: Model, anchored_checkpoint: Path) -> None:
    model, tokenizer, settings = load_model(anchored_checkpoint)
    seen = set()
    for made in asked(fp32):
        assert isinstance(made, AnchoredDocument)
        attention = np.zeros((len(made.candidates), len(made.whole.starts)), dtype=np.float32)
        for each, rows in zip(made.passes, made.rows, strict=True):
            batch = tensors([each], tokenizer.pad_id, settings.encoding)
            with torch.no_grad():
                vectors = model.encoder(*(batch[name] for name in model.encoder_inputs))
                pairs = model.pairs(vectors, *(batch[name] for name in model.pair_inputs))
            attention[rows] += pairs.attention[0].numpy() / 2
        theirs = attended(made.whole, made.sentences, attention)
        ours = fp32.score(made).evidence
        assert ours is not None
        assert (ours == theirs).all(axis=1).mean() > 0.95  # weights may tie
        for relation in fp32.relations(made).relations:
            assert 1 <= len(relation.evidence) <= 3
            seen.add(len(relation.evidence))
    assert len(seen) > 1


def test_parts_change_nothing(fp32: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fp32.encode(CROWD)
    assert isinstance(made, AnchoredDocument)
    whole = fp32.score(made)
    monkeypatch.setattr(model_module, "_MOST_PAIR_TOKENS", 2 * len(made.whole.starts))
    monkeypatch.setattr(model_module, "_MOST_WINDOWS", 1)
    parts = fp32.score(made)
    for one, other in zip(whole[:3], parts[:3], strict=True):
        assert one == pytest.approx(other, abs=1e-5)
    assert np.array_equal(whole.evidence, parts.evidence)


@pytest.mark.slow
def test_memory_is_that_of_one_pass(anchored_model: Path, tmp_path: Path) -> None:
    took = measured(anchored_model, crowded(60), tmp_path)
    assert took["pairs"] == took["scored"] == 60 * 59 // 2
    assert took["finite"]
    assert took["windows"] % 60 == 0
    assert took["windows"] > 200
    assert took["megabytes"] < 500


def test_int8_stays_near(fp32: Model, anchored_model: Path) -> None:
    int8 = Model(anchored_model)
    assert int8.weights == "int8"
    for made in asked(fp32):
        ours, theirs = int8.score(made).relation, fp32.score(made).relation
        assert not np.array_equal(ours, theirs)
        assert np.abs(ours - theirs)[made.legal].mean() < 0.1


def test_a_pipeline_counts_the_windows_of_all_passes(anchored_model: Path) -> None:
    extract = Pipeline(anchored_model, weights="fp32", threads=1)
    found = list(extract(SIZES))
    assert [each.id for each in found] == [each.id for each in SIZES]
    made = [extract.model.encode(each) for each in SIZES]
    passes = [one for each in made if isinstance(each, AnchoredDocument) for one in each.passes]
    assert extract.tally.windows == sum(one.windows for one in passes) > len(passes)
    assert extract.tally.relations == sum(len(each.relations) for each in found) > 0
