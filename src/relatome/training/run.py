"""A run: a recipe carried out in a folder that holds all there is to know about it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import NamedTuple

import msgspec
from transformers import PreTrainedModel, set_seed

from relatome.corpora import data_hash, find_schema
from relatome.data import Schema, Split, require_disjoint
from relatome.data.narrowing import Narrowing
from relatome.encode import (
    AnchoredEncoding,
    DocumentEncoding,
    Encoding,
    PairEncoding,
    Settings,
    Tokenizer,
    pair_tokenizer,
)
from relatome.errors import (
    DEFINITION_FOREIGN,
    DEFINITION_LONG,
    DEFINITION_MISSING,
    DIRECTION_ALONE,
    DIRECTION_MISSING,
    DIRECTION_UNKNOWN,
    DIRECTION_VECTOR,
    NEEDS_ENCODING,
    NOTHING_LEARNT,
    NOVELTY_MISSING,
    NOVELTY_UNKNOWN,
    READERS_VECTOR,
    RELATION_MISSING,
    START_CYCLE,
    TAGGING_TYPES,
    TEACHER_ALONE,
    TEST_LEARNT,
    TYPING_VECTOR,
    UNKNOWN_SCORE,
    UsageError,
)
from relatome.models import RelationModel, add_markers, load_encoder, longest_input, require_length
from relatome.recipes import Recipe, load_recipe
from relatome.runtime.calibration import calibrated
from relatome.scoring import find_rule
from relatome.training.adaptation import adaptations, prepared_encoder
from relatome.training.checkpoint import WEIGHTS, load_model, save_model
from relatome.training.dataset import Examples, coverage
from relatome.training.distillation import lesson, teacher_hash, unlabelled_documents
from relatome.training.documents import learning_splits, require_learnable
from relatome.training.fine_types import FINE_TYPES_FOLDER
from relatome.training.fine_types_run import learn_fine_types, require_fine_types
from relatome.training.folder import (
    MODEL_FOLDER,
    PROVENANCE_FILE,
    claim_folder,
    read_scores,
    require_folder,
    require_same_data,
    write_scores,
    write_whole,
)
from relatome.training.objective import relation_losses
from relatome.training.predict import fit_decoding, score_documents
from relatome.training.processes import main_process, part_of_batch, wait_for_all
from relatome.training.provenance import code_version, file_hash, machine
from relatome.training.trainer import RelationTrainer, train_or_resume
from relatome.training.transfer import Trained, transfer

# A biomedical abstract has next to no unknown piece; the wrong casing makes one in ten.
_MOST_UNKNOWN = 0.01
# Scores of the BioRED rules that a relation without novelty can never add to.
_NOVELTY_ALONE = "pair+novelty"  # the one that a model of novelty alone is judged by
_OF_NOVELTY = (_NOVELTY_ALONE, "all")
# The rule that compares subjects, and its scores that do.
_DIRECTION_RULE = "biored-direction"
_OF_DIRECTION = ("pair+type+direction", "all")

logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What a run came to: the folder of its model, the split it was selected on, its scores."""

    model: Path
    split: str
    scores: dict[str, float]


def preflight(recipe: Recipe, directory: Path | None = None) -> Schema:
    """Verify everything in a recipe that can be wrong without looking at data or weights.

    Args:
        recipe: as `load_recipe` gave it.
        directory: where a pool that the recipe names may lie; the usual places if None.

    Raises:
        UsageError: naming the key at fault.
    """
    schema = find_schema(recipe.schema, directory)
    relation_losses(recipe, schema)
    rule, name = find_rule(recipe.selection.rule), recipe.selection.score
    if name not in rule.scores:
        raise UsageError(UNKNOWN_SCORE, score=name, rule=rule.name, known=", ".join(rule.scores))
    if recipe.tasks.novelty is None and not recipe.losses:
        raise UsageError(NOTHING_LEARNT)
    if not recipe.losses and recipe.distillation is not None:
        raise UsageError(TEACHER_ALONE)
    if not recipe.losses and name != _NOVELTY_ALONE:
        raise UsageError(RELATION_MISSING, score=name)
    if recipe.tasks.novelty is None and name in _OF_NOVELTY:
        raise UsageError(NOVELTY_MISSING, score=name)
    if recipe.tasks.novelty is not None and not schema.novelty:
        raise UsageError(NOVELTY_UNKNOWN, schema=schema.name)
    _require_direction(recipe, schema)
    _require_fitting_parts(recipe, schema)
    return schema


