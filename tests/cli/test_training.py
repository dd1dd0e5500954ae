"""``relatome train`` from a recipe to relations, and what it refuses before any work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome import corpora
from relatome.data import Split
from relatome.formats import write
from relatome.recipes import load_recipe
from relatome.training import documents
from tests.cli.conftest import Ran, Relatome
from tests.own_corpus import write_focal_recipe
from tests.tiny import DOCUMENTS, learnable, split

SPLITS = {
    "train": split("own:train", [*DOCUMENTS, *learnable(6)]),
    "dev": split("own:dev", learnable(6, start=6), "dev"),
    "test": split("own:test", learnable(3, start=12), "test"),
}


@pytest.fixture
def own_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus ``own`` of hand-made documents, beside the published ones."""
    usual = corpora.load

    def load(name: str, part: str, *rest: object) -> Split:
        return SPLITS[part] if name == "own" else usual(name, part, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "load", load)


@pytest.fixture
def train(relatome: Relatome, own_corpus: None, tiny_encoder: Path) -> Relatome:
    """``relatome train small`` on the tiny encoder and the corpus ``own``."""
    changes = (
        'data.train=["own:train"]',
        "data.dev=own:dev",
        f"encoder.name={tiny_encoder}",
        "encoding.window=96",
        "encoding.overlap=32",
        "training.epochs=1",
        "training.precision=fp32",
    )

    def run(*arguments: object) -> Ran:
        settings = [word for change in changes for word in ("--set", change)]
        return relatome("train", "small", *settings, *arguments)

    return run


def test_from_a_recipe_to_relations(train: Relatome, relatome: Relatome, tmp_path: Path) -> None:
    folder, model = tmp_path / "run", tmp_path / "model"
    ran = train("--output", folder)
    assert ran.code == 0
    assert "own:dev, biored-8, F1:" in ran.out
    assert f"relatome models export {folder}" in ran.out
    assert (folder / "curves.png").is_file()
    assert load_recipe(str(folder / "recipe.toml")).data.dev == "own:dev"

    ran = train("--output", folder, "--resume")
    assert ran.code == 0, "a finished run is there already"

    ran = relatome("models", "export", folder, model)
    assert ran.code == 0
    ran = relatome("models", "card", model)
    assert "own:train" in ran.out

    path = tmp_path / "source.jsonl"
    write(DOCUMENTS, path, "jsonl")
    ran = relatome("extract", path, "--model", model, "--format", "jsonl")
    assert ran.code == 0
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [d.id for d in DOCUMENTS]


def test_a_combination(tiny_encoder: Path, relatome: Relatome, tmp_path: Path) -> None:
    folder, model = tmp_path / "run", tmp_path / "model"
    member = load_recipe(str(write_focal_recipe(tmp_path, tiny_encoder)))
    path = tmp_path / "two.toml"
    path.write_text(
        f'name = "two"\ntitle = "two seeds"\ntest = "{member.data.test}"\nrule = "biored-8"\n'
        f'vote = "mean"\n[[relation]]\nrecipe = "{tmp_path / "focal.toml"}"\nseeds = 2\n'
    )
    ran = relatome("train", path, "--output", folder)
    assert ran.code == 0, ran.err
    last = f"Next: relatome predict {folder} {member.data.test} -o predicted.jsonl"
    assert ran.out.splitlines()[-2:] == [f"Runs beside: {folder}", last]

    ran = relatome("models", "export", folder, model)
    assert ran.code == 2
    assert "[R677]" in ran.err
    assert f"relatome predict {folder}" in ran.err
    assert not model.exists()
    assert relatome("models", "export", tmp_path / "small-14", model).code == 0
    refused = relatome("sweep", path, "--grid", "training.epochs=1,2", "--output", tmp_path / "s")
    assert refused.code == 2
    assert "[R605]" in refused.err


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ('data.train=["own:test"]', "R201"),
        ('data.train=["own:train", "own:test"]', "R201"),
        ("data.dev=own:test", "R201"),
        ("data.dev=own:train", "R202"),
        ("data.dev=own", "R610"),
        ('data.train=["nosuch:train"]', "R801"),
        ("training.sead=1", "R603"),
        ("training.seed=many", "R603"),
        ("training.epochs=0", "R603"),
        ("losses.nosuch.weight=1.0", "R606"),
        ("losses.focal.gamma=2.0", "R623"),
        ("losses.cross_entropy.weight=much", "R603"),
        ("schema=drugprot", "R618"),
        ("data.negatives=0.5", "R619"),
        ("data.dev=1.5", "R603"),
        ("encoding.kind=pair", "R603"),
        ("selection.score=nosuch", "R402"),
        ("encoding.overlap=95", "R603"),
        ("encoding.window=512", "R614"),
        ("encoder.name=/no/such/encoder", "R503"),
        ("nonsense", "R604"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_any_work(
    change: str, code: str, train: Relatome, tmp_path: Path
) -> None:
    ran = train("--output", tmp_path / "run", "--set", change)
    assert ran.code == (1 if code == "R202" else 2)
    assert f"error: [{code}]" in ran.err
    assert not (tmp_path / "run").exists()


def test_a_folder_in_use(train: Relatome, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    ran = train("--output", tmp_path)
    assert ran.code == 2
    assert "[R609]" in ran.err
    assert "--resume" in ran.err


def test_misuse(relatome: Relatome, tmp_path: Path) -> None:
    assert relatome("train").code == 2
    assert relatome("train", "small").code == 2
    ran = relatome("train", "no-such-recipe", "--output", tmp_path / "run")
    assert ran.code == 2
    assert "[R601]" in ran.err


@pytest.mark.parametrize(
    "command", [["train", "small"], ["sweep", "small"], ["predict", "run", "biored:dev"]]
)
def test_without_torch_it_says_what_to_install(command: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules.update(torch=None, transformers=None)\n"
        f"sys.argv = ['relatome', *{command!r}, '-o', {str(tmp_path / 'out.jsonl')!r}]\n"
        "from relatome.cli import main\n"
        "main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )
    assert ran.returncode == 1
    assert "[R701]" in ran.stderr
    assert "relatome[train]" in ran.stderr
    assert "Traceback" not in ran.stderr
