"""A tagger in training: the model with its tokenizer, ready to tag documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from relatome.data import Document
from relatome.encode import Tokenizer
from relatome.encode.mention_tags import (
    TaggerSettings,
    TokenWindows,
    tagged,
    token_windows,
    window_batch,
)
from relatome.models import TaggerModel
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
        logits: dict[tuple[int, int], np.ndarray] = {}
        for group in _grouped(cut):
            ids = [cut[document].ids[window] for document, window in group]
            batch = window_batch(ids, self.tokenizer.pad_id)
            found = self.model(**{k: torch.from_numpy(v).to(device) for k, v in batch.items()})
            for key, row in zip(group, found.float().cpu().numpy(), strict=True):
                logits[key] = row
        self.model.train(was_training)
        return [
            tagged(
                document,
                windows.tokens,
                windows.joined([logits[index, window] for window in range(len(windows.ids))]),
                self.settings.types,
            )
            if windows.ids
            else document
            for index, (document, windows) in enumerate(zip(documents, cut, strict=True))
        ]

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer, settings and the encoder's configuration into `folder`."""
        save_model(self.model, self.tokenizer, self.settings, folder)


def load_tagger_model(folder: Path) -> Tagger:
    """What `Tagger.save` wrote, on the accelerator if there is one.

    Raises:
        ModelError: if a file is missing or does not fit the others.
    """
    model, tokenizer, settings = read_model(folder, TaggerSettings, TaggerModel)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    return Tagger(model, tokenizer, settings)


def _grouped(cut: Sequence[TokenWindows]) -> Iterator[list[tuple[int, int]]]:
    """Windows of like length, as (document, window), as many as the budget of tokens allows."""
    every = [(index, window) for index, each in enumerate(cut) for window in range(len(each.ids))]
    every.sort(key=lambda key: -len(cut[key[0]].ids[key[1]]))
    while every:
        longest = len(cut[every[0][0]].ids[every[0][1]])
        size = max(1, _TOKEN_BUDGET // longest)
        yield every[:size]
        every = every[size:]
