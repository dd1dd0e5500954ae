"""Finer entity types by an encoder of its own, in place of the corpus's (paper B, III.C)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch
from torch import Tensor
from transformers import PreTrainedModel

from relatome.data import Document, Mention, Schema
from relatome.encode import (
    DocumentEncoding,
    EncodedText,
    Tokenizer,
    encode_text,
    encoder_batch,
    length_batches,
    mention_batch,
    type_tags,
)
from relatome.models import FineTypeModel
from relatome.training.checkpoint import read_model, save_model

# Of a run, for learning; and of its model, for use.
FINE_TYPES_FOLDER = "fine-types"
_TOKEN_BUDGET = 4096


class TyperSettings(msgspec.Struct, frozen=True):
    """What a typer tells apart, and how it reads documents.

    Attributes:
        schema: the entity types there are.
        type: the one whose mentions are typed.
        fine: its finer types, in the order of the model's classes.
        encoding: how documents become arrays.
    """

    schema: Schema
    type: str
    fine: tuple[str, ...]
    encoding: DocumentEncoding

    def read(self, document: Document, tokenizer: Tokenizer) -> EncodedText | None:
        """A document as the model reads it; None if it has no mention to type."""
        if not any(mention.type == self.type for mention in document.mentions):
            return None
        return encode_text(document, self.schema, tokenizer, self.encoding)

    def class_of(self, mention: Mention) -> int | None:
        """The class of a mention by its finer type; None where it has none."""
        if mention.type != self.type or mention.fine_type not in self.fine:
            return None
        return self.fine.index(mention.fine_type)


class Typer(NamedTuple):
    """A trained model of finer types, ready to type documents.

    Attributes:
        model: the weights, on the device they compute on.
        tokenizer: the encoder's.
        settings: what it tells apart.
    """

    model: FineTypeModel
    tokenizer: Tokenizer
    settings: TyperSettings

    @torch.no_grad()
    def replace(self, documents: Sequence[Document]) -> list[Document]:
        """The documents with the predicted finer type in every mention of the coarse type.

        Where the corpus says a finer type, it is replaced all the same: a relation model is to
        meet the same errors in training and afterwards. It computes in fp32, whatever the
        recipe's precision.

        Args:
            documents: with the schema's own type names.
        """
        was_training = self.model.training
        self.model.eval()
        read = [self.settings.read(document, self.tokenizer) for document in documents]
        classes: dict[int, list[int]] = {}
        for group in length_batches([text for text in read if text is not None], _TOKEN_BUDGET):
            logits = self.model(**self._on_device(text_batch(group, self.tokenizer.pad_id)))
            for text, row in zip(group, logits.argmax(-1).tolist(), strict=True):
                classes[id(text)] = row
        self.model.train(was_training)
        return [
            document if text is None else self._typed(document, classes[id(text)])
            for document, text in zip(documents, read, strict=True)
        ]

    def _typed(self, document: Document, classes: Sequence[int]) -> Document:
        type, fine = self.settings.type, self.settings.fine
        mentions = tuple(
            msgspec.structs.replace(mention, fine_type=fine[classes[index]])
            if mention.type == type
            else mention
            for index, mention in enumerate(document.mentions)
        )
        return msgspec.structs.replace(document, mentions=mentions)

    def _on_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        device = next(self.model.parameters()).device
        return {name: value.to(device) for name, value in batch.items()}

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer, settings and the encoder's configuration into `folder`."""
        save_model(self.model, self.tokenizer, self.settings, folder)


def load_typer(model_folder: Path) -> Typer | None:
    """The typer of a model folder; None if its model needs none.

    Documents are to be typed by it (`Typer.replace`) before they are encoded for the model.

    Args:
        model_folder: the ``model`` folder of a run.

    Raises:
        ModelError: if files of it are missing or do not fit together.
    """
    folder = model_folder / FINE_TYPES_FOLDER
    return read_typer(folder) if folder.exists() else None


def read_typer(folder: Path) -> Typer:
    """What `Typer.save` wrote, on the accelerator if there is one; errors as for `load_typer`."""
    model, tokenizer, settings = read_model(folder, TyperSettings, build_model)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    return Typer(model, tokenizer, settings)


def text_batch(texts: Sequence[EncodedText], pad_id: int) -> dict[str, Tensor]:
    """A batch as `FineTypeModel` reads it."""
    windows = encoder_batch(texts, pad_id)
    batch = windows | mention_batch(texts, windows["input_ids"].shape[1])
    return {name: torch.from_numpy(array) for name, array in batch.items()}


def build_model(
    backbone: PreTrainedModel, settings: TyperSettings, tokenizer: Tokenizer
) -> FineTypeModel:
    """The model of a typer, with fresh weights on its encoder."""
    return FineTypeModel(backbone, type_tags(settings.schema), len(settings.fine))
