"""``relatome predict``: the models of runs over a split or a file, alone and together."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import tomli_w

pytest.importorskip("torch")

from relatome import formats
from relatome.data import Document
from relatome.data.schema import Schema
from relatome.data.schemas import BIORED, DRUGPROT
from relatome.encode import Decoding, DocumentEncoding, Settings
from relatome.models import RelationModel, load_encoder
from relatome.recipes import load_recipe, to_plain
from relatome.training import save_model
from relatome.training.ensemble import load_run, predict
from tests.cli.conftest import Relatome
from tests.own_corpus import write_corpus
from tests.tiny import DOCUMENTS, fix_weights

Runs = list[Path]


def finished_run(folder: Path, encoder: Path, seed: int, schema: Schema = BIORED) -> Path:
    """A run folder as training leaves it, with large weights so that relations are asserted."""
    backbone, tokenizer = load_encoder(str(encoder))
    settings = Settings(schema, DocumentEncoding(96, 32), Decoding(0.8 + seed / 100))
    model = RelationModel(backbone, settings, tokenizer, dropout=0.0)
    for part in (model.pairs, model.relation, model.novelty):
        if part is not None:
            fix_weights(part, scale=1.5, seed=seed)
    save_model(model, tokenizer, settings, folder / "model")
    recipe = to_plain(load_recipe("small", ("training.precision=fp32",)))
    (folder / "recipe.toml").write_text(tomli_w.dumps(recipe))
    (folder / "results.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def runs(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("runs")
    return [finished_run(folder / f"seed-{seed}", tiny_encoder, seed) for seed in (1, 2, 3)]


def test_a_test_split(
    runs: Runs, relatome: Relatome, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    corpus = write_corpus(tmp_path)
    output = tmp_path / "predicted.jsonl"
    ran = relatome("predict", runs[0], f"{corpus}:test", "--output", output)
    assert ran.code == 0, ran.err
    found = list(formats.read(output))
    test = list(formats.read(tmp_path / "test.jsonl"))
    assert found == predict([load_run(runs[0])], test)
    assert any(document.relations for document in found)
    asked = next(message for message in caplog.messages if "candidate" in message)
    assert asked.startswith("3 documents, 0 without a pair that may be related; 3 candidate pairs")
    assert "Mean of" not in ran.err


def test_several_runs_and_a_file(runs: Runs, relatome: Relatome, tmp_path: Path) -> None:
    source, output = tmp_path / "source.pubtator", tmp_path / "predicted.jsonl.gz"
    formats.write(DOCUMENTS, source, "pubtator")
    ran = relatome("predict", *runs, source, "-o", output)
    assert ran.code == 0, ran.err
    assert "Mean of 3 models at the mean of their thresholds: 0.820 (0.81 · 0.82 · 0.83)" in ran.err
    found = list(formats.read(output))
    assert found == predict([load_run(run) for run in runs], list(formats.read(source)))
    assert sum(len(document.relations) for document in found) > 0


def mention_level(documents: tuple[Document, ...]) -> list[Document]:
    """Chemicals and genes only, each mention for itself."""
    types = {"ChemicalEntity": "CHEMICAL", "GeneOrGeneProduct": "GENE"}
    made = []
    for document in documents:
        mentions = tuple(
            msgspec.structs.replace(m, id=f"T{n}", type=types[m.type], entity_ids=(f"T{n}",))
            for n, m in enumerate(document.mentions, start=1)
            if m.type in types
        )
        made.append(msgspec.structs.replace(document, mentions=mentions, relations=()))
    return made


def test_the_answer_to_drugprot(tiny_encoder: Path, relatome: Relatome, tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run", tiny_encoder, 1, DRUGPROT)
    source = tmp_path / "source.jsonl"
    formats.write(mention_level(DOCUMENTS), source, "jsonl")
    whole, answer = tmp_path / "whole.jsonl", tmp_path / "answer.tsv"
    assert relatome("predict", run, source, "-o", whole).code == 0
    ran = relatome("predict", run, source, "--to", "drugprot-submission", "-o", answer)
    assert ran.code == 0, ran.err
    expected = [
        f"{document.id}\t{relation.type}\tArg1:{relation.head}\tArg2:{relation.tail}"
        for document in formats.read(whole)
        for relation in document.relations
    ]
    assert answer.read_text("utf-8").splitlines() == expected
    assert expected
    types = {m.id: m.type for d in formats.read(whole) for m in d.mentions if d.id == "treat"}
    lines = [line.split("\t") for line in expected if line.startswith("treat")]
    assert {(types[head[5:]], types[tail[5:]]) for _, _, head, tail in lines} == {
        ("CHEMICAL", "GENE")
    }


def refused(ran: object, code: str, says: str, output: Path) -> None:
    assert ran.code in (1, 2)  # type: ignore[attr-defined]
    assert f"[{code}]" in ran.err  # type: ignore[attr-defined]
    assert says in ran.err  # type: ignore[attr-defined]
    assert not output.exists()


def test_what_is_refused(
    runs: Runs, tiny_encoder: Path, relatome: Relatome, tmp_path: Path
) -> None:
    source, output = tmp_path / "source.jsonl", tmp_path / "out.jsonl"
    formats.write(DOCUMENTS, source, "jsonl")
    other = finished_run(tmp_path / "other", tiny_encoder, 1, DRUGPROT)
    refused(relatome("predict", runs[0], other, source, "-o", output), "R661", "drugprot", output)
    refused(relatome("predict", other, source, "-o", output), "R103", str(source), output)
    refused(relatome("predict", runs[0], runs[0], source, "-o", output), "R662", "", output)
    refused(relatome("predict", tmp_path, source, "-o", output), "R611", "", output)
    refused(relatome("predict", runs[0], "nosuch", "-o", output), "R815", "", output)
    refused(relatome("predict", runs[0], "biored:nosuch", "-o", output), "R802", "", output)
    nameless = tmp_path / "out.unknown"
    refused(relatome("predict", runs[0], source, "-o", nameless), "R142", "--to", nameless)
    text = tmp_path / "out.txt"
    refused(relatome("predict", runs[0], source, "-o", text), "R125", "jsonl", text)
    tsv = tmp_path / "answer.tsv"
    answer = ("--to", "drugprot-submission", "-o", tsv)
    refused(relatome("predict", runs[0], source, *answer), "R678", "type Association", tsv)
    refused(relatome("predict", *runs, source, *answer), "R678", "schema drugprot", tsv)
    below = tmp_path / "no" / "folder.jsonl"
    refused(relatome("predict", runs[0], source, "-o", below), "R111", "", below)
    (runs[2] / "results.json").rename(runs[2] / "away")
    refused(relatome("predict", *runs, source, "-o", output), "R611", "seed-3", output)
    (runs[2] / "away").rename(runs[2] / "results.json")


def test_a_run_that_is_a_combination(
    tiny_encoder: Path, runs: Runs, relatome: Relatome, tmp_path: Path
) -> None:
    source, output = tmp_path / "source.jsonl", tmp_path / "out.jsonl"
    formats.write(DOCUMENTS, source, "jsonl")
    whole = tmp_path / "whole"
    whole.mkdir()
    for seed in (1, 2):
        finished_run(tmp_path / f"small-{seed}", tiny_encoder, seed)
    member = tmp_path / "member.toml"
    member.write_text(tomli_w.dumps(to_plain(load_recipe("small", ("training.seed=1",)))))
    combination = {"name": "whole", "title": "two", "test": "biored:test", "rule": "biored-8"}
    combination |= {"vote": "mean", "relation": [{"recipe": str(member), "seeds": 2}]}
    (whole / "recipe.toml").write_text(tomli_w.dumps(combination))
    (whole / "results.json").write_text("{}")
    answering = {"relation": ["small-1", "small-2"], "novelty": []}
    (whole / "provenance.json").write_text(json.dumps({"answering": answering}))
    assert relatome("predict", whole, source, "-o", output).code == 0
    members = [load_run(run) for run in runs[:2]]
    assert list(formats.read(output)) == predict(members, DOCUMENTS)
    output.unlink()
    refused(relatome("predict", whole, runs[2], source, "-o", output), "R672", "beside", output)
