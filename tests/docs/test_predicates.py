"""The page on predicates: its table is the code's, and its lines are run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from relatome.data.predicates import VOCABULARIES, predicate
from relatome.data.schema import BIORED

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "predicates.md"
WORDS = {
    "ChemicalEntity": "chemical",
    "DiseaseOrPhenotypicFeature": "disease",
    "GeneOrGeneProduct": "gene",
    "SequenceVariant": "variant",
}


def cell(vocabulary: str, label: str, head: str, tail: str) -> str:
    found = predicate(vocabulary, label, head, tail)  # type: ignore[arg-type]
    assert found is not None
    if found.subject is None:
        return f"`{found.name}`"
    other = tail if found.subject == head else head
    return f"`{found.name}`: {WORDS[found.subject]} → {WORDS[other]}"


def test_the_table_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\w+–\w+ \| .*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    expected = [
        " | ".join(
            (
                f"{WORDS[rule.head]}–{WORDS[rule.tail]}",
                label,
                *(cell(vocabulary, label, rule.head, rule.tail) for vocabulary in VOCABULARIES),
            )
        )
        for rule in BIORED.pairs
        for label in BIORED.labels
        if label in rule.labels
    ]
    assert rows == expected


def test_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0
