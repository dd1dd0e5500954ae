"""A student learns what its teacher says, of documents with relations and of others."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from safetensors.numpy import save_file

pytest.importorskip("torch")

from relatome.data import Document, Split
from relatome.data.narrowing import Narrowing
from relatome.encode.decode import softmax
from relatome.errors import InputError, UsageError
from relatome.recipes import Recipe
from relatome.recipes.recipe import Distillation, FineTypes, Tasks
from relatome.training import run
from relatome.training.dataset import Examples
from relatome.training.distillation import LESSON_FILE, lesson
from relatome.training.ensemble import load_run, mean_scores, scored_by
from relatome.training.folder import claim_folder
from relatome.training.lesson import Lesson
from tests.tiny import DOCUMENTS, learnable, split
from tests.training.conftest import Tiny

# The package offers the function under the module's name.
run_module = sys.modules["relatome.training.run"]

TRAIN = split("train", [*DOCUMENTS])
DEV = split("dev", learnable(6), "dev")
MORE = split("more", learnable(4, start=40))


def student(tiny: Tiny, **changes: Any) -> Recipe:
    taught = Distillation(**({"teacher": "teacher", "weight": 1.0, "temperature": 2.0} | changes))
    return msgspec.structs.replace(tiny("training.epochs=1"), distillation=taught)


@pytest.fixture(scope="module")
def beside(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the finished run `teacher`."""
    folder = tmp_path_factory.mktemp("runs")
    run(tiny("training.epochs=1", "training.seed=5"), TRAIN, DEV, folder / "teacher", resume=False)
    return folder


def test_the_lesson_is_what_the_teacher_says(tiny: Tiny, beside: Path, tmp_path: Path) -> None:
    recipe = student(tiny)
    assert recipe.distillation is not None
    teacher = load_run(beside / "teacher")
    folder = beside / "asked"
    folder.mkdir()
    schema = teacher.settings.schema
    found = lesson(recipe.distillation, schema, TRAIN, MORE, folder)
    assert found.unlabelled == MORE.ids
    documents = [*TRAIN.documents, *MORE.documents]
    for scored in scored_by(teacher, documents):
        taught = found.of(scored.asked)
        assert taught["relation"].sum(-1) == pytest.approx(1)
        assert not taught["relation"][~scored.asked.legal].any()
        joint = mean_scores([scored, scored])
        assert joint.relation is not None
        assert np.log(taught["relation"][:, 0]) == pytest.approx(joint.relation[:, 0], abs=1e-4)
        related = taught["relation"][:, 0] < 0.5
        assert taught["novelty"].sum(-1) == pytest.approx(related.astype(float))
    # Asked again it is not: the answer is kept.
    again = lesson(
        msgspec.structs.replace(recipe.distillation, teacher="?"), schema, TRAIN, MORE, folder
    )
    assert again.unlabelled == found.unlabelled
    assert again.rows.keys() == found.rows.keys()
    for name, tasks in found.rows.items():
        for task, rows in tasks.items():
            assert (again.rows[name][task] == rows).all()


def test_of_unlabelled_documents_only_the_lesson_is_learnt(beside: Path) -> None:
    teacher = load_run(beside / "teacher")
    settings, tokenizer = teacher.settings, teacher.tokenizer
    plain = Examples(MORE, settings, tokenizer).examples
    rows = {
        example.unit.document.id: {"relation": np.full(example.gold["relation"].shape, 0.1, "f4")}
        for example in plain
    }
    hidden = {next(iter(rows))}
    taught = Examples(MORE, settings, tokenizer, Lesson(rows, frozenset(hidden))).examples
    for before, after in zip(plain, taught, strict=True):
        assert before.gold["relation"].any()
        assert after.gold["relation_taught"].dtype == np.float32
        known = after.unit.document.id not in hidden
        for task in ("relation", "novelty"):
            assert (after.gold[task] == (before.gold[task] & known)).all()


def test_a_student_takes_after_its_teacher(tiny: Tiny, beside: Path) -> None:
    """Taught that nothing is related, it says so, whatever the corpus says."""
    teacher = load_run(beside / "teacher")
    taught = Examples(MORE, teacher.settings, teacher.tokenizer).asked

    def unrelated(weight: float) -> float:
        recipe = student(tiny, weight=weight, temperature=1.0)
        training = msgspec.structs.replace(recipe.training, epochs=40, head_learning_rate=1e-2)
        recipe = msgspec.structs.replace(recipe, training=training)
        place = beside / f"student-{weight:g}"
        claim_folder(recipe, place)
        answers = {f"relation/{each.document.id}": np.eye(9, dtype="f4")[:1] for each in taught}
        for each in taught:
            key = f"relation/{each.document.id}"
            answers[key] = answers[key].repeat(len(each.candidates), axis=0)
        save_file(answers, place / LESSON_FILE)
        run(recipe, MORE, None, place, resume=True)
        scored = scored_by(load_run(place), MORE.documents)
        return float(np.mean([softmax(each.relation)[:, 0].mean() for each in scored]))

    assert unrelated(0.0) < 0.6
    assert unrelated(20.0) > 0.8


