"""Scoring with the torch model, and the threshold that serves dev best."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("torch")

from relatome.data import Document, Mention, Passage, Relation
from relatome.data.schemas import BIORED, DRUGPROT
from relatome.encode import Decoding, DocumentEncoding, Settings
from relatome.scoring import score
from relatome.training import load_model
from relatome.training.dataset import Examples
from relatome.training.predict import Scored, decoded, fit_decoding, score_documents
from tests.tiny import DOCUMENTS, document, long_document, split, tokenizer

ENCODING = DocumentEncoding(96, 32)
SETTINGS = Settings(BIORED, ENCODING)
GOLD = (*DOCUMENTS, long_document("long", 9))


@pytest.fixture(scope="module")
def scored(tiny_checkpoint: Path) -> list[Scored]:
    model, made, settings = load_model(tiny_checkpoint)
    asked = Examples(split("x", GOLD), settings, made).asked
    return score_documents(model, asked, settings, made.pad_id)


def test_scores_come_in_the_order_given(scored: list[Scored], tiny_checkpoint: Path) -> None:
    assert [s.asked.document.id for s in scored] == ["treat", "bind", "pair", "mixed", "long"]
    model, made, settings = load_model(tiny_checkpoint)
    for one in scored:
        (alone,) = score_documents(model, [one.asked], settings, made.pad_id)
        assert alone.relation == pytest.approx(one.relation, abs=1e-4)
        assert len(one.relation) == len(one.asked.candidates)


def test_the_model_is_left_as_it_was(tiny_checkpoint: Path) -> None:
    model, made, settings = load_model(tiny_checkpoint)
    assert not model.training
    model.train()
    asked = Examples(split("x", GOLD), settings, made).asked
    score_documents(model, asked, settings, made.pad_id)
    assert model.training


def test_every_document_comes_back(scored: list[Scored]) -> None:
    found = decoded(scored, GOLD, Settings(BIORED, ENCODING, Decoding(threshold=0.1)))
    assert [d.id for d in found] == [d.id for d in GOLD]
    assert found[3].relations == ()  # nothing to ask about
    assert all(r.score is not None for d in found for r in d.relations)


def fitted(probabilities: list[float], gold: list[bool]) -> tuple[Decoding, float]:
    """The threshold fitted to one document a pair, each with a relation of this probability."""
    documents, made = [], []
    for number, (probability, is_gold) in enumerate(zip(probabilities, gold, strict=True)):
        relations = (("1", "2", "Association", True),) if is_gold else ()
        documents.append(document(str(number), "{x|G|1} {pain|D|2}", *relations))
        (asked,) = Examples(split("x", documents[-1:]), SETTINGS, tokenizer()).asked
        logits = np.full((1, 9), -1e4, dtype=np.float32)
        logits[0, :2] = np.log([1 - probability, probability])
        made.append(Scored(asked, logits, np.zeros((1, 2), dtype=np.float32)))
    settings, result = fit_decoding(made, documents, SETTINGS, "biored-8", "pair")
    assert msgspec.structs.replace(settings, decoding=Decoding()) == SETTINGS
    again = score(documents, decoded(made, documents, settings), "biored-8")
    assert result.f1("pair") == again.f1("pair")
    return settings.decoding, result.f1("pair")


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


SEVERAL = Settings(DRUGPROT, ENCODING)
FIRST, SECOND = DRUGPROT.labels[:2]


def two_labels(*pairs: tuple[float, float, set[str]]) -> tuple[Decoding, float]:
    """What is fitted to one document a pair: the probabilities of both labels, and its gold."""
    documents, made = [], []
    for number, (first, second, gold) in enumerate(pairs):
        text = Passage("abstract", 0, "x cures y")
        ends = [("h", 0, "x", "CHEMICAL"), ("t", 8, "y", "GENE")]
        mentions = tuple(Mention(id, at, at + 1, word, type, (id,)) for id, at, word, type in ends)
        relations = tuple(Relation("h", "t", label) for label in sorted(gold))
        documents.append(Document(str(number), (text,), mentions, relations))
        (asked,) = Examples(split("x", documents[-1:]), SEVERAL, tokenizer()).asked
        logits = np.full((1, 1 + len(DRUGPROT.labels)), -1e4, dtype=np.float32)
        logits[0, :3] = np.log([1 - first - second, first, second])
        made.append(Scored(asked, logits, None))
    settings, result = fit_decoding(made, documents, SEVERAL, "drugprot", "pair+type")
    again = score(documents, decoded(made, documents, settings), "drugprot")
    assert result.f1("pair+type") == again.f1("pair+type")
    return settings.decoding, result.f1("pair+type")


def test_the_second_threshold_is_fitted_too() -> None:
    both, one = {FIRST, SECOND}, {FIRST}
    decoding, best = two_labels((0.5, 0.42, both), (0.55, 0.38, both), (0.6, 0.33, one))
    assert best == 1
    assert 0.33 < decoding.second_threshold <= 0.38


def test_no_second_label_is_asserted_where_that_serves_best() -> None:
    decoding, best = two_labels((0.5, 0.46, {FIRST}), (0.2, 0.7, {SECOND}))
    assert (decoding.second_threshold, best) == (1.0, 1.0)


def test_single_labels_have_no_second_threshold_to_fit() -> None:
    decoding, _ = fitted([0.2, 0.9], [False, True])
    assert decoding.second_threshold == 1.0
