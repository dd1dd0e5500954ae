"""What is packed for another machine is there the same: documents whole, weights as float16."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("torch")

import torch

from relatome.corpora import data_hash, load
from relatome.models import load_encoder
from relatome.recipes import source
from relatome.training.adaptation import prepared_encoder

ROOT = Path(__file__).parents[2]
PUBLISHED = "tests/tiny-bert"


@pytest.fixture
def bundle() -> ModuleType:
    return importlib.import_module("bundle")


@pytest.fixture
def runs(tiny_encoder: Path, tmp_path: Path) -> Path:
    """A folder of runs in which the tiny encoder stands for the adapted one."""
    made = tmp_path / "runs" / "minilm-pubmed"
    made.mkdir(parents=True)
    shutil.copytree(tiny_encoder, made / "encoder")
    shutil.copy(source("minilm-pubmed"), made / "recipe.toml")
    (made / "provenance.json").write_text('{"data": {}}', encoding="utf-8")
    return made.parent


def halved(folder: str) -> dict[str, torch.Tensor]:
    state = load_encoder(folder)[0].state_dict()
    return {name: value.half().float() for name, value in state.items()}


def test_an_adapted_encoder_and_its_corpus(
    bundle: ModuleType, runs: Path, corpora_dir: Path, tmp_path: Path
) -> None:
    (archive,) = bundle.pack(["c-baseline-minilm"], tmp_path / "bundle", runs, corpora_dir)
    assert archive.name == "minilm-pubmed.zip"
    there = tmp_path / "there"
    for _ in range(2):  # again, over what is there
        bundle.unpack(archive, tmp_path / "bundle", there)
    before = prepared_encoder("minilm-pubmed", runs)
    after = prepared_encoder("minilm-pubmed", there)
    assert Path(after) == there / "minilm-pubmed" / "encoder"
    found = load_encoder(after)[0].state_dict()
    for name, value in halved(before).items():
        assert torch.equal(found[name], value), name
    unpacked = tmp_path / "bundle" / "corpora"
    for part in ("train", "dev", "test"):
        here = load("biored", part, corpora_dir).documents
        assert data_hash(load("biored", part, unpacked).documents) == data_hash(here)
    assert {path.name for path in unpacked.iterdir()} == {"biored"}


@pytest.fixture
def taught(runs: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A recipe that learns what another says, of documents in the folder of runs too."""
    unlabelled = runs / "unlabelled"
    unlabelled.mkdir()
    (unlabelled / "documents.jsonl").write_bytes(b"")
    text = importlib.import_module("unlabelled").DESCRIPTION
    (unlabelled / "unlabelled.toml").write_text(text, encoding="utf-8")
    recipe = runs.parent / "taught.toml"
    table = """
[distillation]
teacher = "c-baseline-minilm"
weight = 1.0
temperature = 2.0
documents = ["runs/unlabelled/unlabelled.toml:train"]
"""
    baseline = source("c-baseline-minilm").read_text(encoding="utf-8")
    recipe.write_text(baseline + table, encoding="utf-8")
    monkeypatch.chdir(runs.parent)
    return str(recipe)


def test_documents_without_relations_go_into_the_folder_of_runs(
    bundle: ModuleType, runs: Path, taught: str, corpora_dir: Path, tmp_path: Path
) -> None:
    (archive,) = bundle.pack([taught], tmp_path / "bundle", Path("runs"), corpora_dir)
    bundle.unpack(archive, tmp_path / "bundle", tmp_path / "there")
    for name in ("unlabelled.toml", "documents.jsonl"):
        content = (tmp_path / "there" / "unlabelled" / name).read_bytes()
        assert content == (runs / "unlabelled" / name).read_bytes()


def test_documents_that_lie_elsewhere_are_refused(
    bundle: ModuleType, runs: Path, taught: str, corpora_dir: Path, tmp_path: Path
) -> None:
    (runs / "unlabelled").rename(tmp_path / "unlabelled")
    recipe = Path(taught)
    moved = recipe.read_text(encoding="utf-8").replace("runs/unlabelled/", "unlabelled/")
    recipe.write_text(moved, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"not in a folder of runs"):
        bundle.pack([taught], tmp_path / "bundle", Path("runs"), corpora_dir)


def test_an_encoder_of_the_hub_is_found_without_network(
    bundle: ModuleType,
    tiny_encoder: Path,
    corpora_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundle, "locate_encoder", {PUBLISHED: tiny_encoder}.__getitem__)
    recipe = tmp_path / "recipe.toml"
    text = source("c-baseline-minilm").read_text(encoding="utf-8")
    recipe.write_text(text.replace('"minilm-pubmed"', f'"{PUBLISHED}"'), encoding="utf-8")
    (archive,) = bundle.pack([str(recipe)], tmp_path / "bundle", tmp_path, corpora_dir)
    bundle.unpack(archive, tmp_path / "bundle", tmp_path)
    script = f"""
from relatome.models import load_encoder
model, tokenizer = load_encoder({PUBLISHED!r})
print(sum(float(value.double().sum()) for value in model.state_dict().values()))
"""
    places = {"HF_HUB_CACHE": str(tmp_path / "bundle" / "hub"), "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **places, "PYTHONPATH": str(ROOT / "src")},
    )
    expected = sum(float(each.double().sum()) for each in halved(str(tiny_encoder)).values())
    assert float(ran.stdout) == pytest.approx(expected, rel=1e-12)


def test_an_archive_that_is_too_large_is_refused(
    bundle: ModuleType,
    runs: Path,
    corpora_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundle, "MOST_MB", 0.01)
    with pytest.raises(SystemExit, match=r"larger than 0\.01 MB"):
        bundle.pack(["c-baseline-minilm"], tmp_path / "bundle", runs, corpora_dir)


def test_results_of_fewer_seeds_are_not_taken_over(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    common = importlib.import_module("common")
    monkeypatch.setattr(bundle, "keep", lambda name, result: common.keep(name, result, here))
    of = {"known": [13, 14], "better": [13], "new": []}
    for name, seeds in of.items():
        if seeds:
            assert common.keep(f"recipes/{name}", {"seeds": seeds, "from": "here"}, here)
    for name, seeds in {"known": [13], "better": [13, 14, 15], "new": [13]}.items():
        assert common.keep(f"recipes/{name}", {"seeds": seeds, "from": "other"}, other)
    bundle.merge(other)
    found = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["from"]
        for path in here.glob("recipes/*.json")
    }
    assert found == {"known": "here", "better": "other", "new": "other"}
