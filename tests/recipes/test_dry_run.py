"""Every shipped recipe is carried out, ten documents of each, on the corpora it names."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from relatome.corpora.pool import find_pool
from relatome.corpora.pool.build import build
from relatome.data import Split
from relatome.recipes import (
    Combination,
    MaskedEntities,
    Recipe,
    load_adaptation,
    load_any,
    load_combination,
    load_recipe,
    shipped,
)

pytest.importorskip("torch")

from relatome.training import preflight, run
from relatome.training.adaptation import Evaluation, mask_entities
from relatome.training.combination import require_combination
from relatome.training.documents import split

POOLED = [name for name in shipped() if "biorex" in load_recipe(name).schema]
SINGLE = [name for name in shipped() if name not in POOLED]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder that reads as much as the recipes' own."""
    from tests.tiny import save_encoder

    return save_encoder(tmp_path_factory.mktemp("encoder") / "tiny", positions=512)


@pytest.mark.parametrize(
    "name", [name for name in shipped() if load_recipe(name).distillation is not None]
)
def test_a_teacher_is_of_the_students_schema(name: str) -> None:
    student = load_recipe(name)
    assert student.distillation is not None
    teacher = load_any(student.distillation.teacher)
    if isinstance(teacher, Combination):
        taught = {member.recipe.schema for member in require_combination(teacher)}
    else:
        assert isinstance(teacher, Recipe)
        taught = {teacher.schema}
    assert taught == {student.schema}


def few(part: Split, count: int) -> Split:
    """The first documents with a relation, the smallest of the first hundred."""
    related = [document for document in part.documents[:100] if document.relations]
    related.sort(key=lambda document: (len(document.mentions), document.id))
    return msgspec.structs.replace(part, documents=tuple(related[:count]))


def dry(recipe: Recipe, encoder: Path, corpora_dir: Path, folder: Path) -> Path:
    """Two steps of a recipe on real documents, with the tiny encoder."""
    preflight(recipe, corpora_dir)
    structs = msgspec.structs
    training = structs.replace(recipe.training, epochs=1, evaluations=1)
    recipe = structs.replace(
        recipe,
        encoder=structs.replace(recipe.encoder, name=str(encoder)),
        training=training,
        distillation=None,  # there is no finished run of the teacher here
    )
    if recipe.fine_types is not None:
        fine = structs.replace(recipe.fine_types, encoder=str(encoder), epochs=1)
        recipe = structs.replace(recipe, fine_types=fine)
    train = few(split(recipe.data.train[-1], corpora_dir), 10)
    dev = structs.replace(train, name="dev", documents=train.documents[8:])
    train = structs.replace(train, documents=train.documents[:8])
    selects = dev if recipe.data.dev else None
    return run(recipe, train, selects, folder, corpora_dir, resume=False).model


@pytest.mark.parametrize("name", SINGLE)
def test_a_recipe_runs(name: str, encoder: Path, corpora_dir: Path, tmp_path: Path) -> None:
    model = dry(load_recipe(name), encoder, corpora_dir, tmp_path / "run")
    assert (model / "model.safetensors").is_file()
    results = json.loads((tmp_path / "run" / "results.json").read_text(encoding="utf-8"))
    recipe = load_recipe(name)
    assert (recipe.selection.score in results["f1"]) == bool(recipe.data.dev)


@pytest.mark.parametrize("name", shipped("combinations"))
def test_a_combination_is_of_recipes_that_fit(name: str) -> None:
    combination = load_combination(name)
    every = require_combination(combination)
    groups = (*combination.relation, *combination.novelty)
    assert {member.recipe.name for member in every} == {group.recipe for group in groups}
    assert all(combination.test not in member.recipe.data.train for member in every)


@pytest.mark.parametrize(
    "name", [n for n in shipped("adaptations") if isinstance(load_adaptation(n), MaskedEntities)]
)
def test_an_adaptation_to_entities_runs(
    name: str, encoder: Path, corpora_dir: Path, tmp_path: Path
) -> None:
    recipe = load_adaptation(
        name, (f"encoder.name={encoder}", "epochs=1", "batch_size=4", "length=256")
    )
    assert isinstance(recipe, MaskedEntities)
    documents = few(split(recipe.train[0], corpora_dir), 8).documents
    adapted = mask_entities(recipe, documents, Evaluation(()), tmp_path / "run", resume=False)
    assert (adapted / "model.safetensors").is_file()
    assert "identifiers" in (adapted / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pools(corpora_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pools the recipes name, each of a few sources, so that they are built in seconds."""
    folder = tmp_path_factory.mktemp("pools")
    few = ["biored", "hprd50"]
    for corpus in corpora_dir.iterdir():  # to select and report on
        (folder / corpus.name).symlink_to(corpus)
    for target in ("biored", "ddi", "drugprot", "bc5cdr"):
        pool = find_pool("biorex", [target])
        taken = [name for name in few if name != target]
        kept_out = ["biored:dev", "biored:test"] if target == "biored" else ["biored:test"]
        build(pool, folder / pool.name, sources=taken, against=kept_out, directory=corpora_dir)
    evaluate = sorted(
        {
            f"{corpus}:{part}"
            for name in POOLED
            for corpus, _, part in [load_recipe(name).data.test.partition(":")[2].partition("-")]
            if load_recipe(name).schema == "biorex"
        }
    )
    build(
        find_pool("biorex"),
        folder / "biorex",
        sources=few,
        against=["biored:test"],
        evaluate=evaluate,
        directory=corpora_dir,
    )
    return folder


@pytest.mark.parametrize("name", POOLED)
def test_a_pooled_recipe_runs(name: str, encoder: Path, pools: Path, tmp_path: Path) -> None:
    recipe = load_recipe(name)
    model = dry(recipe, encoder, pools, tmp_path / "run")
    assert (model / "model.safetensors").is_file()
    for part in (*recipe.data.train, *recipe.data.source, recipe.data.test):
        assert split(part, pools).documents


def test_the_flagship_learns_on_the_layout_of_biolinkbert(pools: Path, tmp_path: Path) -> None:
    from tests.models.families import biolinkbert

    encoder = tmp_path / "encoder"
    encoder.mkdir()
    biolinkbert(encoder)
    recipe = load_recipe("flagship-biolinkbert", ("training.batch_size=4",))  # two steps of eight
    run = dry(recipe, encoder, pools, tmp_path / "run").parent
    lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    learnt = [each for each in map(json.loads, lines) if "loss" in each]
    assert [each["step"] for each in learnt] == [2]
    assert 0 < learnt[0]["loss"] < 100

    from relatome.models import load_encoder

    _, tokenizer = load_encoder(str(encoder))
    assert tokenizer("PAIN").ids.tolist() == tokenizer("pain").ids.tolist()  # in lower case


@pytest.mark.parametrize("name", shipped())
def test_no_recipe_learns_from_what_it_is_judged_on(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.data.test not in recipe.data.train
    if isinstance(recipe.data.dev, str) and not name.startswith(("b-", "a-drugprot")):
        assert recipe.data.dev != recipe.data.test
