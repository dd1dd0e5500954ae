"""What a teacher, one model or several, says of the documents that a student learns from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from relatome.data import Document, Schema, Split
from relatome.data.narrowing import Narrowing
from relatome.encode.decode import FloatArray, softmax
from relatome.errors import (
    NO_RELATION_HEAD,
    TEACHER_DIFFERS,
    TEACHER_MISSING,
    TEACHER_NARROWS,
    Place,
    UsageError,
)
from relatome.recipes.recipe import Distillation
from relatome.training.checkpoint import WEIGHTS
from relatome.training.documents import split
from relatome.training.ensemble import LoadedModel, load_run, mean_scores, scored_by
from relatome.training.folder import MODEL_FOLDER, RESULTS_FILE
from relatome.training.lesson import Lesson
from relatome.training.members import answering_runs
from relatome.training.processes import main_process
from relatome.training.provenance import file_hash

LESSON_FILE = "lesson.safetensors"
_EVERY = Narrowing()  # candidate of a schema

logger = logging.getLogger(__name__)


def teacher_hash(distillation: Distillation, beside: Path) -> str:
    """SHA-256 over the weights of a teacher's models.

    Args:
        distillation: the recipe's table.
        beside: the folder that the teacher's run lies in.

    Raises:
        UsageError: if there is no finished one.
    """
    weights = [run / MODEL_FOLDER / WEIGHTS for run in _teaching_runs(distillation, beside)]
    return hashlib.sha256("".join(map(file_hash, weights)).encode()).hexdigest()


def _teaching_runs(distillation: Distillation, beside: Path) -> list[Path]:
    name = distillation.teacher
    folder = beside / name
    if not (folder / RESULTS_FILE).is_file():
        raise UsageError(TEACHER_MISSING, at=Place(str(beside)), name=name, folder=folder)
    return answering_runs(folder)[1]["relation"]


def unlabelled_documents(distillation: Distillation, directory: Path | None) -> Split | None:
    """The documents to learn from besides, without relations; None if none are named."""
    names = distillation.documents
    return Split.joined([split(name, directory) for name in names]) if names else None


def lesson(
    distillation: Distillation,
    schema: Schema,
    train: Split,
    unlabelled: Split | None,
    folder: Path,
    narrowing: Narrowing = _EVERY,
) -> Lesson:
    """What the teacher says of all documents that are learnt from.

    It is asked once; its answer is kept in the run folder, and read there when a run goes on.

    Args:
        distillation: the recipe's table.
        schema: the student's task.
        train: documents with relations.
        unlabelled: documents without, if there are any.
        folder: the run folder, beside which the teacher's run lies.
        narrowing: which of the schema's candidates the student learns from.

    Raises:
        UsageError: if there is no such run, or its schema or narrowing is another.
        ModelError: if a model of it is damaged.
    """
    others = unlabelled.documents if unlabelled is not None else ()
    kept = folder / LESSON_FILE
    if kept.is_file():
        rows: dict[str, dict[str, FloatArray]] = {}
        for key, value in load_file(kept).items():
            task, _, document = key.partition("/")
            rows.setdefault(document, {})[task] = value
    else:
        models = [load_run(run) for run in _teaching_runs(distillation, folder.parent)]
        _require_fit(models, schema, narrowing)
        rows = _asked_of(models, [*train.documents, *others])
        flat = {f"{task}/{name}": rows[name][task] for name in rows for task in rows[name]}
        if main_process():
            save_file(flat, kept)
    return Lesson(rows, frozenset(document.id for document in others))


def _require_fit(models: Sequence[LoadedModel], schema: Schema, narrowing: Narrowing) -> None:
    """Refuse a teacher that does not answer what the student is asked."""
    for model in models:
        settings = model.settings
        if not settings.relation:
            raise UsageError(NO_RELATION_HEAD, at=Place(model.name))
        if settings.schema != schema:
            raise UsageError(
                TEACHER_DIFFERS,
                at=Place(model.name),
                teacher=settings.schema.name,
                student=schema.name,
            )
        if settings.narrowing != narrowing:
            raise UsageError(TEACHER_NARROWS, at=Place(model.name))


def _asked_of(
    models: Sequence[LoadedModel], documents: Sequence[Document]
) -> dict[str, dict[str, FloatArray]]:
    logger.info("The teacher, %d models, reads %d documents", len(models), len(documents))
    members = [scored_by(model, documents) for model in models]
    rows: dict[str, dict[str, FloatArray]] = {}
    for scored in map(mean_scores, zip(*members, strict=True)):
        assert scored.relation is not None
        legal = np.where(scored.asked.legal, scored.relation, -np.inf)
        relation = softmax(legal).astype(np.float32)
        rows[scored.asked.document.id] = {"relation": relation}
        if scored.novelty is not None:
            # Of a pair that is not related nobody has learnt whether the relation is new.
            related = (relation[:, 0] < 0.5)[:, None]
            novelty = np.where(related, softmax(scored.novelty), 0).astype(np.float32)
            rows[scored.asked.document.id]["novelty"] = novelty
    return rows
