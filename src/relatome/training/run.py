"""A run: a recipe carried out in a folder that holds all there is to know about it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import NamedTuple

import msgspec
from transformers import set_seed
from transformers.trainer_utils import get_last_checkpoint

from relatome.corpora import data_hash
from relatome.data import Schema, Split, require_disjoint
from relatome.data.schemas import SCHEMAS
from relatome.encode import DocumentEncoding, Settings
from relatome.errors import (
    LOSS_UNKNOWN,
    NOVELTY_MISSING,
    SCHEMA_UNKNOWN,
    UNKNOWN_SCORE,
    UsageError,
)
from relatome.losses import LOSSES
from relatome.models import RelationModel, load_encoder
from relatome.recipes import Recipe
from relatome.scoring import find_rule
from relatome.training.checkpoint import save_model
from relatome.training.dataset import coverage
from relatome.training.folder import (
    MODEL_FOLDER,
    PROVENANCE_FILE,
    RESULTS_FILE,
    open_folder,
)
from relatome.training.predict import fit_decoding, score_documents
from relatome.training.provenance import code_version, machine
from relatome.training.trainer import RelationTrainer

logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What a run came to: the folder of its model and its dev scores by name."""

    model: Path
    scores: dict[str, float]


def preflight(recipe: Recipe) -> Schema:
    """Verify everything in a recipe that can be wrong without looking at data or weights.

    Raises:
        UsageError: naming the key at fault.
    """
    if recipe.schema not in SCHEMAS:
        raise UsageError(SCHEMA_UNKNOWN, name=recipe.schema, known=", ".join(SCHEMAS))
    schema = SCHEMAS[recipe.schema]
    for key in ("relation", "novelty"):
        loss = getattr(recipe.losses, key)
        if loss is not None and loss.name not in LOSSES:
            raise UsageError(LOSS_UNKNOWN, key=key, name=loss.name, known=", ".join(LOSSES))
    if schema.novelty and recipe.losses.novelty is None:
        raise UsageError(NOVELTY_MISSING, schema=schema.name)
    rule, name = find_rule(recipe.selection.rule), recipe.selection.score
    if name not in rule.scores:
        raise UsageError(UNKNOWN_SCORE, score=name, rule=rule.name, known=", ".join(rule.scores))
    return schema


def run(recipe: Recipe, train: Split, dev: Split, folder: Path, *, resume: bool) -> Outcome:
    """Carry out a recipe in `folder`, or go on where a killed run of it stopped.

    Args:
        recipe: as `load_recipe` gave it.
        train: documents to learn from.
        dev: documents to select the epoch and the threshold on.
        folder: the run folder; must be new or empty unless `resume`.
        resume: go on from the last complete epoch. The result is the same as if the run had
            never stopped.

    Raises:
        UsageError: if the recipe cannot be carried out, the folder is taken, or it holds a run
            of another recipe.
        InputError: if train and dev share a document.
    """
    schema = preflight(recipe)
    require_disjoint(train, dev)
    open_folder(recipe, folder, resume=resume)
    set_seed(recipe.training.seed)
    backbone, tokenizer = load_encoder(recipe.encoder.name)
    model = RelationModel(backbone, schema, recipe.model.dropout)
    encoding = DocumentEncoding(recipe.encoding.window, recipe.encoding.overlap)
    settings = Settings(schema, encoding)
    trainer = RelationTrainer(recipe, model, tokenizer, settings, train, dev, folder)
    reached = {
        train.name: coverage(train, trainer.train_examples, schema),
        dev.name: coverage(dev, trainer.dev_examples, schema),
    }
    for name, covered in reached.items():
        logger.info("%s: %s", name, covered)
    provenance = {
        "code": code_version(),
        "machine": machine(),
        "data": {split.name: data_hash(split.documents) for split in (train, dev)},
        "coverage": {name: covered._asdict() for name, covered in reached.items()},
    }
    (folder / PROVENANCE_FILE).write_text(json.dumps(provenance, indent=2), encoding="utf-8")

    checkpoints = folder / "checkpoints"
    last = get_last_checkpoint(checkpoints) if resume and checkpoints.is_dir() else None
    trainer.train(resume_from_checkpoint=last)

    selection = recipe.selection
    with trainer.compute_loss_context_manager():
        examples = [example.encoded for example in trainer.dev_examples.examples]
        scored = score_documents(model, examples, tokenizer.pad_id)
    decoding, result = fit_decoding(scored, dev.documents, schema, selection.rule, selection.score)
    save_model(
        model,
        tokenizer,
        msgspec.structs.replace(settings, decoding=decoding),
        folder / MODEL_FOLDER,
    )
    scores = {name: result.f1(name) for name in result.scores}
    results = {"recipe": recipe.name, "protocol": selection.rule, "split": dev.name, "f1": scores}
    (folder / RESULTS_FILE).write_text(json.dumps(results, indent=2), encoding="utf-8")
    return Outcome(folder / MODEL_FOLDER, scores)
