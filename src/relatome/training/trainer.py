"""The training loop: Hugging Face's Trainer, judged by the official score on dev."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from relatome.encode import Tokenizer
from relatome.models import RelationModel, Scores, hide_entities
from relatome.recipes import Recipe
from relatome.recipes.recipe import Optimization
from relatome.training.adversarial import perturbed
from relatome.training.allocator import keep_freed_memory
from relatome.training.dataset import Collator, Examples, LengthGroupedSampler
from relatome.training.folder import (
    CHECKPOINT_FOLDER,
    ended_after,
    last_checkpoint,
    write_whole,
)
from relatome.training.objective import Objective, judged_rows
from relatome.training.predict import fit_decoding, score_documents
from relatome.training.processes import part_of_batch, processes

METRICS_FILE, TIMES_FILE = "metrics.jsonl", "times.jsonl"
_GOLD = "_gold"  # ends the names of gold rows in a batch


class RelationTrainer(Trainer):  # type: ignore[misc]
    """Trains a `RelationModel` by a recipe, and keeps the epoch with the best dev score."""

    def __init__(
        self,
        recipe: Recipe,
        model: RelationModel,
        tokenizer: Tokenizer,
        train: Examples,
        dev: Examples | None = None,
        *,
        folder: Path,
    ) -> None:
        """Set up.

        Args:
            recipe: what to do.
            model: to be trained.
            tokenizer: the encoder's.
            train: what to learn from.
            dev: what to select the epoch on; None to keep the last.
            folder: the run folder.

        Raises:
            UsageError: if a step's documents cannot be shared out evenly.
        """
        self.recipe = recipe
        self.pad_id, self.mask_id = tokenizer.pad_id, tokenizer.mask_id
        self.train_examples, self.dev_examples = train, dev
        self.objective = Objective(recipe, train.settings.schema)
        self.shown: list[dict[str, Tensor]] = []  # parts of a step in which nothing is hidden yet
        sampler = _sampler(recipe, train)
        super().__init__(
            model=model,
            args=_arguments(recipe, len(sampler), folder, selects=dev is not None),
            train_dataset=train,
            eval_dataset=dev,
            data_collator=Collator(tokenizer.pad_id, train.settings.encoding),
            callbacks=[MetricsFile(folder / METRICS_FILE), TimesFile(folder / TIMES_FILE)],
        )
        if dev is not None:
            patience = recipe.training.patience
            self.add_callback(EarlyStoppingCallback(early_stopping_patience=patience))

    # `compute_loss` divides by what is judged in the whole step.
    loss_is_scaled_for_ga = True

    def get_batch_samples(
        self, epoch_iterator: Iterator[dict[str, Tensor]], num_batches: int, device: torch.device
    ) -> tuple[list[dict[str, Tensor]], Tensor]:
        """The parts of a step's batch, and the rows judged in all parts of all processes by task.

        So the loss is the same however a batch is shared out.
        """
        parts = list(islice(epoch_iterator, num_batches))
        self.shown = parts if self.recipe.training.mask_entities else []
        return parts, self._judged(parts, device)

    def _judged(self, parts: list[dict[str, Tensor]], device: torch.device) -> Tensor:
        counted = [judged_rows(_gold(part)) for part in parts]
        counts = torch.stack([torch.stack(list(count.values())) for count in counted]).sum(0)
        reduced: Tensor = self.accelerator.reduce(counts.to(device), "sum")
        return reduced

    def training_step(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
        """Gradients of a batch, and of the same again with word embeddings moved against it."""
        if self.shown:
            # Once for both passes: the second reads what the first one did. Not where the parts
            # are fetched: what goes on within an epoch gets its random state back only after that.
            for part in self.shown:
                self._hide(part)
            if isinstance(num_items_in_batch, Tensor):
                # in place, because the other parts of the step are given it too
                num_items_in_batch.copy_(self._judged(self.shown, num_items_in_batch.device))
            self.shown = []
        adversarial = self.recipe.adversarial
        if adversarial is None:
            return super().training_step(model, inputs, num_items_in_batch)  # type: ignore[no-any-return]
        words = self.accelerator.unwrap_model(model).encoder.backbone.get_input_embeddings().weight
        before = torch.zeros_like(words) if words.grad is None else words.grad.clone()
        loss: Tensor = super().training_step(model, inputs, num_items_in_batch)
        gradient = self.accelerator.reduce(words.grad - before, "mean")
        with perturbed(words, gradient, adversarial.epsilon):
            super().training_step(model, inputs, num_items_in_batch)
        return loss

    def _hide(self, part: dict[str, Tensor]) -> None:
        """Hide entities of a part from the encoder, and their tags from the losses."""
        rate = self.recipe.training.mask_entities
        part["input_ids"] = hide_entities(part, rate, self.mask_id)
        if (tags := part.get("tagging" + _GOLD)) is not None:
            # Of a mask nobody can tell the tag.
            read = part["input_ids"].flatten()[part["token_source"].clamp(min=0)]
            part["tagging" + _GOLD] = tags & ~(read == self.mask_id)[..., None, None]

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, Scores]:
        """The losses of all tasks, in the proportions the recipe gives them."""
        gold = _gold(inputs)
        inputs = {name: value for name, value in inputs.items() if not name.endswith(_GOLD)}
        scores: Scores = model(inputs)
        counts = None
        if isinstance(num_items_in_batch, Tensor):
            counts = dict(zip(gold, num_items_in_batch, strict=True))
        total = self.objective(scores, gold, counts)
        total = total * self.accelerator.num_processes  # which take the mean of their gradients
        return (total, scores) if return_outputs else total

    def evaluate(
        self,
        eval_dataset: object = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Official score on dev, at the threshold that serves it best."""
        dev = self.dev_examples
        assert dev is not None
        with self.compute_loss_context_manager():
            scored = score_documents(self.model, dev.asked, dev.settings, self.pad_id)
        selection = self.recipe.selection
        fitted, result = fit_decoding(
            scored, dev.split.documents, dev.settings, selection.rule, selection.score
        )
        metrics = {
            f"{metric_key_prefix}_score": result.f1(selection.score),
            f"{metric_key_prefix}_threshold": fitted.decoding.threshold,
            **{f"{metric_key_prefix}_{name}": result.f1(name) for name in result.scores},
        }
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

    def _get_train_sampler(self, train_dataset: Examples | None = None) -> LengthGroupedSampler:
        return _sampler(self.recipe, self.train_examples)


