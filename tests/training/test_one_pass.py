"""Mentions and relations from one pass: what is learnt, and that neither head sees too much."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import numpy as np
import torch

from relatome.data.schemas import BIORED
from relatome.encode import EncodedDocument, Settings, tagging_targets
from relatome.encode.mention_tags import tag_rows
from relatome.errors import ModelError, UsageError
from relatome.recipes import Recipe
from relatome.runtime import Model
from relatome.training import load_model, run
from relatome.training.dataset import Collator, Examples, tensors
from relatome.training.export import export_run
from relatome.training.predict import score_documents
from relatome.training.run import _beginning, preflight
from relatome.training.tagger import tagger_of
from relatome.training.trainer import RelationTrainer
from tests.tiny import DOCUMENTS, document, learnable, long_document, split, tokenizer
from tests.training.conftest import Tiny

TRAIN = split("own:train", [*DOCUMENTS, *learnable(6)])
DEV = split("own:dev", learnable(6, start=6), "dev")


@pytest.fixture(scope="module")
def recipe(tiny: Tiny) -> Recipe:
    return tiny(recipe="one-pass-minilm")


@pytest.fixture(scope="module")
def finished(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one-pass") / "run"
    run(recipe, TRAIN, DEV, folder, resume=False)
    return folder


def test_targets_are_the_tags_of_the_tagger() -> None:
    from relatome.encode import DocumentEncoding, encode_document

    types = tuple(BIORED.entity_types)
    pieces = tokenizer()
    for source in (*DOCUMENTS, long_document("long", 9)):
        made = encode_document(source, BIORED, pieces, DocumentEncoding(48, 16))
        if made is None:
            continue
        rows = tag_rows(pieces(source.text), source.mentions, types)
        gold = tagging_targets(made, BIORED)
        assert gold.shape == (*rows.shape, 3)
        assert np.array_equal(gold.argmax(-1), rows)
        assert gold.any(-1).all()


def test_tags_are_told_from_the_bare_text(recipe: Recipe) -> None:
    """Other types at the same tokens change what is read of pairs, and no tag."""
    torch.manual_seed(0)
    model, tokenizer, settings = _beginning(recipe, preflight(recipe), None, "")
    torch.nn.init.normal_(model.encoder.type_embeddings.weight)  # type: ignore[union-attr]
    model.eval()
    model.training = True  # tags are scored, and no dropout is drawn
    examples = Examples(TRAIN, settings, tokenizer)
    batch = Collator(tokenizer.pad_id, settings.encoding)(list(examples.examples))
    one, other = model(batch), model(batch | {"type_tags": (batch["type_tags"] + 2) % 13})
    assert torch.equal(one["tagging"], other["tagging"])
    assert not torch.allclose(one["relation"], other["relation"])
    model.training = False
    again = model(batch)
    assert "tagging" not in again
    assert torch.allclose(again["relation"], one["relation"], atol=1e-5)


def test_types_at_the_input_reach_the_encoder_and_at_the_output_do_not(
    recipe: Recipe, tiny: Tiny
) -> None:
    for made, changes in ((tiny(), True), (recipe, False)):
        torch.manual_seed(0)
        model, tokenizer, settings = _beginning(made, preflight(made), None, "")
        encoder = model.eval().encoder
        torch.nn.init.normal_(encoder.type_embeddings.weight)  # type: ignore[union-attr]
        example = Examples(TRAIN, settings, tokenizer).examples[0]
        batch = tensors([example.unit], tokenizer.pad_id, settings.encoding)
        outside = batch["type_tags"] == 0
        read = encoder(*(batch[name] for name in model.encoder_inputs))
        bare = encoder.bare(batch["input_ids"], batch["attention_mask"])  # type: ignore[union-attr,operator]
        none = encoder.type_embeddings.weight[0]  # type: ignore[union-attr,index]
        same = torch.allclose(read[outside], (bare + none)[outside], atol=1e-5)
        assert same != changes


def test_hidden_entities_are_not_judged(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    always = msgspec.structs.replace(
        recipe, training=msgspec.structs.replace(recipe.training, mask_entities=1.0)
    )
    model, tokenizer, settings = _beginning(always, preflight(always), None, "")
    examples = Examples(TRAIN, settings, tokenizer)
    trainer = RelationTrainer(always, model, tokenizer, examples, folder=tmp_path)
    seen: list[dict[str, torch.Tensor]] = []
    monkeypatch.setattr(
        trainer, "compute_loss", lambda model, inputs, **_: seen.append(inputs) or sum_of(model)
    )
    collate = Collator(tokenizer.pad_id, settings.encoding)
    batches = [collate([example]) for example in examples.examples[:2]]
    parts, counts = trainer.get_batch_samples(
        iter([dict(batch) for batch in batches]), 2, torch.device("cpu")
    )
    for part in parts:
        trainer.training_step(model, part, counts)
    judged_tags = 0
    for batch, inputs in zip(batches, seen, strict=True):
        judged, mentioned = inputs["tagging_gold"].any(-1), batch["tagging_gold"][0]
        judged_tags += int(judged.sum())
        # tokens of mentions, all of which have identifiers
        inside = mentioned[..., 1:].any(-1).any(-1)
        assert inside.any()
        assert torch.equal(judged.all(-1)[0], ~inside)
    # The mean is over the tags that are judged, in all parts of the step.
    tasks = [name for name in batches[0] if name.endswith("_gold")]
    assert counts[tasks.index("tagging_gold")] == judged_tags


def sum_of(model: torch.nn.Module) -> torch.Tensor:
    return torch.stack([parameter.sum() for parameter in model.parameters()]).sum()


def test_a_run_relates_without_torch_as_with_it(finished: Path, tmp_path: Path) -> None:
    model, tokenizer, settings = load_model(finished / "model")
    assert settings.tagging
    assert model.encoder.type_embeddings.weight.abs().max() > 0  # type: ignore[union-attr]
    export_run(finished, tmp_path / "model", None)
    runtime = Model(tmp_path / "model", "fp32")
    asked = [each for source in DOCUMENTS if (each := runtime.encode(source)) is not None]
    assert asked
    for theirs in score_documents(model, asked, settings, tokenizer.pad_id):
        ours = runtime.score(theirs.asked)
        legal = theirs.asked.legal
        assert theirs.relation is not None
        assert ours.relation[legal] == pytest.approx(theirs.relation[legal], abs=1e-4)


def test_its_tagger_gives_the_tags_that_were_trained(finished: Path) -> None:
    model, tokenizer, settings = load_model(finished / "model")
    tagger = tagger_of(model, tokenizer, settings)
    assert tagger.settings.types == tuple(BIORED.entity_types)
    examples = Examples(split("own:one", DOCUMENTS[:1]), settings, tokenizer)
    asked = examples.asked[0]
    assert isinstance(asked, EncodedDocument)
    batch = tensors([asked], tokenizer.pad_id, settings.encoding)
    with torch.no_grad():
        model.training = True
        trained = model(batch)["tagging"][0]
        alone = tagger.model(
            batch["input_ids"], batch["attention_mask"], torch.zeros_like(batch["input_ids"])
        )[0]
    assert torch.allclose(alone[1 : 1 + len(trained)], trained, atol=1e-5)
    model.training = False
    (tagged,) = tagger.tag([document("d", "Abadol treats fever.")])
    tagged.check()


def test_a_model_that_did_not_learn_it_has_no_tagger(tiny_checkpoint: Path) -> None:
    with pytest.raises(ModelError, match=r"R972.*one-pass-minilm"):
        tagger_of(*load_model(tiny_checkpoint))


def test_tags_need_a_bare_text(tiny: Tiny, paired: Tiny) -> None:
    with pytest.raises(UsageError, match=r"R971.*encoding\.types.*output"):
        preflight(tiny("encoding.types=input", recipe="one-pass-minilm"))
    with pytest.raises(UsageError, match=r"tasks\.tagging"):
        preflight(paired(tasks__tagging={"weight": 1.0}))


def test_models_with_types_at_the_input_are_written_as_before() -> None:
    import msgspec

    from relatome.encode import DocumentEncoding

    plain = Settings(BIORED, DocumentEncoding(96, 32))
    assert b'"types"' not in msgspec.json.encode(plain.encoding)
    assert b'"types":"output"' in msgspec.json.encode(DocumentEncoding(96, 32, "output"))