def test_a_run_goes_on_with_the_same_lesson(tiny: Tiny, beside: Path) -> None:
    recipe = student(tiny)
    whole = run(recipe, TRAIN, DEV, beside / "whole", resume=False)
    assert (beside / "whole" / LESSON_FILE).is_file()
    data = json.loads((beside / "whole" / "provenance.json").read_text())["data"]
    assert len(data["teacher"]) == 64
    assert run(recipe, TRAIN, DEV, beside / "whole", resume=True) == whole


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teacher": "nobody"}, r"R760.*nobody.*relatome train nobody --output .*nobody"),
    ],
)
def test_what_cannot_teach_is_refused(
    tiny: Tiny, beside: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        run(student(tiny, **changes), TRAIN, DEV, beside / "refused", resume=False)
    assert not (beside / "refused").exists()


def test_nothing_is_learnt_from_a_test_split(tiny: Tiny, beside: Path, corpora_dir: Path) -> None:
    recipe = student(tiny, documents=["biored:test"])
    # reported on another split, so that it is the corpus that forbids it
    recipe = msgspec.structs.replace(
        recipe, data=msgspec.structs.replace(recipe.data, test="own:test")
    )
    with pytest.raises(UsageError, match=r"biored:test. is marked test"):
        run(recipe, TRAIN, DEV, beside / "refused", corpora_dir, resume=False)


def test_another_schema_is_refused(tiny: Tiny, beside: Path) -> None:
    teacher = load_run(beside / "teacher")
    schema = msgspec.structs.replace(teacher.settings.schema, name="mine", labels=("A",))
    taught = student(tiny).distillation
    assert taught is not None
    folder = beside / "other"
    folder.mkdir()
    with pytest.raises(UsageError, match=r"R761.*biored.*mine"):
        lesson(taught, schema, TRAIN, None, folder)


def test_a_teacher_of_other_candidates_is_refused(tiny: Tiny, beside: Path) -> None:
    teacher = load_run(beside / "teacher")
    taught = student(tiny).distillation
    assert taught is not None
    folder = beside / "narrowed"
    folder.mkdir()
    with pytest.raises(UsageError, match=r"R764.*narrowing"):
        lesson(taught, teacher.settings.schema, TRAIN, None, folder, Narrowing(sentence=True))
    assert not (folder / LESSON_FILE).exists()


def test_what_is_in_train_and_in_the_lesson_is_refused_before_any_work(
    tiny: Tiny, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "unlabelled_documents", lambda *_: split("more", DOCUMENTS[:2]))
    with pytest.raises(InputError, match=r"R202.*2 documents.*train.*more"):
        run(student(tiny), TRAIN, DEV, beside / "overlap", resume=False)
    assert not (beside / "overlap").exists()


class _Typer:
    """Stands for a trained typer: it marks what it has read."""

    def replace(self, documents: Sequence[Document]) -> list[Document]:
        return [msgspec.structs.replace(each, infons={"typed": "yes"}) for each in documents]


class _SeenError(Exception):
    pass


def test_unlabelled_documents_get_finer_types_as_all_others_do(
    tiny: Tiny, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = FineTypes("GeneOrGeneProduct", ("a", "b"), "nobody/encoder", 96, 32, 1, 4, 1e-3)
    recipe = msgspec.structs.replace(student(tiny), fine_types=fine)
    typed = []

    def asked(_: object, __: object, train: Split, more: Split, *___: object) -> None:
        typed.extend((*train.documents, *more.documents))
        raise _SeenError

    monkeypatch.setattr(run_module, "require_fine_types", lambda *_: None)
    monkeypatch.setattr(run_module, "learn_fine_types", lambda *_: _Typer())
    monkeypatch.setattr(run_module, "unlabelled_documents", lambda *_: MORE)
    monkeypatch.setattr(run_module, "lesson", asked)
    with pytest.raises(_SeenError):
        run(recipe, TRAIN, DEV, beside / "typed", resume=False)
    assert len(typed) == len(TRAIN.documents) + len(MORE.documents)
    assert all(each.infons == {"typed": "yes"} for each in typed)


def test_a_model_of_novelty_alone_learns_nothing_of_relations(tiny: Tiny, beside: Path) -> None:
    recipe = msgspec.structs.replace(student(tiny), losses={})
    assert recipe.tasks != Tasks()
    with pytest.raises(UsageError, match="R762"):
        run(recipe, TRAIN, DEV, beside / "alone", resume=False)
