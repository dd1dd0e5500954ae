"""A run: a recipe carried out in a folder that holds all there is to know about it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import NamedTuple

import msgspec
from transformers import set_seed

from relatome.corpora import data_hash, find_schema
from relatome.data import Schema, Split, require_disjoint, require_not_test
from relatome.encode import DocumentEncoding, Settings
from relatome.errors import (
    LOSS_UNKNOWN,
    NOVELTY_MISSING,
    RECIPE_INVALID,
    UNKNOWN_SCORE,
    UsageError,
)
from relatome.losses import LOSSES
from relatome.models import RelationModel, load_encoder, require_length
from relatome.recipes import Recipe
from relatome.scoring import find_rule
from relatome.training.checkpoint import save_model
from relatome.training.dataset import Examples, coverage
from relatome.training.folder import (
    MODEL_FOLDER,
    PROVENANCE_FILE,
    RESULTS_FILE,
    claim_folder,
    ended_after,
    last_checkpoint,
    require_folder,
    require_same_data,
    write_whole,
)
from relatome.training.predict import fit_decoding, score_documents
from relatome.training.provenance import code_version, machine
from relatome.training.trainer import RelationTrainer

# A biomedical abstract has next to no unknown piece; the wrong casing makes one in ten.
_MOST_UNKNOWN = 0.01

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
    schema = find_schema(recipe.schema)
    for key in ("relation", "novelty"):
        loss = getattr(recipe.losses, key)
        if loss is not None and loss.name not in LOSSES:
            raise UsageError(LOSS_UNKNOWN, key=key, name=loss.name, known=", ".join(LOSSES))
    if schema.novelty and recipe.losses.novelty is None:
        raise UsageError(NOVELTY_MISSING, schema=schema.name)
    rule, name = find_rule(recipe.selection.rule), recipe.selection.score
    if name not in rule.scores:
        raise UsageError(UNKNOWN_SCORE, score=name, rule=rule.name, known=", ".join(rule.scores))
    try:
        _encoding(recipe)
    except ValueError as error:
        raise UsageError(RECIPE_INVALID, reason=f"{error} - at `$.encoding`") from None
    return schema


def _encoding(recipe: Recipe) -> DocumentEncoding:
    return DocumentEncoding(recipe.encoding.window, recipe.encoding.overlap)


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
        UsageError: if the recipe cannot be carried out, a split is marked test, the folder is
            taken, or it holds a run of another recipe or other documents.
        InputError: if train and dev share a document, or one has no candidate pair.
        ModelError: if the encoder cannot be used, or training diverges.
    """
    schema = preflight(recipe)
    require_not_test(train, "train")
    require_not_test(dev, "select a model")
    require_disjoint(train, dev)
    require_folder(recipe, folder, resume=resume)
    if resume and (folder / RESULTS_FILE).is_file():  # written last, so the run is finished
        results = json.loads((folder / RESULTS_FILE).read_text(encoding="utf-8"))
        return Outcome(folder / MODEL_FOLDER, results["f1"])
    set_seed(recipe.training.seed)
    backbone, tokenizer = load_encoder(recipe.encoder.name)
    require_length("encoding.window", recipe.encoding.window, recipe.encoder.name, backbone)
    model = RelationModel(backbone, schema, recipe.model.dropout)
    settings = Settings(schema, _encoding(recipe))
    train_examples = Examples(train, settings, tokenizer)
    dev_examples = Examples(dev, settings, tokenizer)
    reached = {e.split.name: coverage(e) for e in (train_examples, dev_examples)}
    for name, covered in reached.items():
        logger.info("%s: %s", name, covered)
        if covered.unknown_pieces > _MOST_UNKNOWN * covered.pieces:
            logger.warning(
                "%s: the encoder's tokenizer does not know %.1f %% of the text. Is it the one the "
                "encoder was trained with, and in the same casing?",
                name,
                100 * covered.unknown_pieces / covered.pieces,
            )
    hashes = {split.name: data_hash(split.documents) for split in (train, dev)}
    require_same_data(folder, hashes)
    provenance = {
        "code": code_version(),
        "machine": machine(),
        "data": hashes,
        "coverage": {name: covered._asdict() for name, covered in reached.items()},
    }
    claim_folder(recipe, folder)
    write_whole(folder / PROVENANCE_FILE, json.dumps(provenance, indent=2))

    trainer = RelationTrainer(recipe, model, tokenizer, train_examples, dev_examples, folder)
    last = last_checkpoint(folder) if resume else None
    if last is not None and (epochs := ended_after(last)) is not None:
        trainer.args.num_train_epochs = epochs  # the trainer itself would go on after a stop
    trainer.train(resume_from_checkpoint=last)

    selection = recipe.selection
    with trainer.compute_loss_context_manager():
        scored = score_documents(model, dev_examples.encoded, tokenizer.pad_id)
    decoding, result = fit_decoding(scored, dev.documents, schema, selection.rule, selection.score)
    save_model(
        model,
        tokenizer,
        msgspec.structs.replace(settings, decoding=decoding),
        folder / MODEL_FOLDER,
    )
    scores = {name: result.f1(name) for name in result.scores}
    results = {"recipe": recipe.name, "protocol": selection.rule, "split": dev.name, "f1": scores}
    write_whole(folder / RESULTS_FILE, json.dumps(results, indent=2))
    return Outcome(folder / MODEL_FOLDER, scores)
