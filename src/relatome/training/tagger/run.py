"""A run of a tagger's recipe: trained, selected on dev by the F1 of mentions."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import (
    EarlyStoppingCallback,
    Trainer,
    TrainerControl,
    TrainingArguments,
    set_seed,
)

from relatome.corpora import data_hash
from relatome.data import Document, Split, require_not_test
from relatome.encode.mention_tags import UNKNOWN, TaggerSettings
from relatome.models import TaggerModel, load_encoder, require_length
from relatome.recipes import TaggerRecipe
from relatome.scoring.mentions import mention_counts
from relatome.training.adaptation import adaptations, prepared_encoder
from relatome.training.adaptation.text import Evaluation
from relatome.training.checkpoint import WEIGHTS
from relatome.training.dataset import LengthGroupedSampler
from relatome.training.documents import split
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
from relatome.training.processes import main_process, wait_for_all
from relatome.training.provenance import code_version, file_hash, machine
from relatome.training.run import Outcome
from relatome.training.tagger.model import Tagger
from relatome.training.tagger.sources import TagExamples
from relatome.training.trainer import (
    METRICS_FILE,
    MetricsFile,
    make_optimizer,
    shared_arguments,
    train_or_resume,
)

# Name of the protocol in results: same span and type.
RULE = "mentions"

logger = logging.getLogger(__name__)


def train_tagger(
    recipe: TaggerRecipe,
    folder: Path,
    text: Path | None = None,
    directory: Path | None = None,
    *,
    resume: bool,
) -> Outcome:
    """Carry out a tagger's recipe in `folder`, or go on where a killed run of it stopped.

    Documents of the recipe's dev and test splits are not learnt from, whichever source has them.

    Args:
        recipe: as `relatome.recipes.load_tagger` gave it.
        folder: the run folder; must be new or empty unless `resume`.
        text: the folder in which the recipe's files of annotated text lie.
        directory: where corpora lie; the usual places if None.
        resume: go on from the last complete epoch.

    Raises:
        UsageError: if a source is missing or a test split, the encoder cannot read such windows,
            or the folder is taken or holds another run.
        InputError: if a source cannot be read.
        ModelError: if the encoder cannot be used.
    """
    if main_process():
        require_folder(recipe, folder, resume=resume)
    if resume and (finished := read_scores(folder)) is not None:
        return Outcome(folder / MODEL_FOLDER, *finished)
    dev = split(recipe.dev, directory)
    require_not_test(dev, "select a model")
    encoder = prepared_encoder(recipe.encoder.name, folder.parent, directory)
    set_seed(recipe.training.seed)
    backbone, tokenizer = load_encoder(encoder or recipe.encoder.name)
    require_length("encoding.window", recipe.encoding.window, recipe.encoder.name, backbone)
    settings = TaggerSettings(tuple(recipe.types), recipe.encoding)
    model = TaggerModel(backbone, settings, tokenizer, recipe.dropout)

    judged = [dev, split(recipe.test, directory)]
    evaluation = Evaluation(document for each in judged for document in each.documents)
    examples = TagExamples(recipe, tokenizer, text, directory, evaluation)
    for found in examples.found:
        logger.info("%s", found)
    hashes = {found.name: found.sha256 for found in examples.found}
    hashes[dev.name] = data_hash(dev.documents)
    if encoder:
        hashes["encoder"] = file_hash(Path(encoder) / WEIGHTS)
    require_same_data(folder, hashes)
    provenance = {
        "code": code_version(),
        "machine": machine(),
        "data": hashes,
        "sources": [found._asdict() for found in examples.found],
        "adaptations": adaptations(encoder or recipe.encoder.name),
    }
    if main_process():
        claim_folder(recipe, folder)
        write_whole(folder / PROVENANCE_FILE, json.dumps(provenance, indent=2))

    tagger = Tagger(model, tokenizer, settings)
    trainer = _TaggerTrainer(recipe, tagger, examples, dev, folder)
    train_or_resume(trainer, folder, resume=resume)
    with trainer.compute_loss_context_manager():
        scores = judge(tagger, dev)
    if main_process():
        tagger.save(folder / MODEL_FOLDER)
        write_scores(folder, recipe.name, RULE, dev.name, scores)
    wait_for_all()
    return Outcome(folder / MODEL_FOLDER, dev.name, scores)


def judge(tagger: Tagger, dev: Split) -> dict[str, float]:
    """F1 of mentions on a split, of all types and of each."""
    documents: Sequence[Document] = dev.documents
    counts = mention_counts(documents, tagger.tag(documents), tagger.settings.types)
    return {name: count.f1 for name, count in counts.items()}


class _TaggerTrainer(Trainer):  # type: ignore[misc]
    """Trains a tagger, and keeps the epoch with the best F1 of mentions on dev."""

    def __init__(
        self, recipe: TaggerRecipe, tagger: Tagger, examples: TagExamples, dev: Split, folder: Path
    ) -> None:
        self.recipe, self.tagger, self.examples, self.dev = recipe, tagger, examples, dev
        self.sampler = LengthGroupedSampler(
            [len(window.ids) for window in examples.windows],
            recipe.training.batch_size,
            recipe.training.seed,
            examples.drawn,
        )
        super().__init__(
            model=tagger.model,
            args=_arguments(recipe, len(self.sampler), folder),
            train_dataset=examples,
            eval_dataset=examples,  # unread: `evaluate` is ours
            data_collator=examples.collate,
            callbacks=[
                MetricsFile(folder / METRICS_FILE),
                EarlyStoppingCallback(early_stopping_patience=recipe.training.patience),
            ],
        )

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Cross-entropy of the tags that are known, a mean over tokens and types."""
        gold = inputs["tags"]
        logits: Tensor = model(**{name: each for name, each in inputs.items() if name != "tags"})
        loss = nn.functional.cross_entropy(
            logits.flatten(0, 2).float(), gold.flatten(), ignore_index=UNKNOWN
        )
        return (loss, logits) if return_outputs else loss

    def evaluate(
        self,
        eval_dataset: object = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """F1 of mentions on dev."""
        with self.compute_loss_context_manager():
            scores = judge(self.tagger, self.dev)
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in scores.items()}
        self.log(metrics)
        self.control: TrainerControl = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """As the recipe says."""
        self.optimizer: torch.optim.Optimizer | None
        if self.optimizer is None:
            self.optimizer = make_optimizer(self.model, self.recipe.training)
        return self.optimizer

    def _get_train_sampler(self, train_dataset: object = None) -> LengthGroupedSampler:
        return self.sampler


def _arguments(recipe: TaggerRecipe, examples: int, folder: Path) -> TrainingArguments:
    training = recipe.training
    return TrainingArguments(
        **shared_arguments(training, training.epochs, training.batch_size, examples, folder),
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        metric_for_best_model="eval_all",
        restore_callback_states_from_checkpoint=True,
    )
