"""A tagger in training: the model with its tokenizer, ready to tag documents."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import torch

from relatome.data import Document
from relatome.encode import DocumentEncoding, Settings, Tokenizer, length_batches
from relatome.encode.decode import FloatArray
from relatome.encode.mention_tags import (
    TaggerSettings,
    read_tags,
    token_windows,
    window_batch,
)
from relatome.errors import TAGGING_UNLEARNT, ModelError
from relatome.models import RelationModel, TaggerModel
from relatome.training.checkpoint import read_model, save_model

_TOKEN_BUDGET = 8192


class Tagger(NamedTuple):
    """A tagger, ready to tag documents.

    Attributes:
        model: the weights, on the device they compute on.
        tokenizer: the encoder's.
        settings: the types it finds.
    """

    model: TaggerModel
    tokenizer: Tokenizer
    settings: TaggerSettings

    @torch.no_grad()
    def tag(self, documents: Sequence[Document]) -> list[Document]:
        """The documents with the mentions the model finds in place of any they had."""
        was_training = self.model.training
        self.model.eval()
        device = next(self.model.parameters()).device
        cut = [
            token_windows(document.text, self.tokenizer, self.settings.encoding)
            for document in documents
        ]
        logits: dict[int, list[FloatArray]] = {}
        for group in length_batches([each for each in cut if each.ids], _TOKEN_BUDGET):
            batch = window_batch([ids for each in group for ids in each.ids], self.tokenizer.pad_id)
            found = self.model(**{k: torch.from_numpy(v).to(device) for k, v in batch.items()})
            rows = iter(found.float().cpu().numpy())
            for each in group:
                logits[id(each)] = list(islice(rows, each.windows))
        self.model.train(was_training)
        return [
            read_tags(document, windows, logits.get(id(windows), []), self.settings.types)
            for document, windows in zip(documents, cut, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer, settings and the encoder's configuration into `folder`."""
        save_model(self.model, self.tokenizer, self.settings, folder)


def tagger_of(model: RelationModel, tokenizer: Tokenizer, settings: Settings) -> Tagger:
    """The tagger in a relation model that learnt tagging; it shares its weights.

    Raises:
        ModelError: if it did not.
    """
    encoding = settings.encoding
    if model.tagging is None or not isinstance(encoding, DocumentEncoding):
        raise ModelError(TAGGING_UNLEARNT)
    alone = TaggerSettings(tuple(settings.schema.entity_types), encoding)
    tagger = TaggerModel(model.encoder.backbone, alone, tokenizer)
    tagger.classify = model.tagging.classify
    return Tagger(tagger.eval(), tokenizer, alone)


def load_tagger_model(folder: Path) -> Tagger:
    """What `Tagger.save` wrote, on the accelerator if there is one.

    Raises:
        ModelError: if a file is missing or does not fit the others.
    """
    model, tokenizer, settings = read_model(folder, TaggerSettings, TaggerModel)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    return Tagger(model, tokenizer, settings)
