"""The page on entities: its Python is run, its figures are those of benchmarks/results."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

from relatome.data.schemas import BIORED
from relatome.entities import Dictionary, group
from relatome.entities.grouping import RULES
from tests.tiny import document

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "entities.md"
TEXT = PAGE.read_text("utf-8")


def test_python() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0


def test_dictionary(tmp_path: Path) -> None:
    (table,) = re.findall(r"^```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    (code,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    path = tmp_path / "names.tsv"
    path.write_text(table, "utf-8")
    values = {"document": document("d", "{Gelatinase-A|G} and {vibramycin|C}, {KCN9|G}")}
    exec(code.replace('"names.tsv"', repr(str(path))), values)
    assert [m.entity_ids for m in values["document"].mentions][:2] == [("4313",), ("D004318",)]
    made = Dictionary.read(path, BIORED.canonical_type)
    assert group(document("d", "{MMP2|G}"), made).mentions[0].entity_ids == ("4313",)


def test_every_rule_is_explained() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == RULES


def test_the_figures_are_those_of_the_results() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "grouping.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
