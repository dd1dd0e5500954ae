"""One model predicts what it did on dev; several predict by the mean of their probabilities."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("torch")

from relatome.data import Document, candidates
from relatome.data.narrowing import Narrowing
from relatome.data.schemas import BIORED, DRUGPROT
from relatome.encode import (
    ILLEGAL,
    Decoding,
    DocumentEncoding,
    Encoding,
    PairEncoding,
    Settings,
    decode,
    encode,
    pair_tokenizer,
)
from relatome.errors import InputError, ModelError, UsageError
from relatome.models import RelationModel, add_markers, load_encoder
from relatome.scoring import score
from relatome.training import run
from relatome.training.ensemble import (
    LoadedModel,
    joint_settings,
    load_run,
    mean_scores,
    predict,
)
from relatome.training.predict import Scored, score_documents
from tests.tiny import DOCUMENTS, document, fix_weights, learnable, long_document, split
from tests.tiny import tokenizer as tiny_tokenizer
from tests.training.conftest import Tiny

PAIRS = PairEncoding("typed", "question", "window", 96, "starts")
WHOLE = DocumentEncoding(96, 32)
GOLD = (*DOCUMENTS, long_document("long", 9))


def member(encoder: Path, seed: int, encoding: Encoding = WHOLE, **changes: object) -> LoadedModel:
    """A model with large weights, so that relations are asserted, that differ from seed to seed."""
    settings = msgspec.structs.replace(Settings(BIORED, encoding), **changes)
    backbone, tokenizer = load_encoder(str(encoder))
    if isinstance(encoding, PairEncoding):
        marked = pair_tokenizer(tokenizer, settings.schema, encoding)
        add_markers(backbone, tokenizer, marked)
        tokenizer = marked
    model = RelationModel(backbone, settings, tokenizer, dropout=0.0)
    for part in (model.pairs, model.relation, model.novelty):
        if part is not None:
            fix_weights(part, scale=1.5, seed=seed)
    model.eval()
    return LoadedModel(f"seed-{seed}", model, tokenizer, settings, bf16=False)


@pytest.fixture(scope="module")
def models(tiny_encoder: Path) -> list[LoadedModel]:
    """Three models that read documents in two ways, each with thresholds of its own."""
    return [
        member(tiny_encoder, 1, decoding=Decoding(0.7, 0.5)),
        member(tiny_encoder, 2, decoding=Decoding(0.9, 0.6)),
        member(tiny_encoder, 3, PAIRS, decoding=Decoding(0.95, 0.4, 0.4)),
    ]


def distributions(loaded: LoadedModel, document: Document) -> tuple[list[list[float]], list[float]]:
    """Class probabilities and the probability of being novel of each pair, without our softmax."""
    settings = loaded.settings
    asked = encode(document, BIORED, loaded.tokenizer, settings.encoding, settings.narrowing)
    assert asked is not None
    (scored,) = score_documents(loaded.model, [asked], settings, loaded.tokenizer.pad_id)
    rows, novel = [], []
    assert scored.novelty is not None
    for logits, legal, (known, new) in zip(
        scored.relation.tolist(), asked.legal, scored.novelty.tolist(), strict=True
    ):
        exponents = [math.exp(x) if fine else 0.0 for x, fine in zip(logits, legal, strict=True)]
        rows.append([each / sum(exponents) for each in exponents])
        novel.append(1 / (1 + math.exp(known - new)))
    return rows, novel


def test_the_mean_of_all_probabilities_decides(models: list[LoadedModel]) -> None:
    found = predict(models, GOLD)
    assert [d.id for d in found] == [d.id for d in GOLD]
    asserted = 0
    for gold, predicted in zip(GOLD, found, strict=True):
        asked = candidates(gold, BIORED)
        if not asked:
            assert predicted.relations == ()
            continue
        rows, novel = zip(*(distributions(model, gold) for model in models), strict=True)
        entities = gold.entities
        expected = {}
        for index, candidate in enumerate(asked):
            mean = [sum(parts) / 3 for parts in zip(*(row[index] for row in rows), strict=True)]
            is_novel = sum(each[index] for each in novel) / 3
            if 1 - mean[0] >= (0.7 + 0.9 + 0.95) / 3:
                best = max(range(1, 9), key=lambda label: mean[label])
                ends = (entities[candidate.head].id, entities[candidate.tail].id)
                expected[ends] = (BIORED.labels[best - 1], mean[best], is_novel, is_novel >= 0.5)
        assert {(r.head, r.tail): (r.type, r.novel) for r in predicted.relations} == {
            ends: (label, is_novel) for ends, (label, _, _, is_novel) in expected.items()
        }
        for relation in predicted.relations:
            _, probability, novelty, _ = expected[relation.head, relation.tail]
            assert relation.score == pytest.approx(probability, abs=1e-4)
            assert relation.novel_score == pytest.approx(novelty, abs=1e-4)
        asserted += len(expected)
    pairs = sum(len(candidates(d, BIORED)) for d in GOLD)
    assert 0 < asserted < pairs, "otherwise nothing was put to the test"


def test_thresholds_are_means(models: list[LoadedModel]) -> None:
    settings = joint_settings(models)
    assert settings.decoding.threshold == pytest.approx(0.85)
    assert settings.decoding.novelty_threshold == pytest.approx(0.5)
    assert settings.decoding.second_threshold == pytest.approx(0.8)
    assert msgspec.structs.replace(settings, decoding=Decoding(0.7, 0.5)) == models[0].settings


def test_the_mean_of_several_is_not_calibrated(models: list[LoadedModel]) -> None:
    calibrated = [
        model._replace(
            settings=msgspec.structs.replace(
                model.settings, decoding=Decoding(temperature=2.0, novelty_temperature=3.0)
            )
        )
        for model in models[:2]
    ]
    assert joint_settings(calibrated[:1]) == calibrated[0].settings
    joint = joint_settings(calibrated)
    assert (joint.decoding.temperature, joint.decoding.novelty_temperature) == (1.0, 1.0)
    assert joint.calibration is None


def test_several_of_the_same_are_the_one(models: list[LoadedModel]) -> None:
    alone = predict(models[:1], GOLD)
    for one, other in zip(alone, predict([models[0]] * 3, GOLD), strict=True):
        assert [(r.head, r.tail, r.type) for r in one.relations] == [
            (r.head, r.tail, r.type) for r in other.relations
        ]
        for left, right in zip(one.relations, other.relations, strict=True):
            assert left.score == pytest.approx(right.score, abs=1e-5)


def test_the_order_of_models_means_nothing(models: list[LoadedModel]) -> None:
    there, back = predict(models, GOLD), predict(models[::-1], GOLD)
    for one, other in zip(there, back, strict=True):
        assert {(r.head, r.tail, r.type) for r in one.relations} == {
            (r.head, r.tail, r.type) for r in other.relations
        }


def test_the_decoded_mean_is_the_mean_by_hand() -> None:
    pair = document("x", "{abadol|C|C1} inhibits {KCN9|G|G1}")
    asked = encode(pair, BIORED, tiny_tokenizer(), WHOLE, Narrowing())
    assert asked is not None
    # Two models over the classes none, Association, Positive_Correlation, the others illegal here
    # or impossible: (0.5, 0.5, 0) and (0.1, 0.3, 0.6) make (0.3, 0.4, 0.3).
    made = []
    for none, association, positive in ((0.5, 0.5, 0.0), (0.1, 0.3, 0.6)):
        logits = np.full((1, 9), -np.inf, dtype=np.float32)
        with np.errstate(divide="ignore"):
            logits[0, :3] = np.log([none, association, positive])
        logits[0, ~asked.legal[0]] = ILLEGAL
        made.append(Scored(asked, logits, np.log([[0.2, 0.8], [0.2, 0.8]][:1], dtype=np.float32)))
    joint = mean_scores(made)
    (relation,) = decode(asked, joint.relation, joint.novelty, BIORED, Decoding(0.69)).relations
    assert (relation.type, relation.novel) == ("Association", True)
    assert relation.score == pytest.approx(0.4)
    assert relation.novel_score == pytest.approx(0.8)
    assert decode(asked, joint.relation, None, BIORED, Decoding(0.71)).relations == ()


def test_types_in_any_spelling_and_relations_of_any_kind(models: list[LoadedModel]) -> None:
    gold = DOCUMENTS[0]
    mentions = tuple(
        msgspec.structs.replace(m, type={"GeneOrGeneProduct": "Gene"}.get(m.type, m.type))
        for m in gold.mentions
    )
    spelt = msgspec.structs.replace(gold, mentions=mentions)
    assert predict(models, [spelt]) == predict(models, [gold])


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"schema": DRUGPROT}, "schema: biored and drugprot"),
        (
            {"schema": msgspec.structs.replace(BIORED, labels=BIORED.labels[::-1])},
            "labels: Association, Positive",
        ),
        (
            {"schema": msgspec.structs.replace(BIORED, pairs=BIORED.pairs[:-1])},
            "entity types or pairs",
        ),
        ({"narrowing": Narrowing(sentence=True)}, "narrowing: "),
    ],
)
def test_models_that_cannot_be_averaged(
    changes: dict[str, object],
    what: str,
    models: list[LoadedModel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = msgspec.structs.replace(models[1].settings, **changes)
    other = models[1]._replace(settings=settings)
    monkeypatch.setattr(RelationModel, "forward", lambda *_: pytest.fail("that was work"))
    with pytest.raises(UsageError, match="R661.*seed-1 and seed-2 differ in " + what):
        predict([models[0], other], GOLD)


def test_unusable_documents(models: list[LoadedModel]) -> None:
    with pytest.raises(InputError, match=r"R107.*treat"):
        predict(models, [GOLD[0], GOLD[1], GOLD[0]])
    mention = msgspec.structs.replace(GOLD[0].mentions[0], type="Planet")
    strange = msgspec.structs.replace(GOLD[0], mentions=(mention, *GOLD[0].mentions[1:]))
    with pytest.raises(InputError, match=r"R103.*Planet"):
        predict(models, [strange])


def test_scores_that_are_no_numbers(tiny_encoder: Path, models: list[LoadedModel]) -> None:
    broken = member(tiny_encoder, 1)
    fix_weights(broken.model.relation, scale=math.nan)
    with pytest.raises(ModelError, match="R514"):
        predict([models[0], broken], GOLD)


def test_a_run_predicts_what_it_was_selected_for(tiny: Tiny, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    dev = split("dev", learnable(9, start=6), "dev")
    outcome = run(tiny(), split("train", learnable(6)), dev, folder, resume=False)
    loaded = load_run(folder)
    found = predict([loaded], [d.with_relations(()) for d in dev.documents])
    result = score(dev.documents, found, "biored-8")
    assert {name: result.f1(name) for name in result.scores} == outcome.scores
    assert outcome.scores["pair"] > 0
    assert loaded.name == str(folder)


@pytest.mark.parametrize("file", ["results.json", "recipe.toml"])
def test_a_run_that_is_not_finished(file: str, tiny: Tiny, tmp_path: Path) -> None:
    for name in {"results.json", "recipe.toml"} - {file}:
        (tmp_path / name).write_text(json.dumps({}))
    with pytest.raises(UsageError, match=f"R611.*{file}"):
        load_run(tmp_path)
