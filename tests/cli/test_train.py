"""What ``relatome train`` hands to training: the splits, and how much of them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.data import Split
from relatome.errors import UsageError

pytest.importorskip("torch")

DESCRIPTION = """\
name = "ours"
schema = "biored"
[splits.first]
role = "train"
files = ["first.pubtator"]
[splits.second]
role = "train"
files = ["second.pubtator"]
[splits.dev]
role = "dev"
files = ["dev.pubtator"]
"""


@pytest.fixture
def ours(tmp_path: Path) -> str:
    """A corpus of eighty training documents in two splits, one in four with a relation."""
    for name, numbers in (("first", range(60)), ("second", range(60, 80)), ("dev", range(99, 100))):
        records = []
        for n in numbers:
            lines = [f"{n}|t|KCN9 and pain.", f"{n}\t0\t4\tKCN9\tGene\t99"]
            lines.append(f"{n}\t9\t13\tpain\tDisease\tD1")
            if n % 4 == 0:
                lines.append(f"{n}\tAssociation\tD1\t99\tNovel")
            records.append("\n".join(lines) + "\n\n")
        (tmp_path / f"{name}.pubtator").write_text("".join(records))
    path = tmp_path / "ours.toml"
    path.write_text(DESCRIPTION)
    return str(path)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Split]:
    """The splits that training is given; it stops there."""
    splits: list[Split] = []

    def run(recipe: object, train: Split, dev: Split, *_: object, **__: object) -> None:
        splits.extend((train, dev))
        raise KeyboardInterrupt

    # The package offers the function under the module's name.
    monkeypatch.setattr(importlib.import_module("relatome.training.run"), "run", run)
    return splits


def train(ours: str, tmp_path: Path, *overrides: str) -> object:
    settings = (f'data.train=["{ours}:first", "{ours}:second"]', f"data.dev={ours}:dev", *overrides)
    arguments = ["train", "small", "--output", str(tmp_path / "run")]
    for setting in settings:
        arguments += ["--set", setting]
    return CliRunner().invoke(app, arguments).exception


def test_splits_of_ones_own_are_joined(ours: str, tmp_path: Path, taken: list[Split]) -> None:
    train(ours, tmp_path)
    together, dev = taken
    assert len(together.documents) == 80
    assert (together.name, dev.name) == (f"{ours}:first+{ours}:second", f"{ours}:dev")


def test_a_fraction_is_nested_stratified_and_of_the_seed(
    ours: str, tmp_path: Path, taken: list[Split]
) -> None:
    for fraction in ("0.05", "0.25", "0.25"):
        train(ours, tmp_path, f"data.fraction={fraction}")
    train(ours, tmp_path, "data.fraction=0.25", "training.seed=7")
    small, larger, again, other = taken[::2]
    assert [len(split.documents) for split in (small, larger, other)] == [4, 20, 20]
    assert small.ids < larger.ids == again.ids != other.ids
    assert sum(bool(document.relations) for document in larger.documents) == 5
    assert all(len(dev.documents) == 1 for dev in taken[1::2])


def test_a_share_is_held_out_where_there_is_no_dev(
    ours: str, tmp_path: Path, taken: list[Split]
) -> None:
    for seed in (1, 2):
        train(ours, tmp_path, "data.dev=0.1", "data.fraction=0.5", f"training.seed={seed}")
    one, dev, other, again = taken
    assert dev == again
    assert len(dev.documents) == 8
    assert len(one.documents) == len(other.documents) == 36
    assert one.ids != other.ids
    assert not dev.ids & (one.ids | other.ids)


def test_a_split_without_a_corpus_is_refused(ours: str, tmp_path: Path, taken: list[Split]) -> None:
    error = train(ours, tmp_path, 'data.train=["biored"]')
    assert isinstance(error, UsageError)
    assert error.code == "R610"
    assert taken == []
