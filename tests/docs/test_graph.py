"""The page on graphs: its commands and its Python are run, its table and formula are the code's."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from relatome.graph.identifiers import curie
from tests.cli.conftest import Relatome, relatome
from tests.graph.scans import SMALL, write_scan

__all__ = ["relatome"]

PAGE = Path(__file__).parents[2] / "docs" / "graph.md"
TEXT = PAGE.read_text("utf-8")
TYPES = {"gene": "Gene", "organism": "Species", "variant": "SequenceVariant"}


def test_commands_and_python(
    relatome: Relatome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_scan(tmp_path / "scan", SMALL)
    blocks = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    commands = [each for block in blocks for each in re.split(r"^\$ relatome ", block, flags=re.M)]
    for each in filter(None, commands):
        command, _, expected = each.partition("\n")
        ran = relatome(*shlex.split(command))
        assert (ran.code, ran.err) == (0, ""), command
        assert ran.out == expected
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0


def test_the_table_of_identifiers() -> None:
    rows = re.findall(r"^\| (`.+`) \| (\w+) \| `(\S+)` \|$", TEXT, re.MULTILINE)
    assert len(rows) == 9
    for written, type, node in rows:
        for each in re.findall(r"`(.+?)`", written.replace("\\|", "|")):
            assert curie(each, TYPES.get(type, "ChemicalEntity")) == node


def test_the_figures_of_the_formula() -> None:
    for count, score, given in ((100, 0.1, "0.42"), (10, 0.5, "0.87")):
        weight = sum(1 / rank for rank in range(1, count + 1))
        assert f"{1 - (1 - score) ** weight:.2f}" == given
        assert given in TEXT
