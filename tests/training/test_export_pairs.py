"""A model under pair encoding, exported: the runtime scores as torch does."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest

pytest.importorskip("torch")

from relatome.data.narrowing import Narrowing
from relatome.data.schemas import BIORED
from relatome.encode import Decoding, PairEncoding, Settings, pair_tokenizer
from relatome.models import RelationModel, add_markers, load_encoder
from relatome.pipeline import Pipeline
from relatome.runtime import Model
from relatome.runtime import model as model_module
from relatome.training import export as export_module
from relatome.training import load_model, save_model
from relatome.training.export import export
from relatome.training.predict import score_documents
from tests.tiny import DOCUMENTS, document, fix_weights, long_document
from tests.training.conftest import DEFINITIONS

CROWD = document("crowd", " ".join(f"{{x{i}|G|G{i}}} binds" for i in range(9)) + " {pain|D|D1}.")
SIZES = (*DOCUMENTS, CROWD, long_document("long", 6, genes=5))
VECTORS = ("starts", "cls", "pooled")


def checkpoint(vector: str, encoder: Path, folder: Path) -> Path:
    """A model as a run leaves it, with all parts it may have and weights that are fixed."""
    encoding = PairEncoding("typed", "question", "window", 64, vector)  # type: ignore[arg-type]
    settings = Settings(
        BIORED,
        encoding,
        Decoding(0.3, 0.5),
        direction=vector != "cls",
        typing=vector != "cls",
        pair_typing=True,
        coreference=True,
        hidden=16,
        readers=int(vector == "pooled"),
        definitions=DEFINITIONS["labels"],
    )
    backbone, plain = load_encoder(str(encoder))
    marked = pair_tokenizer(plain, BIORED, encoding)
    add_markers(backbone, plain, marked)
    model = RelationModel(backbone, settings, marked, dropout=0.0)
    for name, module in model.named_children():
        if name != "encoder":
            fix_weights(module, scale=1.0 if name in ("relation", "novelty", "direction") else 0.15)
    save_model(model, marked, settings, folder)
    return folder


Exported = tuple[Path, Path]


@pytest.fixture(scope="module")
def first(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Checkpoint and model folder, exported whole."""
    folder = tmp_path_factory.mktemp("first")
    trained = checkpoint(VECTORS[0], tiny_encoder, folder / "run")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's, about itself
        export(trained, folder / "model", "first", "0")
    return trained, folder / "model"


@pytest.fixture(scope="module", params=VECTORS)
def exported(
    request: pytest.FixtureRequest,
    first: Exported,
    tiny_encoder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Exported:
    """Checkpoint and model folder of every vector; they share an encoder, which is taken over."""
    if request.param == VECTORS[0]:
        return first
    folder = tmp_path_factory.mktemp(request.param)
    trained = checkpoint(request.param, tiny_encoder, folder / "run")

    def take(source: object, target: Path) -> None:
        shutil.copy(first[1] / target.name, target)

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setattr(export_module, "_export_encoder", take)
        patch.setattr(export_module, "quantize", take)
        export(trained, folder / "model", request.param, "0")
    return trained, folder / "model"


def test_fp32_scores_are_those_of_torch(exported: Exported) -> None:
    trained, folder = exported
    model, tokenizer, settings = load_model(trained)
    runtime = Model(folder, "fp32")
    assert runtime.settings == settings
    asked = [made for d in SIZES if (made := runtime.encode(d)) is not None]
    assert {len(made.candidates) for made in asked} >= {1, 6, 18, 45}
    for theirs in score_documents(model, asked, settings, tokenizer.pad_id):
        logits, novelty, direction, evidence = runtime.score(theirs.asked)
        legal = theirs.asked.legal
        assert logits.shape == (len(legal), 1 + len(BIORED.labels))
        assert evidence is None
        assert novelty is not None
        assert theirs.novelty is not None
        assert logits[legal] == pytest.approx(theirs.relation[legal], abs=1e-3)
        assert novelty == pytest.approx(theirs.novelty, abs=1e-3)
        assert (direction is None) == (theirs.direction is None) == (not settings.direction)
        if direction is not None:
            assert direction == pytest.approx(theirs.direction, abs=1e-3)
        for relation in runtime.relations(theirs.asked).relations:
            assert 1 <= len(relation.evidence) <= 2


def test_batches_change_nothing(exported: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Model(exported[1], "fp32")
    asked = runtime.encode(DOCUMENTS[4])
    assert asked is not None
    whole = runtime.score(asked)
    monkeypatch.setattr(model_module, "_MOST_SEQUENCE_TOKENS", 1)  # each pair by itself
    for one, other in zip(whole, runtime.score(asked), strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, abs=1e-4)


def test_int8_stays_near(exported: Exported) -> None:
    fp32, int8 = (Model(exported[1], p) for p in ("fp32", "int8"))
    for source in SIZES:
        if (asked := fp32.encode(source)) is not None:
            theirs, ours = fp32.score(asked)[0], int8.score(asked)[0]
            assert not np.array_equal(ours, theirs)
            assert np.abs(ours - theirs)[asked.legal].mean() < 0.3


def test_the_definitions_were_read_before(exported: Exported) -> None:
    """The second graph holds what the encoder made of them, and not the encoder."""
    graph = onnx.load(exported[1] / "pairs.onnx").graph
    sizes = [tuple(tensor.dims) for tensor in graph.initializer]
    words = load_model(exported[0])[0].encoder.backbone.get_input_embeddings()
    assert tuple(words.weight.shape) not in sizes
    assert (len(BIORED.labels), words.embedding_dim) in {size[:2] for size in sizes} | {
        size[::-1][:2] for size in sizes
    }


def test_a_pipeline_counts_one_window_a_pair(first: Exported) -> None:
    extract = Pipeline(first[1], weights="fp32", threads=1)
    found = list(extract(SIZES))
    assert [d.id for d in found] == [d.id for d in SIZES]
    assert extract.tally.windows == extract.tally.candidates > 60
    assert extract.tally.relations == sum(len(d.relations) for d in found) > 0


def test_a_narrowed_model_asks_about_fewer_pairs(first: Exported, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(first[1], tmp_path / "model"))
    manifest = msgspec.json.decode((folder / "model.json").read_bytes())
    manifest["settings"]["narrowing"] = {"sentence": False, "interval": [0, 0]}
    (folder / "model.json").write_bytes(msgspec.json.encode(manifest))
    runtime = Model(folder, "fp32")
    assert runtime.settings.narrowing == Narrowing(interval=(0, 0))
    asked = runtime.encode(CROWD)
    assert asked is not None
    assert len(asked.candidates) == 8 + 1  # neighbouring genes, and the last one with the disease
    assert len(runtime.score(asked)[0]) == 9
