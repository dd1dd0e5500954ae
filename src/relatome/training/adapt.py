"""Adapting an encoder to biomedical text by masked language modelling."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel, Trainer, TrainingArguments, set_seed

from relatome.encode import Tokenizer
from relatome.errors import TEXT_TOO_SHORT, InputError
from relatome.models import load_encoder, require_length
from relatome.recipes import Adaptation
from relatome.training.folder import (
    PROVENANCE_FILE,
    claim_folder,
    last_checkpoint,
    require_folder,
    require_same_data,
    write_whole,
)
from relatome.training.provenance import code_version, machine
from relatome.training.text import Blocks
from relatome.training.trainer import METRICS_FILE, MetricsFile, use_bf16

ENCODER_FOLDER = "encoder"


class MaskedLanguageModel(nn.Module):
    """An encoder with a head that predicts hidden tokens (Devlin et al. 2019).

    The head is fresh, its output layer the word embeddings themselves; only the masked positions
    pass through it. What is kept in the end is the encoder.
    """

    def __init__(self, backbone: PreTrainedModel, tokenizer: Tokenizer, mask_rate: float) -> None:
        super().__init__()
        self.backbone = backbone
        words = backbone.get_input_embeddings()
        hidden = backbone.config.hidden_size
        self.transform = nn.Sequential(
            nn.Linear(hidden, words.embedding_dim), nn.GELU(), nn.LayerNorm(words.embedding_dim)
        )
        self.bias = nn.Parameter(torch.zeros(words.num_embeddings))
        self.mask_rate = mask_rate
        self.mask_id = tokenizer.mask_id
        self.special_ids = (tokenizer.cls_id, tokenizer.sep_id)

    def forward(self, input_ids: Tensor) -> dict[str, Tensor]:
        """Mean cross-entropy over the masked tokens of ``(batch, length)`` ids, as ``loss``.

        Masks come from torch's random state, which checkpoints keep.
        """
        chosen = torch.rand(input_ids.shape, device=input_ids.device) < self.mask_rate
        for special in self.special_ids:
            chosen &= input_ids != special
        shown = torch.rand(input_ids.shape, device=input_ids.device)
        words = self.backbone.get_input_embeddings()
        other = torch.randint_like(input_ids, words.num_embeddings)
        masked = torch.where(chosen & (shown < 0.8), self.mask_id, input_ids)
        masked = torch.where(chosen & (shown >= 0.9), other, masked)
        vectors = self.backbone(input_ids=masked).last_hidden_state[chosen]
        # (masked tokens, vocabulary)
        logits = self.transform(vectors) @ words.weight.T + self.bias
        return {"loss": nn.functional.cross_entropy(logits.float(), input_ids[chosen])}


def adapt(recipe: Adaptation, blocks: Blocks, folder: Path, *, resume: bool) -> Path:
    """Adapt the recipe's encoder in `folder`, or go on where a killed run stopped.

    Args:
        recipe: the adaptation.
        blocks: the text, cut to the recipe's length by the encoder's tokenizer.
        folder: a run folder; must be new or empty unless `resume`.
        resume: go on from the last checkpoint.

    Returns:
        The folder of the adapted encoder, in the layout of ``save_pretrained``.

    Raises:
        UsageError: as for `relatome.training.run`.
        InputError: if the text does not fill one batch.
    """
    if len(blocks) < recipe.batch_size:
        raise InputError(TEXT_TOO_SHORT, blocks=len(blocks), needed=recipe.batch_size)
    require_folder(recipe, folder, resume=resume)
    require_same_data(folder, {"sha256": blocks.digest})
    set_seed(recipe.seed)
    backbone, tokenizer = load_encoder(recipe.encoder.name)
    require_length("length", recipe.length, recipe.encoder.name, backbone)
    claim_folder(recipe, folder)
    model = MaskedLanguageModel(backbone, tokenizer, recipe.mask_rate)
    provenance = {
        "code": code_version(),
        "machine": machine(),
        "data": {
            "sha256": blocks.digest,
            "texts": blocks.texts,
            "left_out_evaluation_documents": blocks.left_out,
            "blocks": len(blocks),
        },
    }
    write_whole(folder / PROVENANCE_FILE, json.dumps(provenance, indent=2))
    trainer = Trainer(
        model=model,
        args=_arguments(recipe, folder),
        train_dataset=blocks,
        callbacks=[MetricsFile(folder / METRICS_FILE)],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(folder) if resume else None)
    return save_encoder(backbone, tokenizer, folder / ENCODER_FOLDER)


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


def _arguments(recipe: Adaptation, folder: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=recipe.batch_size,
        max_steps=recipe.steps,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=round(recipe.warmup * recipe.steps),
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
