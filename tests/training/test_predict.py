"""Scoring with the torch model, and the threshold that serves dev best."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from relatome.data.schemas import BIORED
from relatome.encode import Decoding, DocumentEncoding, Settings
from relatome.scoring import score
from relatome.training import load_model
from relatome.training.dataset import Examples
from relatome.training.predict import Scored, decoded, fit_decoding, score_documents
from tests.tiny import DOCUMENTS, document, long_document, split, tokenizer

SETTINGS = Settings(BIORED, DocumentEncoding(96, 32))
GOLD = (*DOCUMENTS, long_document("long", 9))


@pytest.fixture(scope="module")
def scored(tiny_checkpoint: Path) -> list[Scored]:
    model, made, settings = load_model(tiny_checkpoint)
    return score_documents(model, Examples(split("x", GOLD), settings, made).encoded, made.pad_id)


def test_scores_come_in_the_order_given(scored: list[Scored], tiny_checkpoint: Path) -> None:
    assert [s.encoded.document.id for s in scored] == ["treat", "bind", "pair", "mixed", "long"]
    model, made, _ = load_model(tiny_checkpoint)
    for one in scored:
        (alone,) = score_documents(model, [one.encoded], made.pad_id)
        assert alone.relation == pytest.approx(one.relation, abs=1e-4)
        assert len(one.relation) == len(one.encoded.pairs)


def test_the_model_is_left_as_it_was(tiny_checkpoint: Path) -> None:
    model, made, settings = load_model(tiny_checkpoint)
    assert not model.training
    model.train()
    score_documents(model, Examples(split("x", GOLD), settings, made).encoded, made.pad_id)
    assert model.training


def test_every_document_comes_back(scored: list[Scored]) -> None:
    found = decoded(scored, GOLD, BIORED, Decoding(threshold=0.1))
    assert [d.id for d in found] == [d.id for d in GOLD]
    assert found[3].relations == ()  # nothing to ask about
    assert all(r.score is not None for d in found for r in d.relations)


def fitted(probabilities: list[float], gold: list[bool]) -> tuple[Decoding, float]:
    """The threshold fitted to one document a pair, each with a relation of this probability."""
    documents, made = [], []
    for number, (probability, is_gold) in enumerate(zip(probabilities, gold, strict=True)):
        relations = (("1", "2", "Association", True),) if is_gold else ()
        documents.append(document(str(number), "{x|G|1} {pain|D|2}", *relations))
        (encoded,) = Examples(split("x", documents[-1:]), SETTINGS, tokenizer()).encoded
        logits = np.full((1, 9), -1e4, dtype=np.float32)
        logits[0, :2] = np.log([1 - probability, probability])
        made.append(Scored(encoded, logits, np.zeros((1, 2), dtype=np.float32)))
    decoding, result = fit_decoding(made, documents, BIORED, "biored-8", "pair")
    again = score(documents, decoded(made, documents, BIORED, decoding), "biored-8")
    assert result.f1("pair") == again.f1("pair")
    return decoding, result.f1("pair")


def test_the_threshold_separates_what_can_be_separated() -> None:
    decoding, best = fitted([0.2, 0.28, 0.62, 0.9], [False, False, True, True])
    assert best == 1
    assert 0.28 < decoding.threshold < 0.62


def test_the_lowest_threshold_wins_a_tie() -> None:
    assert fitted([0.95, 0.97], [True, True])[0].threshold == 0.1


def test_it_weighs_precision_against_recall() -> None:
    decoding, best = fitted([0.2, 0.4, 0.5, 0.6], [True, False, True, True])
    assert decoding.threshold == 0.1
    assert best == pytest.approx(6 / 7)
