"""Finding the mentions of entities with ONNX Runtime and NumPy alone."""

from __future__ import annotations

from pathlib import Path

from relatome.data import Document
from relatome.encode import Batch
from relatome.encode.decode import FloatArray
from relatome.encode.mention_tags import read_tags, token_windows, window_batch
from relatome.errors import ModelError, Place
from relatome.runtime.folder import ModelFolder, Weights
from relatome.runtime.graph import Device
from relatome.runtime.opening import open_graph

# Bound on what one pass works on, so that memory does not grow with the document.
_MOST_WINDOWS = 8


class Tagger:
    """A trained tagger. It reads documents as `Model` does."""

    def __init__(
        self, folder: Path, weights: Weights | None = None, device: Device = "cpu"
    ) -> None:
        """Load the tagger of a model folder.

        Args:
            folder: as written by ``relatome models export``.
            weights: int8, fp32 or bf16; the fastest the folder holds if not given. bf16 needs the
                extra `fast`.
            device: what computes.

        Raises:
            UsageError: if there is no such folder, or it lacks the weights; if there is no such
                device.
            ModelError: if it holds no tagger, or a file is missing, altered, or no valid graph.
        """
        self.folder = ModelFolder(folder)
        self.settings = self.folder.tagger_settings
        self.tokenizer = self.folder.tagger_tokenizer()
        self.weights = weights or self.folder.tagger_weights[0]
        self._graph = open_graph(self.folder.tagger(self.weights), self.weights, folder, device)

    @property
    def types(self) -> tuple[str, ...]:
        """The entity types it finds."""
        return self.settings.types

    def run(self, batch: Batch) -> FloatArray:
        """One pass: arrays of `window_batch` to logits, ``(windows, length, types, 3)``."""
        return self._graph(batch)[0]

    def __call__(self, document: Document) -> Document:
        """The document with the mentions that are found in place of any it had, without ids.

        Raises:
            ModelError: if the graph fails, for lack of memory or because it does not fit.
        """
        windows = token_windows(document.text, self.tokenizer, self.settings.encoding)
        logits: list[FloatArray] = []
        try:
            for start in range(0, len(windows.ids), _MOST_WINDOWS):
                ids = windows.ids[start : start + _MOST_WINDOWS]
                batch = window_batch(ids, self.tokenizer.pad_id)
                logits.extend(self.run(batch))
        except ModelError as error:
            raise error.located(Place(document=document.id)) from None
        return read_tags(document, windows, logits, self.types)
