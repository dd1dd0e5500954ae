"""The page on tagging: its figures are those of benchmarks/results, its options exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from relatome.pipeline import load
from relatome.recipes import load_tagger

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "tagging.md").read_text("utf-8")


def test_the_figures_are_those_of_the_results() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "raw_text.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_figures_of_one_pass_are_those_of_the_results() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "one_pass.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_first_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    first, _, _ = code.partition("\n\nextract = relatome.load(tagger")
    values: dict[str, object] = {}
    exec(first, values)
    assert values["document"].mentions  # type: ignore[attr-defined]


def test_the_tagger_finds_the_types_of_the_recipe() -> None:
    assert list(load().tagger.types) == load_tagger("tagger-minilm").types  # type: ignore[attr-defined]
