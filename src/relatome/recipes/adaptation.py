"""Recipes for adapting an encoder to biomedical text before it learns relations."""

from __future__ import annotations

from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta

from relatome.encode import DocumentEncoding
from relatome.recipes.recipe import Count, Encoder, Fraction, Positive, Section, Weight, read_toml

Share = Annotated[float, Meta(gt=0, lt=1)]


class _Adaptation(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"
):
    """What every adaptation has.

    Attributes:
        encoder: what to begin with; another adaptation, too.
        seed: of fresh weights, the order of the text and the masks.
        batch_size: blocks of text, or windows of documents, per step.
        length: tokens of one, special tokens included.
        learning_rate: peak rate; it falls linearly.
        warmup: fraction of the steps over which it rises.
        weight_decay: of AdamW.
        save_steps: steps between checkpoints.
    """

    name: str
    title: str
    encoder: Encoder
    seed: Annotated[int, Meta(ge=0)]
    batch_size: Count
    length: Annotated[int, Meta(ge=16)]
    learning_rate: Positive
    warmup: Fraction
    weight_decay: Weight
    save_steps: Count


class Vocabulary(Section, frozen=True):
    """A vocabulary of word pieces, learnt from the text before the encoder is adapted to it.

    Attributes:
        size: most pieces it has, special tokens and single characters included.
        minimum: how often the text has to have a piece.
    """

    size: Count
    minimum: Count


class MaskedWords(_Adaptation, frozen=True, kw_only=True, tag="words"):
    """Masked-language-model training on plain text.

    Attributes, besides those of every adaptation:
        steps: optimizer steps.
        mask_rate: fraction of the tokens to predict; 80 % of them are shown as the mask token,
            10 % as another token, 10 % as they are (Devlin et al. 2019).
        dropout: between the encoder's layers; if left out, the encoder's own.
        vocabulary: the vocabulary to learn first; if left out, the encoder keeps its own.
    """

    steps: Count
    mask_rate: Share
    dropout: Fraction | None = None
    vocabulary: Vocabulary | None = None


class MaskedEntities(_Adaptation, frozen=True, kw_only=True, tag="entities"):
    """Entity-aware masking on documents with annotated entities (paper D).

    Attributes, besides those of every adaptation:
        train: splits of corpora to learn from, as ``corpus:split``; files may be added.
        files: whether files have to be added, so that it is not made without them.
        overlap: least number of tokens neighbouring windows of a long document share.
        epochs: passes over the documents.
        mask_rate: chance of an entity to be masked, with every mention it has in the window.
        types: the types to tell apart, each with the names that corpora have for it besides; a
            mention of any other type is text like all other. If empty, the types are the corpora's.
    """

    train: list[str]
    files: bool
    overlap: Annotated[int, Meta(ge=0)]
    epochs: Count
    mask_rate: Share
    types: dict[str, list[str]] = {}

    def __post_init__(self) -> None:
        _ = self.encoding  # refuses impossible windows

    @property
    def encoding(self) -> DocumentEncoding:
        """How its encoder reads a document."""
        return DocumentEncoding(self.length, self.overlap)


Adaptation = MaskedWords | MaskedEntities


def load_adaptation(name: str, overrides: tuple[str, ...] = ()) -> Adaptation:
    """Read an adaptation recipe by shipped name or path; errors as for `load_recipe`."""
    return cast(Adaptation, read_toml(name, overrides, cast(type[Any], Adaptation)))
