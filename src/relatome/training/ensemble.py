"""Predicting with the models of finished runs: one, or several whose probabilities are averaged."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import msgspec
import numpy as np
import torch

from relatome.data import Document
from relatome.encode import (
    Asked,
    Decoding,
    Settings,
    Tokenizer,
    encode,
)
from relatome.encode.decode import FloatArray, softmax
from relatome.errors import (
    COMBINATION_MEMBER,
    DUPLICATE_DOCUMENT,
    ENSEMBLE_DIFFERS,
    NO_RELATION_HEAD,
    RUN_UNFINISHED,
    TAGGER_RUN,
    InputError,
    Place,
    UsageError,
)
from relatome.models import RelationModel
from relatome.recipes import Combination, TaggerRecipe, load_any
from relatome.training.checkpoint import load_model
from relatome.training.fine_types import Typer, load_typer
from relatome.training.folder import MODEL_FOLDER, RECIPE_FILE, RESULTS_FILE
from relatome.training.predict import Scored, decoded, score_documents
from relatome.training.trainer import use_bf16

logger = logging.getLogger(__name__)


class LoadedModel(NamedTuple):
    """The model of a run, ready to predict.

    Attributes:
        name: the run, for messages.
        model: the weights, on the device they compute on.
        tokenizer: the encoder's, with the markers of the encoding.
        settings: task, encoding and thresholds.
        bf16: whether to compute in bf16, as the run did where the machine can.
        typer: tells the finer entity types that the model reads, if it reads such.
    """

    name: str
    model: RelationModel
    tokenizer: Tokenizer
    settings: Settings
    bf16: bool
    typer: Typer | None = None


def load_run(run: Path) -> LoadedModel:
    """The model of a finished run, on the accelerator if there is one.

    Raises:
        UsageError: if `run` is no finished run, or one of several models.
        ModelError: if its model is incomplete or altered.
    """
    for file in (RECIPE_FILE, RESULTS_FILE):
        if not (run / file).is_file():
            raise UsageError(RUN_UNFINISHED, at=Place(str(run)), file=file)
    recipe = load_any(str(run / RECIPE_FILE))
    if isinstance(recipe, Combination):
        raise UsageError(COMBINATION_MEMBER, at=Place(str(run)))
    if isinstance(recipe, TaggerRecipe):
        raise UsageError(TAGGER_RUN, at=Place(str(run)), run=run)
    model, tokenizer, settings = load_model(run / MODEL_FOLDER)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    bf16 = use_bf16(recipe.training.precision)
    return LoadedModel(str(run), model, tokenizer, settings, bf16, load_typer(run / MODEL_FOLDER))


def joint_settings(models: Sequence[LoadedModel]) -> Settings:
    """The settings by which the averaged probabilities of several models are decoded.

    Those of the first, with the mean of each threshold. Models may read documents in different
    ways, because candidates follow from schema and narrowing alone. What a temperature was fitted
    to is one model's scores; the mean of several is a score as it is.

    Raises:
        UsageError: if two models differ in schema, labels or narrowing.
    """
    first, *others = models
    for other in others:
        if what := _difference(first.settings, other.settings):
            raise UsageError(ENSEMBLE_DIFFERS, one=first.name, other=other.name, what=what)
    if not others:
        return first.settings
    chosen = [model.settings.decoding for model in models]
    thresholds = {
        name: fmean(getattr(decoding, name) for decoding in chosen)
        for name in ("threshold", "novelty_threshold", "second_threshold")
    }
    return msgspec.structs.replace(
        first.settings, decoding=Decoding(**thresholds), calibration=None
    )


def _difference(one: Settings, other: Settings) -> str:
    """What keeps two models from being averaged, in words; empty if nothing does."""
    if one.schema.name != other.schema.name:
        return f"schema: {one.schema.name} and {other.schema.name}"
    if one.schema.labels != other.schema.labels:
        return "labels: " + " and ".join(", ".join(s.schema.labels) for s in (one, other))
    if one.schema != other.schema:
        return f"entity types or pairs of schema {one.schema.name}"
    if one.narrowing != other.narrowing:
        return f"narrowing: {one.narrowing} and {other.narrowing}"
    return ""


def predict(models: Sequence[LoadedModel], documents: Sequence[Document]) -> list[Document]:
    """The documents with the relations that the models assert together, in place of their own.

    The class probabilities of each candidate are averaged over the models and decoded by
    `joint_settings`. One model alone predicts exactly what it did on dev when its run ended.

    Args:
        models: one or more of the same schema, labels and narrowing.
        documents: with annotated entities; types in any spelling the schema knows.

    Raises:
        UsageError: if the models differ, or one only judges novelty.
        InputError: at a document with an entity type the schema does not know, or whose id an
            earlier one has.
        ModelError: if a score is not a number.
    """
    for model in models:
        if not model.settings.relation:
            raise UsageError(NO_RELATION_HEAD, at=Place(model.name))
    settings = joint_settings(models)
    conformed = [settings.schema.conform(document) for document in documents]
    _require_distinct(conformed)
    members = [scored_by(model, conformed) for model in models]
    joint = [mean_scores(scored) for scored in zip(*members, strict=True)]
    _report(conformed, [scored.asked for scored in joint])
    return [
        # Of what a model was shown, the finer types may be its own.
        document.with_relations(found.relations)
        for document, found in zip(conformed, decoded(joint, conformed, settings), strict=True)
    ]


def mean_scores(members: Sequence[Scored]) -> Scored:
    """One document's scores by several models as one.

    Each model's logits become probabilities over the classes that are legal for the pair; what is
    returned is the logarithm of their mean, of which the mean is the softmax.
    """
    first, *others = members
    if not others:
        return first
    novelty = [scored.novelty for scored in members if scored.novelty is not None]
    direction = [scored.direction for scored in members if scored.direction is not None]
    relation = [scored.relation for scored in members if scored.relation is not None]
    return Scored(
        first.asked,
        _log_mean([np.where(first.asked.legal, logits, -np.inf) for logits in relation]),
        _log_mean(novelty) if novelty else None,
        _log_mean(direction) if direction else None,
    )


def _log_mean(logits: Sequence[FloatArray]) -> FloatArray:
    mean = np.mean([softmax(each) for each in logits], axis=0)
    with np.errstate(divide="ignore"):  # a class of probability 0 has the logit -∞
        return np.asarray(np.log(mean), dtype=np.float32)


def scored_by(loaded: LoadedModel, documents: Sequence[Document]) -> list[Scored]:
    """One model's scores of the documents that have a candidate pair.

    Args:
        loaded: the model.
        documents: with the schema's own type names.
    """
    settings, tokenizer = loaded.settings, loaded.tokenizer
    if loaded.typer is not None:
        documents = loaded.typer.replace(documents)
    asked = [
        encode(document, settings.schema, tokenizer, settings.encoding, settings.narrowing)
        for document in documents
    ]
    device = next(loaded.model.parameters()).device.type
    with torch.autocast(device, dtype=torch.bfloat16, enabled=loaded.bf16):
        return score_documents(
            loaded.model, [each for each in asked if each is not None], settings, tokenizer.pad_id
        )


def _require_distinct(documents: Sequence[Document]) -> None:
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            place = Place(document=document.id)
            raise InputError(DUPLICATE_DOCUMENT, at=place, document=document.id)
        seen.add(document.id)


def _report(documents: Sequence[Document], asked: Sequence[Asked]) -> None:
    """Log what was asked, and what could not be."""
    logger.info(
        "%d documents, %d without a pair that may be related; %d candidate pairs, %d shortened",
        len(documents),
        len(documents) - len(asked),
        sum(len(each.candidates) for each in asked),
        sum(each.shortened for each in asked),
    )
