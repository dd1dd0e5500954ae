"""A recipe for adapting an encoder to text without annotation."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from relatome.recipes.recipe import Count, Encoder, Fraction, Positive, Weight, read_toml


class Adaptation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Masked-language-model training of an encoder on plain text.

    Attributes:
        seed: of the fresh prediction head, the order of blocks and the masks.
        steps: optimizer steps.
        batch_size: blocks per step.
        length: tokens of a block, special tokens included.
        learning_rate: peak rate; it falls linearly.
        warmup: fraction of the steps over which it rises.
        weight_decay: of AdamW.
        mask_rate: fraction of the tokens to predict; 80 % of them are shown as the mask token,
            10 % as another token, 10 % as they are (Devlin et al. 2019).
        save_steps: steps between checkpoints.
    """

    name: str
    title: str
    encoder: Encoder
    seed: Annotated[int, Meta(ge=0)]
    steps: Count
    batch_size: Count
    length: Annotated[int, Meta(ge=16)]
    learning_rate: Positive
    warmup: Fraction
    weight_decay: Weight
    mask_rate: Annotated[float, Meta(gt=0, lt=1)]
    save_steps: Count


def load_adaptation(name: str, overrides: tuple[str, ...] = ()) -> Adaptation:
    """Read an adaptation recipe by shipped name or path; errors as for `load_recipe`."""
    return read_toml(name, overrides, Adaptation)
