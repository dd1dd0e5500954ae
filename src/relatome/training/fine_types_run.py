"""Learning to tell finer entity types apart: the stage of a run before all others."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import Trainer, TrainerControl, TrainingArguments, set_seed

from relatome.corpora import data_hash
from relatome.data import Document, Schema, Split
from relatome.encode import EncodedText, PairEncoding
from relatome.encode.markers import MARKERS
from relatome.encode.tokens import IntArray
from relatome.errors import (
    FINE_TYPES_MARKERS,
    FINE_TYPES_UNKNOWN,
    FINE_TYPES_UNSEEN,
    InputError,
    UsageError,
)
from relatome.models import load_encoder, require_length
from relatome.recipes import FineTypes, Recipe
from relatome.training.dataset import LengthGroupedSampler
from relatome.training.documents import held_out
from relatome.training.fine_types import (
    FINE_TYPES_FOLDER,
    Typer,
    TyperSettings,
    build_model,
    read_typer,
    text_batch,
)
from relatome.training.folder import (
    PROVENANCE_FILE,
    RESULTS_FILE,
    claim_folder,
    last_checkpoint,
    require_same_data,
    write_whole,
)
from relatome.training.processes import main_process, wait_for_all
from relatome.training.trainer import METRICS_FILE, MetricsFile, shared_arguments

_HELD_OUT = 0.1
_NOT_JUDGED = -100

logger = logging.getLogger(__name__)


def require_fine_types(recipe: Recipe, schema: Schema) -> None:
    """Refuse a recipe whose ``[fine_types]`` fit neither its schema nor its markers.

    Raises:
        UsageError: naming the key at fault.
    """
    fine_types = recipe.fine_types
    if fine_types is None:
        return
    encoding = recipe.encoding
    if not isinstance(encoding, PairEncoding) or not MARKERS[encoding.markers].fine:
        known = " or ".join(repr(name) for name, style in MARKERS.items() if style.fine)
        raise UsageError(FINE_TYPES_MARKERS, known=known)
    finer = schema.entity_types.get(fine_types.type, ())
    for key, name, known_names in (
        ("type", fine_types.type, tuple(schema.entity_types)),
        *(("fine", name, finer) for name in fine_types.fine),
    ):
        if name not in known_names:
            known = ", ".join(known_names) or "none"
            raise UsageError(
                FINE_TYPES_UNKNOWN, key=key, name=name, schema=schema.name, known=known
            )


def learn_fine_types(
    recipe: Recipe, fine_types: FineTypes, schema: Schema, train: Split, run: Path
) -> Typer:
    """Train a typer in the run's folder, go on with it, or read it where it is finished.

    It learns from the documents in which some mention has a finer type. A tenth of them is held
    out, the same whatever the seed, and the epoch with the best accuracy there is kept.

    Args:
        recipe: the run's.
        fine_types: its table of that name.
        schema: its schema.
        train: documents to learn from.
        run: the run folder, which is claimed once nothing is left to refuse.

    Raises:
        UsageError: if the encoder cannot read such windows, or the stage was begun with other
            documents.
        InputError: if a finer type is in fewer than two documents.
        ModelError: if the encoder cannot be used.
    """
    folder = run / FINE_TYPES_FOLDER
    hashes = {train.name: data_hash(train.documents)}
    require_same_data(folder, hashes)
    if (folder / RESULTS_FILE).is_file():  # written last
        return read_typer(folder)
    settings = TyperSettings(schema, fine_types.type, fine_types.fine, fine_types.encoding)
    learning, selecting = held_out(_with_fine_types(train, settings), _HELD_OUT)
    set_seed(recipe.training.seed)
    backbone, tokenizer = load_encoder(fine_types.encoder)
    require_length("fine_types.window", fine_types.window, fine_types.encoder, backbone)
    typer = Typer(build_model(backbone, settings, tokenizer), tokenizer, settings)

    if main_process():
        claim_folder(recipe, run)
    wait_for_all()
    folder.mkdir(exist_ok=True)
    if main_process():
        write_whole(folder / PROVENANCE_FILE, json.dumps({"data": hashes}, indent=2))
    trainer = _TyperTrainer(recipe, fine_types, typer, learning, selecting.documents, folder)
    trainer.train(resume_from_checkpoint=last_checkpoint(folder))
    if main_process():
        typer.save(folder)
    judged = judge(selecting.documents, typer.replace(selecting.documents), settings)
    logger.info("%s: %s", selecting.name, judged)
    results = {"split": selecting.name, **judged._asdict(), "accuracy": judged.accuracy}
    if main_process():
        write_whole(folder / RESULTS_FILE, json.dumps(results, indent=2))
    wait_for_all()
    return read_typer(folder)


class Judged(NamedTuple):
    """How well the mentions with a finer type were typed.

    Attributes:
        mentions: their number.
        right: those whose finer type was told.
        most: those of the most frequent finer type: what always answering it would get right.
    """

    mentions: int
    right: int
    most: int

    @property
    def accuracy(self) -> float:
        """The share that is right; 0 where there is nothing to judge."""
        return self.right / max(1, self.mentions)

    def __str__(self) -> str:
        always = self.most / max(1, self.mentions)
        return (
            f"finer types of {self.mentions:,} mentions told with an accuracy of "
            f"{100 * self.accuracy:.1f} % (always the most frequent: {100 * always:.1f} %)"
        )


def judge(gold: Sequence[Document], typed: Sequence[Document], settings: TyperSettings) -> Judged:
    """Compare documents that were typed with the same ones as the corpus types them."""
    classes: Counter[int] = Counter()
    right = 0
    for expected, found in zip(gold, typed, strict=True):
        for one, other in zip(expected.mentions, found.mentions, strict=True):
            if (index := settings.class_of(one)) is not None:
                classes[index] += 1
                right += settings.class_of(other) == index
    return Judged(classes.total(), right, max(classes.values(), default=0))


def _with_fine_types(train: Split, settings: TyperSettings) -> Split:
    """The documents in which some mention has a finer type.

    Raises:
        InputError: if one of the types is in fewer than two.
    """
    found = [
        (document, {settings.class_of(mention) for mention in document.mentions} - {None})
        for document in train.documents
    ]
    for index, name in enumerate(settings.fine):
        count = sum(index in classes for _, classes in found)
        if count < 2:
            raise InputError(FINE_TYPES_UNSEEN, split=train.name, name=name, count=count)
    return Split(train.name, train.role, tuple(document for document, classes in found if classes))


class _Example(NamedTuple):
    """A document and the classes of its mentions, ``(M,)``."""

    text: EncodedText
    gold: IntArray


class _Examples(Dataset[_Example]):
    """The documents of a split, encoded."""

    def __init__(self, split: Split, typer: Typer) -> None:
        self.examples: list[_Example] = []
        for document in split.documents:
            text = typer.settings.read(document, typer.tokenizer)
            if text is not None:
                found = [typer.settings.class_of(mention) for mention in document.mentions]
                gold = [_NOT_JUDGED if index is None else index for index in found]
                self.examples.append(_Example(text, np.asarray(gold)))

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> _Example:
        return self.examples[index]


class _TyperTrainer(Trainer):  # type: ignore[misc]
    """Trains a typer, and keeps the epoch with the best accuracy on the held-out documents."""

    def __init__(
        self,
        recipe: Recipe,
        fine_types: FineTypes,
        typer: Typer,
        learning: Split,
        selecting: Sequence[Document],
        folder: Path,
    ) -> None:
        self.typer, self.selecting = typer, selecting
        self.examples = _Examples(learning, typer)
        self.seed, self.batch_size = recipe.training.seed, fine_types.batch_size
        super().__init__(
            model=typer.model,
            args=_arguments(recipe, fine_types, len(self.examples), folder),
            train_dataset=self.examples,
            eval_dataset=self.examples,  # unread: `evaluate` is ours
            data_collator=self._collate,
            callbacks=[MetricsFile(folder / METRICS_FILE)],
        )

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Cross-entropy over the mentions that have a finer type.

        Paper B uses no focal loss here, as the finer types are about equally frequent.
        """
        gold = inputs.pop("gold")
        logits: Tensor = model(**inputs)
        loss = nn.functional.cross_entropy(
            logits.flatten(0, 1).float(), gold.flatten(), ignore_index=_NOT_JUDGED
        )
        return (loss, logits) if return_outputs else loss

    def evaluate(
        self,
        eval_dataset: object = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Accuracy on the held-out documents."""
        judged = judge(self.selecting, self.typer.replace(self.selecting), self.typer.settings)
        metrics = {f"{metric_key_prefix}_accuracy": judged.accuracy}
        self.log(metrics)
        self.control: TrainerControl = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def _collate(self, examples: Sequence[_Example]) -> dict[str, Tensor]:
        batch = text_batch([example.text for example in examples], self.typer.tokenizer.pad_id)
        mentions = batch["mention_tokens"].shape[1]
        gold = np.full((len(examples), mentions), _NOT_JUDGED)
        for row, example in zip(gold, examples, strict=True):
            row[: len(example.gold)] = example.gold
        return batch | {"gold": torch.from_numpy(gold)}

    def _get_train_sampler(self, train_dataset: object = None) -> LengthGroupedSampler:
        texts = [example.text for example in self.examples.examples]
        lengths = [text.longest_window * text.windows for text in texts]
        return LengthGroupedSampler(lengths, self.batch_size, self.seed)


def _arguments(
    recipe: Recipe, fine_types: FineTypes, examples: int, folder: Path
) -> TrainingArguments:
    training = recipe.training
    epochs, batch_size = fine_types.epochs, fine_types.batch_size
    return TrainingArguments(
        **shared_arguments(training, epochs, batch_size, examples, folder),
        learning_rate=fine_types.learning_rate,
        weight_decay=training.weight_decay,
        optim="adamw_torch_fused",
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        metric_for_best_model="eval_accuracy",
    )
