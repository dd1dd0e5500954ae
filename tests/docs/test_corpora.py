"""The page on corpora: every command and every line of Python in it is run."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.corpora import load

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "corpora.md"
COMMANDS = re.findall(
    r"^```console\n\$ relatome ([^\n]*)\n(.*?)^```$",
    PAGE.read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def stripped(text: str) -> list[str]:
    """The lines without the spaces that fill a table up."""
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_command(
    command: str,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    needs_corpus = "stats" in command
    directory = request.getfixturevalue("corpora_dir") if needs_corpus else tmp_path
    monkeypatch.setenv("RELATOME_CORPORA", str(directory))
    result = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0
    assert stripped(result.stdout) == stripped(shown)


def test_python(corpora_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATOME_CORPORA", str(corpora_dir))
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0


def test_the_whole_of_drugprot_is_a_corpus_of_ones_own(corpora_dir: Path, tmp_path: Path) -> None:
    (block,) = re.findall(
        r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    path = tmp_path / "drugprot.toml"
    path.write_text(block, "utf-8")
    folders = {"training": "training_text_available", "development": "development"}
    for folder, here in folders.items():
        (tmp_path / folder).mkdir()
        for file in (corpora_dir / "drugprot" / here).glob("drugprot_*.tsv*"):
            (tmp_path / folder / file.name.removesuffix(".gz")).symlink_to(file)
    for split in ("train", "dev"):
        own = load(str(path), split)
        assert own.documents == load("drugprot", split, corpora_dir).documents
        assert own.role == split


def test_every_finding_is_explained() -> None:
    files = [ROOT / "src/relatome/corpora" / name for name in ("check.py", "looks.py")]
    sources = "".join(file.read_text("utf-8") for file in files)
    kinds = re.findall(r'"(?:error|note)",\s*"([^"]+)"', sources)
    assert len(kinds) > 10
    page = PAGE.read_text("utf-8")
    assert [kind for kind in kinds if kind not in page] == []
