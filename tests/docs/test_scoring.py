"""The page on scoring: every command and every line of Python in it is run."""

from __future__ import annotations

import doctest
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "scoring.md"
COMMANDS = re.findall(
    r"^```console\n\$ relatome ([^\n]*)\n(.*?)^```$",
    PAGE.read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_command(command: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0
    if shown:
        assert result.stdout == shown


def test_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0


def test_every_key_of_the_json_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (command,) = (command for command, _ in COMMANDS if "--format json" in command)
    written = json.loads(CliRunner().invoke(app, shlex.split(command)).stdout)
    table = PAGE.read_text("utf-8").split("| key | holds |")[1].split("\n\n")[0]
    explained = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE)))
    assert explained == list(written)
