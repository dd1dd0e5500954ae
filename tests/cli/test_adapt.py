"""``relatome adapt``: a vocabulary and an encoder from files of text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")

from relatome.cli import app
from relatome.encode import Tokenizer
from relatome.errors import UsageError

SENTENCES = ("Abadol treats gastritis in mice", "KCN9 causes hepatitis", "hepatitis, not gastritis")


def test_a_vocabulary_is_learnt_and_used(tiny_encoder: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    lines = [{"id": str(n), "title": SENTENCES[n % 3], "text": "."} for n in range(90)]
    texts.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    settings = {
        "encoder.name": tiny_encoder,
        "vocabulary.size": 200,
        "vocabulary.minimum": 2,
        "steps": 1,
        "batch_size": 2,
        "length": 32,
    }
    changes = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    (tmp_path / "corpora").mkdir()
    where = ["--output", str(tmp_path / "run"), "--corpora", str(tmp_path / "corpora")]
    command = ["adapt", "minilm-vocabulary", str(texts), *where, *changes]
    found = CliRunner().invoke(app, command, catch_exceptions=False)
    assert found.exit_code == 0
    made = Tokenizer.from_file(tmp_path / "run" / "encoder" / "tokenizer.json")
    assert [made.token(index) for index in made("Hepatitis").ids] == ["hepatitis"]
    assert f"{made.vocabulary_size} pieces, " in found.output
    assert " of them in the old vocabulary; 1." in found.output
    again = CliRunner().invoke(app, command)
    assert isinstance(again.exception, UsageError)
    assert again.exception.code == "R609"
