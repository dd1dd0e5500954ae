"""Adapting an encoder to biomedical text by masked language modelling."""

from __future__ import annotations

from pathlib import Path

import torch

from relatome.errors import TEXT_TOO_SHORT, InputError
from relatome.models import MaskedLanguageModel, replace_words, set_dropout
from relatome.recipes import MaskedWords
from relatome.training.adaptation.encoder import beginning, train_encoder
from relatome.training.adaptation.text import Blocks
from relatome.training.adaptation.vocabulary import VOCABULARY_FILE, Replacement


def mask_words(
    recipe: MaskedWords,
    blocks: Blocks,
    folder: Path,
    *,
    resume: bool,
    encoder: str = "",
    vocabulary: Replacement | None = None,
) -> Path:
    """Adapt the recipe's encoder in `folder`, or go on where a killed run stopped.

    Args:
        recipe: the adaptation.
        blocks: the text, cut to the recipe's length by the encoder's tokenizer, or the one that
            takes its place.
        folder: a run folder; must be new or empty unless `resume`.
        resume: go on from the last checkpoint.
        encoder: the folder of the encoder, where the recipe's is an adaptation.
        vocabulary: what takes the place of the encoder's own, where the recipe has one learnt.

    Returns:
        The folder of the adapted encoder, in the layout of ``save_pretrained``.

    Raises:
        UsageError: as for `relatome.training.run`.
        InputError: if the text does not fill one batch.
    """
    if len(blocks) < recipe.batch_size:
        raise InputError(TEXT_TOO_SHORT, blocks=len(blocks), needed=recipe.batch_size)
    backbone, tokenizer = beginning(recipe, folder, encoder, resume=resume)
    if vocabulary is not None:
        replace_words(backbone, vocabulary.parts)
        tokenizer = vocabulary.tokenizer
    if recipe.dropout is not None:
        set_dropout(backbone, recipe.dropout)
    if not torch.cuda.is_available():
        # On a processor the fused kernel gains nothing in blocks this short, and its backward pass
        # takes six times its forward one.
        backbone.set_attn_implementation("eager")
    model = MaskedLanguageModel(backbone, tokenizer, recipe.mask_rate)
    data = {
        "sha256": blocks.digest,
        "texts": blocks.texts,
        "left_out_evaluation_documents": blocks.left_out,
        "blocks": len(blocks),
        **(vocabulary.facts if vocabulary is not None else {}),
    }
    return train_encoder(
        recipe,
        model,
        tokenizer,
        blocks,
        None,
        data,
        folder,
        steps=recipe.steps,
        resume=resume,
        encoder=encoder,
        files={} if vocabulary is None else {VOCABULARY_FILE: tokenizer.definition},
    )