def _require_direction(recipe: Recipe, schema: Schema) -> None:
    """Refuse to learn direction where nothing names it, and to select on it unlearnt."""
    selection = recipe.selection
    if recipe.tasks.direction is None:
        if selection.rule == _DIRECTION_RULE and selection.score in _OF_DIRECTION:
            raise UsageError(DIRECTION_MISSING, score=selection.score)
        return
    if not schema.direction:
        raise UsageError(DIRECTION_UNKNOWN, schema=schema.name)
    if not recipe.losses:
        raise UsageError(DIRECTION_ALONE)
    if isinstance(recipe.encoding, PairEncoding) and recipe.encoding.vector == "cls":
        raise UsageError(DIRECTION_VECTOR)


def _require_fitting_parts(recipe: Recipe, schema: Schema) -> None:
    """Refuse parts that need what schema or encoding do not have."""
    encoding, tasks = recipe.encoding, recipe.tasks
    if isinstance(encoding, PairEncoding):
        if recipe.training.mask_entities:
            kinds = "'document' or 'anchored'"
            raise UsageError(NEEDS_ENCODING, key="training.mask_entities", kind=kinds)
        if tasks.typing is not None and encoding.vector == "cls":
            raise UsageError(TYPING_VECTOR)
        if (readers := recipe.model.readers) and encoding.vector != "pooled":
            raise UsageError(READERS_VECTOR, readers=readers, vector=encoding.vector)
    elif recipe.data.negatives < 1:
        raise UsageError(NEEDS_ENCODING, key="data.negatives", kind="'pair'")
    if isinstance(encoding, AnchoredEncoding) and tasks.coreference is not None:
        # The anchor gives away which mentions are of one entity.
        kinds = "'document' or 'pair'"
        raise UsageError(NEEDS_ENCODING, key="tasks.coreference", kind=kinds)
    if tasks.tagging is not None:
        if not isinstance(encoding, DocumentEncoding):
            raise UsageError(NEEDS_ENCODING, key="tasks.tagging", kind="'document'")
        if encoding.types != "output":
            raise UsageError(TAGGING_TYPES)
    _require_unlearnt_test(recipe)
    require_fine_types(recipe, schema)
    if recipe.definitions is not None:
        defined = recipe.definitions.labels
        if missing := [label for label in schema.labels if not defined.get(label, "").strip()]:
            raise UsageError(DEFINITION_MISSING, label=missing[0], schema=schema.name)
        if foreign := [label for label in defined if label not in schema.labels]:
            raise UsageError(DEFINITION_FOREIGN, label=foreign[0], schema=schema.name)


def _require_unlearnt_test(recipe: Recipe) -> None:
    """Refuse to learn from the split that results are reported on."""
    data, taught = recipe.data, recipe.distillation
    for key, names in (
        ("data.train", data.train),
        ("data.source", data.source),
        ("distillation.documents", taught.documents if taught is not None else ()),
    ):
        if data.test in names:
            raise UsageError(TEST_LEARNT, key=key, split=data.test)


def carry_out(
    recipe: Recipe,
    folder: Path,
    directory: Path | None = None,
    *,
    resume: bool,
    adapted: Path | None = None,
) -> Outcome:
    """Carry out a recipe and, first, what it starts from: a recipe, the adaptation of an encoder.

    Each of these gets the folder of its name beside `folder`; where a run of it is there already,
    that one is used, or gone on with. So several recipes, and several seeds of one, share their
    start.

    Args:
        recipe: as `load_recipe` gave it.
        folder: as for `run`.
        directory: where corpora lie; the usual places if None.
        resume: as for `run`.
        adapted: the folder in which adaptations have folders of their names; that of `folder` if
            None.

    Raises:
        UsageError, InputError, ModelError: as `run`.
    """
    start = None
    for stage in stages(recipe, directory):
        last = stage is recipe
        place = folder if last else folder.parent / stage.name
        splits = learning_splits(stage, directory)
        encoder = prepared_encoder(stage.encoder.name, adapted or folder.parent, directory)
        start = run(
            stage,
            *splits,
            place,
            directory,
            resume=resume if last else place.exists(),
            start=start,
            encoder=encoder,
        ).model
    scores = read_scores(folder)
    assert scores is not None
    return Outcome(folder / MODEL_FOLDER, *scores)