def _gold(batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The gold rows of a batch by task, in the order of the batch."""
    return {name.removesuffix(_GOLD): rows for name, rows in batch.items() if name.endswith(_GOLD)}


def _sampler(recipe: Recipe, train: Examples) -> LengthGroupedSampler:
    share = recipe.data.negatives
    return LengthGroupedSampler(
        [example.unit.longest_window * example.unit.windows for example in train.examples],
        recipe.training.batch_size,
        recipe.training.seed,
        [([i for i, each in enumerate(train.examples) if share < 1 and each.unrelated], share)],
        # so that every process has something to read
        multiple=recipe.training.batch_size // recipe.training.accumulation
        if processes() > 1
        else 1,
    )


def make_optimizer(model: nn.Module, training: Optimization) -> torch.optim.Optimizer:
    """AdamW with one rate for the pre-trained weights, another for what starts fresh.

    Args:
        model: its pre-trained weights are those of ``encoder.backbone``.
        training: rates and decay.
    """
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        pretrained = name.startswith("encoder.backbone.")
        decays = parameter.ndim > 1  # not biases, norms
        groups.setdefault((pretrained, decays), []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": training.encoder_learning_rate if pretrained else training.head_learning_rate,
                "weight_decay": training.weight_decay if decays else 0.0,
            }
            for (pretrained, decays), parameters in groups.items()
        ],
        fused=True,
    )


def train_or_resume(trainer: Trainer, folder: Path, *, resume: bool) -> None:
    """Train, or go on from the last checkpoint of a run folder, to the same end."""
    keep_freed_memory()
    last = last_checkpoint(folder) if resume else None
    if last is not None and (epochs := ended_after(last)) is not None:
        trainer.args.num_train_epochs = epochs  # the trainer itself would go on after a stop
    trainer.train(resume_from_checkpoint=last)


class MetricsFile(TrainerCallback):  # type: ignore[misc]
    """Writes everything that was logged, one JSON object a line, after every entry.

    The whole history is written each time, so a resumed run's file has neither gaps nor
    repetitions. The closing entry of run times is left out: they differ from run to run, and after
    a resumption its loss covers only the last part.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        """Write the history so far."""
        if state.is_world_process_zero:
            history = (entry for entry in state.log_history if "train_runtime" not in entry)
            # Sorted, because a checkpoint's entries come back with their keys in that order.
            lines = (json.dumps(entry, sort_keys=True) for entry in history)
            self.path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


class TimesFile(TrainerCallback):  # type: ignore[misc]
    """Writes after how many seconds of work each evaluation was done, one JSON object a line.

    Interruptions do not count, nor does what a killed run did after its last checkpoint. They
    stand apart from the metrics, which are the same whenever a run is repeated.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.times = list[dict[str, float]]()
        self.started = 0.0

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        """Take up the times of the steps that are not repeated."""
        if self.path.is_file():
            lines = self.path.read_text(encoding="utf-8").splitlines()
            self.times = [
                each for each in map(json.loads, lines) if each["step"] <= state.global_step
            ]
        earlier = self.times[-1]["seconds"] if self.times else 0.0
        self.started = time.perf_counter() - earlier

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        """Add a line."""
        if state.is_world_process_zero:
            seconds = round(time.perf_counter() - self.started, 2)
            self.times.append({"step": state.global_step, "seconds": seconds})
            write_whole(self.path, "".join(json.dumps(each) + "\n" for each in self.times))


def use_bf16(precision: str) -> bool:
    """Whether to compute in bf16; ``auto`` says yes where the processor has instructions for it."""
    if precision != "auto":
        return precision == "bf16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _arguments(recipe: Recipe, examples: int, folder: Path, *, selects: bool) -> TrainingArguments:
    training = recipe.training
    epoch = -(-examples // training.batch_size)  # steps
    every = max(1, epoch // training.evaluations)
    strategy = "epoch" if training.evaluations == 1 else "steps"
    shared = shared_arguments(
        training, training.epochs, training.batch_size, examples, folder, training.accumulation
    )
    return TrainingArguments(
        **shared | {"load_best_model_at_end": selects},
        eval_strategy=strategy if selects else "no",
        eval_steps=every,
        save_strategy=strategy,
        save_steps=every,
        metric_for_best_model="eval_score" if selects else None,
        # so that early stopping counts on where it was
        restore_callback_states_from_checkpoint=True,
        # Whole stretches between checkpoints, so that means of the loss do not depend on where a
        # run was resumed.
        logging_strategy=strategy,
        logging_steps=every,
    )


def shared_arguments(
    training: Optimization,
    epochs: int,
    batch_size: int,
    examples: int,
    folder: Path,
    accumulation: int = 1,
) -> dict[str, Any]:
    """What all training of a run has in common, as arguments of Hugging Face's trainer.

    Args:
        training: the recipe's table.
        epochs: passes over the examples.
        batch_size: examples per step.
        examples: in an epoch.
        folder: where the checkpoints' folder is to be.
        accumulation: parts in which the examples of a step are read.

    Raises:
        UsageError: if a step's examples cannot be shared out evenly.
    """
    steps = -(-examples // batch_size) * epochs
    return {
        "output_dir": str(folder / CHECKPOINT_FOLDER),
        "per_device_train_batch_size": part_of_batch(batch_size, accumulation),
        "gradient_accumulation_steps": accumulation,
        "num_train_epochs": epochs,
        "lr_scheduler_type": "linear",
        "warmup_steps": round(training.warmup * steps),
        "max_grad_norm": training.max_gradient_norm,
        "seed": training.seed,
        "bf16": use_bf16(training.precision),
        "use_cpu": not torch.cuda.is_available(),
        "save_total_limit": 1,
        "load_best_model_at_end": True,
        "greater_is_better": True,
        "remove_unused_columns": False,
        "report_to": "none",
        "dataloader_pin_memory": torch.cuda.is_available(),
    }
