"""The page on pooling: its command is run, its tables are those of the code."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.corpora.pool import BIOREX, POOLS, Negatives
from relatome.corpora.pool.build import pool_schema
from relatome.corpora.pool.source import PoolSource

PAGE = (Path(__file__).parents[2] / "docs" / "pooling.md").read_text("utf-8")
COMMANDS = re.findall(
    r"^```console\n\$ relatome ([^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[c[:20] for c, _ in COMMANDS])
def test_command(
    command: str,
    shown: str,
    corpora_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELATOME_CORPORA", str(corpora_dir))
    result = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout == shown
    written = re.findall(r"^\| `(\w+\.\w+)`(?:, `(\w+\.\w+)`)? \| ", PAGE, re.MULTILINE)
    assert len(written) == 3
    for name in (name for row in written for name in row if name):
        assert (tmp_path / "pool" / name).is_file()


def test_the_labels_are_those_of_the_code() -> None:
    names = {"BC5CDR": "bc5cdr", "DDI": "ddi", "DrugProt": "drugprot", "EMU": "emu"}
    names |= {"AIMed": "aimed", "HPRD50": "hprd50", "PharmGKB": "pharmgkb", "DisGeNET": "disgenet"}
    sources: dict[str, PoolSource] = {source.name: source for source in BIOREX.sources}
    table = PAGE.split("| source | label | becomes |\n|---|---|---|\n")[1].split("\n\n")[0]
    told: dict[str, dict[str, str]] = {name: {} for name in names.values()}
    for row in table.splitlines():
        who, labels, becomes = (cell.strip() for cell in row.strip("| ").split(" | "))
        for name in who.split(", "):
            own = f"{name}-Association" if "of their own" in becomes else becomes
            for label in labels.replace("and the one without type", "untyped").split(", "):
                told[names[name]][label] = own
    assert told == {name: sources[name].labels for name in told}


def test_the_negatives_are_those_of_the_code() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (shown,) = tomllib.loads(block)["negatives"]
    kept = pool_schema(BIOREX, BIOREX.sources, "keep")
    assert shown in [
        {"corpus": n.corpus, "head": n.head, "tail": n.tail, "label": n.label}
        for n in kept.negatives
    ]
    rows = dict(re.findall(r"^\| `(keep|merge|drop)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert tuple(rows) == get_args(Negatives)
    listed = rows["keep"].split(": ")[1].split(", ")
    assert listed == list(dict.fromkeys(n.label for n in kept.negatives))


def test_the_targets_are_those_of_the_code() -> None:
    table = PAGE.split("| `--target` | pool | its splits | judged by |\n|---|---|---|---|\n")[1]
    told = [
        [cell.strip("` ") for cell in row.strip("| ").split(" | ")]
        for row in table.split("\n\n")[0].splitlines()
    ]
    assert told == [
        [pool.target.source.name, pool.name, ", ".join(pool.splits), pool.schema.rule]
        for pool in POOLS.values()
        if pool.target is not None
    ]
