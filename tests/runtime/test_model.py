"""Running without torch: the same scores, for documents of every size."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from relatome.data import Document
from relatome.data.schemas import BIORED
from relatome.encode import EncodedDocument, Tokenizer, encode_document
from relatome.formats import read
from relatome.runtime import Model
from relatome.runtime import model as model_module
from relatome.training import load_model
from relatome.training.predict import score_documents
from tests.tiny import DOCUMENTS, document, long_document

ROOT = Path(__file__).parents[2]
EXAMPLES = tuple(read(ROOT / "examples" / "annotated.pubtator", schema=BIORED))
CROWD = document("crowd", " ".join(f"{{x{i}|G|G{i}}} binds" for i in range(30)) + " {pain|D|D1}.")
SIZES = (*DOCUMENTS, *EXAMPLES, CROWD, long_document("long", 12, genes=5))


@pytest.fixture(scope="module")
def fp32(tiny_model: Path) -> Model:
    return Model(tiny_model, "fp32")


@pytest.fixture(scope="module")
def int8(tiny_model: Path) -> Model:
    return Model(tiny_model, "int8")


def test_fp32_scores_are_those_of_torch(fp32: Model, tiny_checkpoint: Path) -> None:
    model, tokenizer, settings = load_model(tiny_checkpoint)
    encoded = [e for d in SIZES if (e := fp32.encode(d)) is not None]
    assert {len(e.window_ids) for e in encoded} >= {1, 2, 4, 12}
    assert {len(e.pairs) for e in encoded} >= {1, 6, 465}
    for theirs in score_documents(model, encoded, settings, tokenizer.pad_id):
        relation, novelty, direction, _ = fp32.score(theirs.asked)
        assert direction is None
        legal = theirs.asked.legal
        assert relation.shape == (len(theirs.asked.candidates), 1 + len(settings.schema.labels))
        assert novelty is not None
        assert theirs.novelty is not None
        assert relation[legal] == pytest.approx(theirs.relation[legal], abs=1e-4)
        assert novelty == pytest.approx(theirs.novelty, abs=1e-4)


def test_fp32_relations_are_those_of_torch(fp32: Model, tiny_checkpoint: Path) -> None:
    from relatome.encode import decode

    model, tokenizer, settings = load_model(tiny_checkpoint)
    encoded = [e for d in SIZES if (e := fp32.encode(d)) is not None]
    kinds = set()
    for scored in score_documents(model, encoded, settings, tokenizer.pad_id):
        theirs = decode(
            scored.asked, scored.relation, scored.novelty, settings.schema, settings.decoding
        )
        ours = fp32.relations(scored.asked)
        kinds |= {relation.type for relation in ours.relations}

        def by_pair(made: Document) -> dict[tuple[str, str], tuple[object, ...]]:
            return {(r.head, r.tail): (r.type, r.novel, r.score) for r in made.relations}

        assert by_pair(ours).keys() == by_pair(theirs).keys()
        for pair, (type, novel, score) in by_pair(ours).items():
            assert by_pair(theirs)[pair][:2] == (type, novel)
            assert by_pair(theirs)[pair][2] == pytest.approx(score, abs=1e-4)
    assert len(kinds) >= 5, "the tiny model asserts relations of many types"


def test_int8_stays_near(fp32: Model, int8: Model) -> None:
    assert (fp32.weights, int8.weights) == ("fp32", "int8")
    for source in SIZES:
        encoded = fp32.encode(source)
        if encoded is None:
            continue
        ours, theirs = int8.score(encoded)[0], fp32.score(encoded)[0]
        assert not np.array_equal(ours, theirs)
        assert np.abs(ours - theirs)[encoded.legal].mean() < 0.1


def test_int8_is_the_default(tiny_model: Path) -> None:
    assert Model(tiny_model).weights == "int8"


@pytest.mark.parametrize("weights", ["fp32", "int8"])
def test_a_documents_scores_are_the_same_each_time(
    weights: str, request: pytest.FixtureRequest
) -> None:
    model: Model = request.getfixturevalue(weights)
    encoded = {d.id: e for d in SIZES if (e := model.encode(d)) is not None}
    first = {id: model.score(e)[0] for id, e in encoded.items()}
    for id in reversed(encoded):
        assert np.array_equal(model.score(encoded[id])[0], first[id])


def test_parts_change_nothing(fp32: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = fp32.encode(CROWD)
    assert encoded is not None
    whole = fp32.score(encoded)
    monkeypatch.setattr(model_module, "_MOST_PAIR_TOKENS", 7 * len(encoded.window_of))
    monkeypatch.setattr(model_module, "_MOST_WINDOWS", 1)
    parts = fp32.score(encoded)
    for one, other in zip(whole[:2], parts[:2], strict=True):
        assert one is not None
        assert one == pytest.approx(other, abs=1e-5)
    assert whole.evidence is not None
    assert parts.evidence is not None
    assert np.array_equal(whole.evidence, parts.evidence)


def test_evidence_is_where_the_model_looked(fp32: Model, tiny_checkpoint: Path) -> None:
    """The weights of the graph are those of torch, and lead to the same sentences."""
    import torch

    from relatome.encode import attended
    from relatome.training.dataset import tensors

    model, tokenizer, settings = load_model(tiny_checkpoint)
    several = 0
    for source in SIZES:
        encoded = fp32.encode(source)
        if encoded is None:
            continue
        assert isinstance(encoded, EncodedDocument)
        batch = tensors([encoded], tokenizer.pad_id, settings.encoding)
        with torch.no_grad():
            vectors = model.encoder(*(batch[name] for name in model.encoder_inputs))
            pairs = model.pairs(vectors, *(batch[name] for name in model.pair_inputs))
        attention = pairs.attention[0].numpy()
        assert attention.sum(axis=1) == pytest.approx(1, abs=1e-5)
        theirs = attended(encoded, encoded.sentences, attention)
        ours = fp32.score(encoded).evidence
        assert ours is not None
        assert (ours == theirs).all(axis=1).mean() > 0.95  # weights may tie
        for relation in fp32.relations(encoded).relations:
            texts = [source.text[span.start : span.end] for span in relation.evidence]
            assert 1 <= len(texts) <= 3
            for id in (relation.head, relation.tail):
                names = [source.mentions[i].text for i in source.entity_by_id[id].mentions]
                assert any(name in text for name in names for text in texts)
            several += len(texts) > 1
    assert several


def test_a_model_without_attention_names_the_nearest_sentences(
    tiny_model: Path, tmp_path: Path
) -> None:
    """Models exported before there was such an output still run."""
    import onnx

    from relatome.runtime.folder import PAIRS, write_manifest

    folder = Path(shutil.copytree(tiny_model, tmp_path / "old"))
    graph = onnx.load(folder / PAIRS)
    kept = [output for output in graph.graph.output if output.name != "attention"]
    assert len(kept) == len(graph.graph.output) - 1
    del graph.graph.output[:]
    graph.graph.output.extend(kept)
    onnx.save(graph, folder / PAIRS)
    new = Model(tiny_model, "fp32")
    write_manifest(folder, "old", "0", new.settings)
    old = Model(folder, "fp32")
    for source in SIZES:
        encoded = old.encode(source)
        if encoded is None:
            continue
        assert old.score(encoded).evidence is None
        ours, theirs = old.relations(encoded).relations, new.relations(encoded).relations
        assert [(r.head, r.tail, r.type) for r in ours] == [
            (r.head, r.tail, r.type) for r in theirs
        ]
        assert all(1 <= len(relation.evidence) <= 2 for relation in ours)


def test_nothing_to_ask_is_none(fp32: Model) -> None:
    assert fp32.encode(document("d", "{KCN9|G|1} in {mice|O|2}.")) is None


def test_the_runtime_encodes_as_training_did(fp32: Model, tiny_checkpoint: Path) -> None:
    tokenizer = Tokenizer.from_file(tiny_checkpoint / "tokenizer.json")
    _, _, settings = load_model(tiny_checkpoint)
    assert fp32.settings == settings
    for source in SIZES:
        ours = fp32.encode(source)
        theirs = encode_document(source, settings.schema, tokenizer, settings.encoding)
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            for name in ("pairs", "pair_features", "mention_tokens", "distances", "window_of"):
                assert np.array_equal(getattr(ours, name), getattr(theirs, name))


def crowded(entities: int) -> Document:
    """A document in which every gene may be related to every other."""
    return document("crowded", " ".join(f"{{g{i}|G|G{i}}} binds a cell." for i in range(entities)))


_MEASURED = """
import json, sys, time
from pathlib import Path
from relatome.encode import units
from relatome.formats import read
from relatome.runtime import Model
model = Model(Path(sys.argv[1]), sys.argv[2])
source, = read(sys.argv[3])
begin = time.process_time()
encoded = model.encode(source)
relation = model.score(encoded).relation
print(json.dumps({
    "pairs": len(encoded.candidates),
    "scored": len(relation),
    "finite": bool((relation == relation).all()),
    "windows": sum(unit.windows for unit in units(encoded)),
    "seconds": time.process_time() - begin,
    "megabytes": int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024,
}))
"""


def measured(folder: Path, source: Document, where: Path, weights: str = "fp32") -> dict:
    """Run a document through a model in a process of its own; what it took."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("memory is measured where there is /proc")
    from relatome.formats import write

    path = where / "document.jsonl"
    write([source], path, "jsonl")
    process = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(folder), weights, str(path)],
        env=os.environ | {"OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(process.stdout)


def test_a_document_of_200_000_characters(tiny_model: Path, tmp_path: Path) -> None:
    source = long_document("huge", 2800, genes=20)
    assert len(source.text) > 195_000
    took = measured(tiny_model, source, tmp_path)
    assert took["windows"] > 500
    assert took["pairs"] == took["scored"] == 20 * 19 // 2 + 20 * 2
    assert took["finite"]
    assert took["megabytes"] < 500
    assert took["seconds"] < 30


def test_a_document_of_400_entities(tiny_model: Path, tmp_path: Path) -> None:
    took = measured(tiny_model, crowded(400), tmp_path)
    assert took["pairs"] == took["scored"] == 400 * 399 // 2
    assert took["finite"]
    assert took["megabytes"] < 500
    assert took["seconds"] < 60


@pytest.fixture(scope="module")
def wide_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as wide as the shipped one, six heads of attention, windows of 512 tokens."""
    from relatome.encode import DocumentEncoding, Settings
    from relatome.models import RelationModel, load_encoder
    from relatome.training import save_model
    from relatome.training.export import export
    from tests.tiny import save_encoder

    folder = tmp_path_factory.mktemp("wide")
    encoder = save_encoder(folder / "encoder", hidden=384, positions=512)
    backbone, tokenizer = load_encoder(str(encoder))
    settings = Settings(BIORED, DocumentEncoding(512, 128))
    model = RelationModel(backbone, settings, tokenizer, dropout=0.0)
    save_model(model, tokenizer, settings, folder / "run")
    export(folder / "run", folder / "model", "wide", "0")
    return folder / "model"


@pytest.mark.slow
@pytest.mark.parametrize(
    "source", [long_document("huge", 2800, genes=20), crowded(400)], ids=["long", "crowded"]
)
def test_huge_documents_at_full_width(source: Document, wide_model: Path, tmp_path: Path) -> None:
    took = measured(wide_model, source, tmp_path, "int8")
    assert took["pairs"] == took["scored"]
    assert took["finite"]
    assert took["megabytes"] < 1500
    assert took["seconds"] < 300
