"""What all adaptations have in common: the loop, and the adapted encoder with its card."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset
from transformers import PreTrainedModel, Trainer, TrainingArguments, set_seed

from relatome.encode import Tokenizer
from relatome.models import (
    MaskedEntityModel,
    MaskedLanguageModel,
    load_encoder,
    require_length,
)
from relatome.recipes import Adaptation, to_plain
from relatome.training.allocator import keep_freed_memory
from relatome.training.folder import (
    PROVENANCE_FILE,
    RECIPE_FILE,
    claim_folder,
    last_checkpoint,
    require_folder,
    require_same_data,
    write_whole,
)
from relatome.training.processes import main_process, part_of_batch, wait_for_all
from relatome.training.provenance import code_version, machine
from relatome.training.trainer import METRICS_FILE, MetricsFile, use_bf16

ENCODER_FOLDER = "encoder"
_CARD = "README.md"


def beginning(
    recipe: Adaptation, folder: Path, encoder: str, *, resume: bool
) -> tuple[PreTrainedModel, Tokenizer]:
    """The encoder to adapt and its tokenizer, once the folder may hold the run.

    Raises:
        UsageError: if the folder is taken, or the encoder reads no such length.
        ModelError: if the encoder cannot be used.
    """
    if main_process():
        require_folder(recipe, folder, resume=resume)
    set_seed(recipe.seed)
    backbone, tokenizer = load_encoder(encoder or recipe.encoder.name)
    require_length("length", recipe.length, recipe.encoder.name, backbone)
    return backbone, tokenizer


def train_encoder(
    recipe: Adaptation,
    model: MaskedLanguageModel | MaskedEntityModel,
    tokenizer: Tokenizer,
    examples: Dataset[Any],
    collate: Callable[[list[Any]], Any] | None,
    data: dict[str, Any],
    folder: Path,
    *,
    steps: int,
    resume: bool,
    encoder: str,
    files: Mapping[str, str] | None = None,
) -> Path:
    """Train a model in a run folder and save its encoder.

    Args:
        recipe: the adaptation.
        model: the encoder with its heads; gives its loss as ``loss``.
        tokenizer: the encoder's.
        examples: what to learn from.
        collate: makes a batch of them; the trainer's own if None.
        data: what they are, ``sha256`` first, for the provenance and the card.
        folder: the run folder, which is claimed now that nothing is left to refuse.
        steps: optimizer steps.
        resume: go on from the last checkpoint.
        encoder: the folder of the encoder begun with, where that is adapted; else "".
        files: what else a run needs that goes on, by its name in the folder.

    Returns:
        The folder of the encoder.

    Raises:
        UsageError: if the run was begun with other data, or a batch cannot be shared out evenly.
    """
    require_same_data(folder, {"sha256": data["sha256"]})
    arguments = _arguments(recipe, folder, steps)
    target = folder / ENCODER_FOLDER
    if target.is_dir():  # moved there when it was finished
        return target
    provenance = {
        "code": code_version(),
        "machine": machine(),
        "data": data,
        "adaptations": adaptations(encoder),
    }
    if main_process():
        claim_folder(recipe, folder)
        for name, text in (files or {}).items():
            write_whole(folder / name, text)
        write_whole(folder / PROVENANCE_FILE, json.dumps(provenance, indent=2))
    keep_freed_memory()
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=examples,
        data_collator=collate,
        callbacks=[MetricsFile(folder / METRICS_FILE)],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(folder) if resume else None)
    if main_process():
        # Written whole or not at all: where it is, the adaptation is finished.
        part = folder / f".{ENCODER_FOLDER}.part"
        save_encoder(model.backbone, tokenizer, part)
        (part / _CARD).write_text(_card(recipe, data), encoding="utf-8")
        part.replace(target)
    wait_for_all()
    return target


def save_encoder(backbone: PreTrainedModel, tokenizer: Tokenizer, folder: Path) -> Path:
    """Write an encoder like any Hugging Face model: config, safetensors, tokenizer."""
    backbone.save_pretrained(folder)
    tokenizer.save(folder / "tokenizer.json")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "cls_token": tokenizer.token(tokenizer.cls_id),
        "sep_token": tokenizer.token(tokenizer.sep_id),
        "pad_token": tokenizer.token(tokenizer.pad_id),
        "mask_token": tokenizer.token(tokenizer.mask_id),
    }
    if tokenizer.unknown_id is not None:
        settings["unk_token"] = tokenizer.token(tokenizer.unknown_id)
    text = json.dumps(settings, indent=2)
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")
    return folder


def adaptations(encoder: str) -> list[dict[str, Any]]:
    """How an encoder was adapted, first adaptation first: the recipe and the data of each.

    Args:
        encoder: its folder; what is no adapted encoder has no adaptations.
    """
    run = Path(encoder).parent
    if not encoder or not (run / PROVENANCE_FILE).is_file() or not (run / RECIPE_FILE).is_file():
        return []
    provenance = json.loads((run / PROVENANCE_FILE).read_text(encoding="utf-8"))
    recipe = tomllib.loads((run / RECIPE_FILE).read_text(encoding="utf-8"))
    return [*provenance.get("adaptations", []), {"recipe": recipe, "data": provenance["data"]}]


def _card(recipe: Adaptation, data: dict[str, Any]) -> str:
    """What the encoder is, made from what, and how."""
    settings = json.dumps(to_plain(recipe), indent=2)
    measured = "".join(f"- {name.replace('_', ' ')}: {value}\n" for name, value in data.items())
    return f"""# {recipe.name}

{recipe.title}. It begins with `{recipe.encoder.name}`, whose licence goes on to hold; documents of
the evaluation splits at hand were left out by identifier and title.

Use it as any encoder of that family, or in a relatome recipe: `encoder.name` is this folder, or the
name of the adaptation.

## Data

{measured}
## Made by

`relatome adapt`, version {code_version()}, with

```json
{settings}
```
"""


def _arguments(recipe: Adaptation, folder: Path, steps: int) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=part_of_batch(recipe.batch_size),
        max_steps=steps,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=round(recipe.warmup * steps),
        weight_decay=recipe.weight_decay,
        optim="adamw_torch_fused",
        seed=recipe.seed,
        bf16=use_bf16("auto"),
        use_cpu=not torch.cuda.is_available(),
        save_strategy="steps",
        save_steps=recipe.save_steps,
        save_total_limit=1,
        logging_steps=25,
        report_to="none",
        dataloader_pin_memory=torch.cuda.is_available(),
    )
