"""The page on corpora: every command and every line of Python in it is run."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app

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


def test_every_finding_is_explained() -> None:
    source = (ROOT / "src/relatome/corpora/check.py").read_text("utf-8")
    kinds = re.findall(r'"(?:error|note)",\s*"([^"]+)"', source)
    assert len(kinds) > 10
    page = PAGE.read_text("utf-8")
    assert [kind for kind in kinds if kind not in page] == []