def stages(recipe: Recipe, directory: Path | None = None) -> list[Recipe]:
    """The recipes to carry out one after the other, the given one last.

    Raises:
        UsageError: if one of them cannot be carried out, or starts from itself.
    """
    found = [recipe]
    while found[0].start:
        first = load_recipe(found[0].start)
        if first.name in {later.name for later in found}:
            raise UsageError(START_CYCLE, name=first.name)
        found.insert(0, first)
    for stage in found:
        preflight(stage, directory)
    return found


def run(
    recipe: Recipe,
    train: Split,
    dev: Split | None,
    folder: Path,
    directory: Path | None = None,
    *,
    resume: bool,
    start: Path | None = None,
    encoder: str = "",
) -> Outcome:
    """Carry out a recipe in `folder`, or go on where a killed run of it stopped.

    Args:
        recipe: as `load_recipe` gave it.
        train: documents to learn from.
        dev: documents to select the epoch and the threshold on; None to keep the last epoch and
            a threshold of one half.
        folder: the run folder; must be new or empty unless `resume`.
        directory: where a pool may lie whose schema the recipe names.
        resume: go on from the last complete epoch. The result is the same as if the run had
            never stopped.
        start: the ``model`` folder of a run to begin with, in place of the encoder as published.
        encoder: the folder of the encoder, where the recipe's is an adaptation.

    Raises:
        UsageError: if the recipe cannot be carried out, a split is marked test, the folder is
            taken, or it holds a run of another recipe or other documents.
        InputError: if two of train, dev and the documents of a lesson share a document, or one
            has no candidate pair.
        ModelError: if the encoder cannot be used, or training diverges.
    """
    schema = preflight(recipe, directory)
    require_learnable(train, dev)
    unlabelled = None
    if (distillation := recipe.distillation) is not None:
        unlabelled = unlabelled_documents(distillation, directory)
        if unlabelled is not None:
            require_learnable(unlabelled, dev)
            require_disjoint(train, unlabelled)
    if main_process():
        require_folder(recipe, folder, resume=resume)
    if resume and (finished := read_scores(folder)) is not None:
        return Outcome(folder / MODEL_FOLDER, *finished)
    set_seed(recipe.training.seed)
    model, tokenizer, settings = _beginning(recipe, schema, start, encoder)
    learning = settings
    if (narrowing := recipe.narrowing) is not None:
        kept = Narrowing(narrowing.sentence, narrowing.interval)
        learning = msgspec.structs.replace(settings, narrowing=kept)
        settings = learning if narrowing.everywhere else settings
    splits = [train] if dev is None else [train, dev]
    hashes = {split.name: data_hash(split.documents) for split in splits}
    if start is not None:
        hashes["start"] = file_hash(start / WEIGHTS)
    if distillation is not None:
        hashes["teacher"] = teacher_hash(distillation, folder.parent)
    if unlabelled is not None:
        hashes[unlabelled.name] = data_hash(unlabelled.documents)
    if encoder:
        hashes["encoder"] = file_hash(Path(encoder) / WEIGHTS)
    require_same_data(folder, hashes)
    typer = None
    if recipe.fine_types is not None:
        typer = learn_fine_types(recipe, recipe.fine_types, schema, train, folder)
        splits = [
            msgspec.structs.replace(split, documents=tuple(typer.replace(split.documents)))
            for split in splits
        ]
        if unlabelled is not None:
            documents = tuple(typer.replace(unlabelled.documents))
            unlabelled = msgspec.structs.replace(unlabelled, documents=documents)
    taught = None
    if distillation is not None:
        if main_process():
            claim_folder(recipe, folder)
        wait_for_all()
        taught = lesson(distillation, schema, splits[0], unlabelled, folder, learning.narrowing)
        if unlabelled is not None:
            splits[0] = Split.joined([splits[0], unlabelled])
    examples = [Examples(splits[0], learning, tokenizer, taught)]
    examples += [Examples(split, settings, tokenizer) for split in splits[1:]]
    reached = {e.split.name: coverage(e) for e in examples}
    for name, covered in reached.items():
        logger.info("%s: %s", name, covered)
        if covered.unknown_pieces > _MOST_UNKNOWN * covered.pieces:
            logger.warning(
                "%s: the encoder's tokenizer does not know %.1f %% of the text. Is it the one the "
                "encoder was trained with, and in the same casing?",
                name,
                100 * covered.unknown_pieces / covered.pieces,
            )
    provenance = {
        "code": code_version(),
        "machine": machine(),
        "data": hashes,
        "coverage": {name: covered._asdict() for name, covered in reached.items()},
        "adaptations": adaptations(encoder or recipe.encoder.name),
    }
    part_of_batch(recipe.training.batch_size, recipe.training.accumulation)  # or refuse now
    if main_process():
        claim_folder(recipe, folder)
        write_whole(folder / PROVENANCE_FILE, json.dumps(provenance, indent=2))

    trainer = RelationTrainer(recipe, model, tokenizer, *examples, folder=folder)
    train_or_resume(trainer, folder, resume=resume)

    selected, scores = "", dict[str, float]()
    if dev is not None:
        selection, dev = recipe.selection, splits[1]
        with trainer.compute_loss_context_manager():
            scored = score_documents(model, examples[1].asked, settings, tokenizer.pad_id)
        settings, result = fit_decoding(
            scored, dev.documents, settings, selection.rule, selection.score
        )
        logits = ((each.asked, each.relation, each.novelty) for each in scored)
        settings = calibrated(logits, settings, dev.name, "torch") or settings
        selected, scores = dev.name, {name: result.f1(name) for name in result.scores}
    if main_process():
        save_model(model, tokenizer, settings, folder / MODEL_FOLDER)
        if typer is not None:
            typer.save(folder / MODEL_FOLDER / FINE_TYPES_FOLDER)
        write_scores(folder, recipe.name, recipe.selection.rule, selected, scores)
    wait_for_all()
    return Outcome(folder / MODEL_FOLDER, selected, scores)


