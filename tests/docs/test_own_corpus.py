"""The page on a user's own corpus: its files are the example's, its commands and Python are run."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import tomllib
from pathlib import Path

import msgspec
import pytest
import tomli_w
from typer.testing import CliRunner

from relatome.cli import app
from relatome.corpora import find_schema, load
from relatome.corpora.own import _Description, _OwnSplit
from relatome.data import Schema
from relatome.recipes import load_recipe, to_plain
from tests.docs.test_corpora import stripped

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own-corpus.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "own-corpus"
COMMANDS = re.findall(
    r"^```console\n\$ relatome ([^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
)
TOML = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the root of the repository, with no published corpus in reach."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("RELATOME_CORPORA", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_command(command: str, shown: str) -> None:
    result = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == ("mistakes" in command)
    if shown:
        assert stripped(result.stdout) == stripped(shown)


def test_the_planted_mistakes_are_found() -> None:
    command = ["check", "examples/own-corpus/mistakes/corpus.toml", "--format", "json"]
    report = json.loads(CliRunner().invoke(app, command).stdout)
    found = [(f["level"], f["kind"], "\n".join(f["cases"])) for f in report["findings"]]
    rows = re.findall(r"^\| (`\d-.*?) \| .* \| (error|note):? (.*?) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 8
    for names, level, kind in rows:
        for name in re.findall(r"`(\d-\w+)", names):
            assert any(
                level == found_level and found_kind.startswith(kind.split(",")[0]) and name in cases
                for found_level, found_kind, cases in found
            ), (name, kind)
    # Nothing else is wrong but that there are few examples.
    assert len({kind for _, kind, _ in found}) == 8 + 1


def test_the_files_shown_are_the_example() -> None:
    schema, description, recipe = TOML
    assert schema == (EXAMPLE / "schema.toml").read_text("utf-8")
    assert description == (EXAMPLE / "corpus.toml").read_text("utf-8")
    assert "[data]" in recipe


@pytest.mark.parametrize(
    ("section", "structs"),
    [("## The schema", (Schema,)), ("## The description", (_Description, _OwnSplit))],
)
def test_every_key_is_explained(section: str, structs: tuple[type[msgspec.Struct], ...]) -> None:
    table = PAGE.split(section)[1].split("\n## ")[0].split("|---|---|\n")[1]
    rows = re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
    explained = {name.split(".")[-1] for row in rows for name in re.findall(r"`([\w.…]+)`", row)}
    assert explained == {name for struct in structs for name in struct.__struct_fields__}


def test_a_recipe_may_name_it(tmp_path: Path) -> None:
    plain = to_plain(load_recipe("small"))
    for key, value in tomllib.loads(TOML[2]).items():
        plain[key] = plain[key] | value if isinstance(value, dict) else value
    del plain["tasks"]["novelty"]
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
    recipe = load_recipe(str(path))
    assert find_schema(recipe.schema).name == "nutrients"
    for name in (*recipe.data.train, recipe.data.dev, recipe.data.test):
        corpus, _, split = name.rpartition(":")
        assert load(corpus, split).documents
    training = pytest.importorskip("relatome.training")
    assert training.preflight(recipe).labels == ("Promotes", "Inhibits", "Produces")


def test_python() -> None:
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / "own-corpus.md"), module_relative=False, encoding="utf-8"
    )
    assert tried > 0
    assert failed == 0
