"""What a student learns from besides is in no split that is learnt from or judged on."""

from __future__ import annotations

import gzip
import importlib
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("torch")

from relatome.corpora import load
from relatome.data import Document


@pytest.fixture
def unlabelled() -> ModuleType:
    return importlib.import_module("unlabelled")


def pubtator(*texts: tuple[str, str]) -> bytes:
    """Documents of an id and a text, each with a mention of a type that BioRED does not have."""
    records = (
        f"{id}|t|{text}\n{id}|a|\n{id}\t0\t3\t{text[:3]}\tFamilyName\t1\n\n" for id, text in texts
    )
    return gzip.compress("".join(records).encode())


def test_abstracts_are_taken_once_and_none_that_a_split_holds(
    unlabelled: ModuleType, corpora_dir: Path, tmp_path: Path
) -> None:
    def words(document: Document) -> str:
        return document.text.replace("\n", " ")

    train, dev, test = (
        load("biored", part, corpora_dir).documents[0] for part in ("train", "dev", "test")
    )
    files = {
        "gnormplus": [("1", "Aspirin lowers fever in mice."), (train.id, "Another text.")],
        "ncbi_disease": [("1", "A copy of the same number."), ("2", words(dev))],
        "nlm_gene": [("3", "BRCA1 binds BARD1.")],
        "tmvar3": [("4", words(test))],
    }
    for name, texts in files.items():
        (tmp_path / f"{name}.pubtator.gz").write_bytes(pubtator(*texts))
    found = list(unlabelled.unknown(tmp_path, corpora_dir))
    assert [document.id for document in found] == ["1", "3"]
    assert not any(document.mentions for document in found)