def _beginning(recipe: Recipe, schema: Schema, start: Path | None, encoder: str) -> Trained:
    """The model before its first step."""
    settings = model_settings(recipe, schema)
    backbone, tokenizer = _encoder(encoder or recipe.encoder.name, recipe.encoding, schema)
    _require_readable(settings.definitions, recipe.encoder.name, backbone, tokenizer)
    model = RelationModel(backbone, settings, tokenizer, recipe.model.dropout)
    begin = Trained(model, tokenizer, settings)
    if start is not None:
        fresh = transfer(Trained(*load_model(start)), begin)
        logger.info("Begins with %s; fresh: %s", start, ", ".join(fresh) or "nothing")
    return begin


def model_settings(recipe: Recipe, schema: Schema) -> Settings:
    """What a recipe's model is to have learnt, before anything was fitted."""
    tasks = recipe.tasks
    return Settings(
        schema,
        recipe.encoding,
        relation=bool(recipe.losses),
        novelty=tasks.novelty is not None,
        direction=tasks.direction is not None,
        typing=tasks.typing is not None,
        pair_typing=tasks.pair_typing is not None,
        coreference=tasks.coreference is not None,
        tagging=tasks.tagging is not None,
        hidden=recipe.model.hidden,
        readers=recipe.model.readers,
        definitions={} if recipe.definitions is None else recipe.definitions.labels,
    )


def _require_readable(
    definitions: dict[str, str], name: str, backbone: PreTrainedModel, tokenizer: Tokenizer
) -> None:
    """Refuse definitions longer than the encoder reads."""
    most = longest_input(backbone)
    for label, definition in definitions.items():
        length = len(tokenizer(definition)) + 2  # [CLS] and [SEP]
        if most is not None and length > most:
            raise UsageError(DEFINITION_LONG, label=label, length=length, name=name, most=most)


def longest_sequence(encoding: Encoding) -> tuple[str, int]:
    """The recipe's key that says how long the encoder's sequences get, and that length."""
    if isinstance(encoding, PairEncoding):
        return "encoding.length", encoding.length
    return "encoding.window", encoding.window


def _encoder(name: str, encoding: Encoding, schema: Schema) -> tuple[PreTrainedModel, Tokenizer]:
    """Encoder and tokenizer, fit for the sequences an encoding makes."""
    backbone, tokenizer = load_encoder(name)
    require_length(*longest_sequence(encoding), name, backbone)
    if not isinstance(encoding, PairEncoding):
        return backbone, tokenizer
    marked = pair_tokenizer(tokenizer, schema, encoding)
    add_markers(backbone, tokenizer, marked)
    return backbone, marked
