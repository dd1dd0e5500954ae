"""Training under anchored encoding: passes are what is learnt from, the mean is what is judged."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from relatome.data.narrowing import Narrowing
from relatome.data.schema import CORPUS_INFON, NO_RELATION, Negative
from relatome.data.schemas import BIORED
from relatome.encode import (
    AnchoredDocument,
    AnchoredEncoding,
    AnchoredPass,
    DocumentEncoding,
    Encoding,
    Settings,
    encode,
    relation_targets,
)
from relatome.errors import UsageError
from relatome.models import AnchoredEncoder, RelationModel, load_encoder
from relatome.recipes.recipe import Coreference, Tagging
from relatome.scoring import score
from relatome.training import load_model, run
from relatome.training.dataset import Collator, Examples, coverage
from relatome.training.predict import decoded, score_documents
from relatome.training.run import preflight
from relatome.training.transfer import Trained, transfer
from tests.tiny import (
    CHEMICAL,
    DISEASE,
    DOCUMENTS,
    document,
    learnable,
    long_document,
    split,
    tokenizer,
)
from tests.training.conftest import Tiny

ANCHORED, DOCUMENT = AnchoredEncoding(96, 32), DocumentEncoding(96, 32)
TOKENIZER = tokenizer()
FAST = (
    "encoding.kind=anchored",
    "training.epochs=14",
    "training.patience=14",
    "training.batch_size=8",
    "training.encoder_learning_rate=3e-3",
    "training.head_learning_rate=3e-3",
    "model.dropout=0.0",
)


def trained(encoder: Path, encoding: Encoding, seed: int) -> Trained:
    backbone, pieces = load_encoder(str(encoder))
    settings = Settings(BIORED, encoding, direction=True)
    model = RelationModel(backbone, settings, pieces, dropout=0.0).eval()
    for name, parameter in model.named_parameters():
        if name != "encoder.anchor_embedding":
            with torch.no_grad():
                random = np.random.RandomState(seed + sum(name.encode()))
                parameter += torch.from_numpy(0.1 * random.standard_normal(parameter.shape))
    return Trained(model, pieces, settings)


def test_it_begins_as_the_document_model_it_starts_from(tiny_encoder: Path) -> None:
    source = trained(tiny_encoder, DOCUMENT, 1)
    target = trained(tiny_encoder, ANCHORED, 2)
    assert transfer(source, target) == ["encoder.anchor_embedding"]
    scored = []
    for each in (source, target):
        asked = [
            made
            for text in (*DOCUMENTS, long_document("long", 9, genes=4))
            if (made := encode(text, BIORED, TOKENIZER, each.settings.encoding, Narrowing()))
        ]
        scored.append(score_documents(each.model, asked, each.settings, TOKENIZER.pad_id))
    assert len(scored[0]) == len(scored[1]) == 5
    for theirs, ours in zip(*scored, strict=True):
        assert isinstance(ours.asked, AnchoredDocument)
        for one, other in zip(theirs[1:], ours[1:], strict=True):
            assert one is not None
            assert other == pytest.approx(one, abs=1e-3, rel=1e-5)


def test_every_pass_has_the_gold_of_its_pairs() -> None:
    made = Examples(split("some", DOCUMENTS), Settings(BIORED, ANCHORED), TOKENIZER)
    examples = iter(made.examples)
    for asked in made.asked:
        assert isinstance(asked, AnchoredDocument)
        relation, novelty = relation_targets(asked, BIORED)
        for each, rows in zip(asked.passes, asked.rows, strict=True):
            unit, gold = next(examples)
            assert unit is each
            assert np.array_equal(gold["relation"], relation[rows])
            assert np.array_equal(gold["novelty"], novelty[rows])
    assert not list(examples)
    batch = Collator(TOKENIZER.pad_id, ANCHORED)(made.examples)
    assert len(batch["relation_gold"]) == len(made.examples) == len(batch["pairs"])
    assert int(batch["relation_gold"].any(-1).sum()) == 2 * coverage(made).candidates


def test_coverage_counts_documents_and_not_passes() -> None:
    documents = (*DOCUMENTS, long_document("long", 9))
    ours, theirs = (
        coverage(Examples(split("some", documents), Settings(BIORED, encoding), TOKENIZER))
        for encoding in (ANCHORED, DOCUMENT)
    )
    assert ours._replace(pieces=0, unknown_pieces=0) == theirs._replace(pieces=0, unknown_pieces=0)
    assert ours.several_windows == 1
    assert ours.pieces > 3 * theirs.pieces, "what is read again counts again"


def test_an_entity_of_which_nothing_is_judged_needs_no_pass() -> None:
    """Of a corpus that annotates chemicals with diseases only, pairs with a gene are unknown."""
    judged = Negative("some", CHEMICAL, DISEASE, NO_RELATION)
    schema = msgspec.structs.replace(BIORED, negatives=(judged,))
    text = "{Abadol|C|1} relieves {pain|D|2} and {fever|D|3} of {kcn|G|4}."
    made = msgspec.structs.replace(document("d", text), infons={CORPUS_INFON: "some"})
    settings = Settings(schema, ANCHORED)
    examples = Examples(split("pool", [made]), settings, TOKENIZER)
    (asked,) = examples.asked
    assert isinstance(asked, AnchoredDocument)
    assert (len(asked.passes), len(asked.candidates)) == (4, 5)
    units = [unit for unit, _ in examples.examples]
    assert [len(unit.pair_rules) for unit in units] == [2, 1, 1]
    for unit, whole in zip(units, asked.passes, strict=False):
        assert isinstance(unit, AnchoredPass)
        assert unit.window_anchors is whole.window_anchors


def test_it_learns_what_can_be_learnt(tiny: Tiny, tmp_path: Path) -> None:
    recipe = tiny(*FAST)
    train, dev = split("train", learnable(24)), split("dev", learnable(9, start=24), "dev")
    outcome = run(recipe, train, dev, tmp_path / "run", resume=False)
    assert outcome.scores["all"] > 0.9
    model, pieces, settings = load_model(outcome.model)
    assert settings.encoding == ANCHORED
    assert isinstance(model.encoder, AnchoredEncoder)
    assert model.encoder.anchor_embedding.abs().max() > 1e-3
    # What was loaded scores as what was saved.
    asked = [
        made
        for each in dev.documents
        if (made := encode(each, BIORED, pieces, settings.encoding, Narrowing()))
    ]
    scored = score_documents(model, asked, settings, pieces.pad_id)
    again = score(dev.documents, decoded(scored, dev.documents, settings), recipe.selection.rule)
    assert {name: again.f1(name) for name in again.scores} == outcome.scores


def test_a_run_starts_from_one_of_document_encoding(
    tiny: Tiny, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    train, dev = split("train", learnable(9)), split("dev", learnable(6, start=9), "dev")
    first = run(tiny("training.epochs=1"), train, dev, tmp_path / "first", resume=False)
    recipe = tiny("encoding.kind=anchored", "training.epochs=1", "training.mask_entities=0.5")
    caplog.set_level(logging.INFO)
    run(recipe, train, dev, tmp_path / "second", resume=False, start=first.model)
    assert "fresh: encoder.anchor_embedding" in caplog.text


def test_what_does_not_fit_is_refused(tiny: Tiny) -> None:
    recipe = tiny("encoding.kind=anchored")
    preflight(recipe)
    for tasks, named in (
        ({"coreference": Coreference(1.0)}, "tasks.coreference"),
        ({"tagging": Tagging(1.0)}, "tasks.tagging"),
    ):
        changed = msgspec.structs.replace(recipe.tasks, **tasks)
        with pytest.raises(UsageError, match="R619") as caught:
            preflight(msgspec.structs.replace(recipe, tasks=changed))
        assert named in str(caught.value)
        assert "'document'" in str(caught.value)
    with pytest.raises(UsageError, match=r"R619.*data\.negatives"):
        preflight(tiny("encoding.kind=anchored", "data.negatives=0.5"))
    with pytest.raises(UsageError, match=r"R603.*types"):
        tiny("encoding.kind=anchored", "encoding.types=output")
    with pytest.raises(UsageError, match="R603"):
        tiny("encoding.kind=anchored", "encoding.overlap=95")
