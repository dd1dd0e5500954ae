"""The page on recipes: its tables have every key and every name, its example is a recipe."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from relatome.corpora.own import own_corpus
from relatome.encode import AnchoredEncoding, DocumentEncoding, PairEncoding
from relatome.encode.context import CONTEXTS
from relatome.encode.markers import MARKERS
from relatome.encode.prompts import PROMPTS
from relatome.encode.sequences import Vector
from relatome.recipes import (
    Combination,
    Group,
    MaskedEntities,
    MaskedWords,
    Recipe,
    load_combination,
    load_recipe,
    to_plain,
)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "recipes.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def first_cells(section: str) -> list[str]:
    """The names in the first column of a section's tables."""
    rows = re.findall(r"^\| (`.*?) \|", SECTIONS[section], re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]


def keys(kind: type[msgspec.Struct], at: str = "") -> set[str]:
    """Paths of all keys of a recipe; those of a table that may recur are not told apart."""
    found = set()
    for field in msgspec.structs.fields(kind):
        path = f"{at}.{field.name}".lstrip(".")
        kinds = [k for k in (field.type, *get_args(field.type)) if _is_struct(k)]
        others = {k for k in get_args(field.type) if not _is_struct(k)} - {type(None)}
        inner = [] if others else kinds  # what may be a plain value is explained as one key
        found |= {key for each in inner for key in keys(each, path)} or {path}
    return found


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def test_every_key_is_explained_once() -> None:
    sections = ("Keys", "Three ways to read a document", "Parts a recipe may have")
    explained = [name for section in sections for name in first_cells(section)]
    assert len(explained) == len(set(explained))
    assert set(explained) == keys(Recipe) | {"encoding.kind"}


def test_every_key_of_an_adaptation_is_explained() -> None:
    known = set().union(*(keys(kind) for kind in (MaskedWords, MaskedEntities)))
    explained = first_cells("Adapting an encoder first")
    assert len(explained) == len(set(explained))
    assert set(explained) == known - {"name", "title"} | {"kind"}


def test_every_key_of_a_combination_is_explained() -> None:
    of_groups = {field.name for field in msgspec.structs.fields(Group)}
    own = {field.name for field in msgspec.structs.fields(Combination)}
    assert set(first_cells("Several runs, one answer")) == own | of_groups


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("markers", list(MARKERS)),
        ("prompt", list(PROMPTS)),
        ("context", list(CONTEXTS)),
        ("vector", list(get_args(Vector))),
    ],
)
def test_every_name_is_explained(key: str, names: list[str]) -> None:
    rows = re.findall(
        r"^\| (?:`encoding\.(\w+)`)? ?\| `([\w-]+)` \|",
        SECTIONS["Three ways to read a document"],
        re.MULTILINE,
    )
    told: dict[str, list[str]] = {}
    current = ""
    for begun, name in rows:
        current = begun or current
        told.setdefault(current, []).append(name)
    assert told[key] == names


def test_the_example_is_an_encoding() -> None:
    anchored, example, combination, _ = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    shipped = to_plain(load_combination("c-1-run3"))
    written = tomllib.loads(combination)
    assert {key: shipped[key] for key in written if key != "title"} == {
        key: value
        for key, value in to_plain(msgspec.convert(written, Combination)).items()
        if key in written and key != "title"
    }
    for text, encoding in ((anchored, AnchoredEncoding), (example, PairEncoding)):
        recipe = msgspec.convert(to_plain(load_recipe("small")) | tomllib.loads(text), Recipe)
        assert isinstance(recipe.encoding, encoding)
    assert isinstance(load_recipe("small").encoding, DocumentEncoding)


def test_documents_without_relations_are_described_as_the_page_says(tmp_path: Path) -> None:
    *_, description = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "unlabelled.toml"
    path.write_text(description, "utf-8")
    (tmp_path / "documents.jsonl").write_bytes(b"")
    assert [split.name for split in own_corpus(str(path)).splits] == ["train"]


def test_the_figures_of_the_vocabulary_are_measured() -> None:
    path = ROOT / "benchmarks" / "results" / "vocabulary.json"
    found = json.loads(path.read_text("utf-8"))
    old, new = found["before"], found["after"]
    words = old["pieces_per_abstract"] / old["pieces_per_word"]
    told = (
        f"from {old['pieces_per_abstract']:.0f} pieces to {new['pieces_per_abstract']:.0f}",
        f"from {old['pieces_per_mention']:.1f} to {new['pieces_per_mention']:.1f}",
        f"the words alone are {words:.0f}",
    )
    text = " ".join(SECTIONS["Adapting an encoder first"].split())
    assert [each for each in told if each not in text] == []


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", TEXT))
def test_every_link_leads_somewhere(target: str) -> None:
    page, _, anchor = target.partition("#")
    assert not page or (ROOT / "docs" / page).is_file()
    if anchor:
        text = (ROOT / "docs" / page).read_text("utf-8") if page else TEXT
        heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        assert anchor in {head.lower().replace(" ", "-") for head in heads}
