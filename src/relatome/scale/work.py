"""What is done with every shard, as data: each worker makes its own pipeline of it."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from relatome.entities import Dictionary
from relatome.errors import SCAN_UNREADABLE, UsageError
from relatome.pipeline import DEFAULT_MODEL, GIVEN, find_model, load, tagger_folder
from relatome.runtime import Device, ModelFolder, Weights
from relatome.runtime.folder import MANIFEST
from relatome.scale.shard import DoShard, extract_shard, sha256

Identity = dict[str, str | float | None]


class Work(Protocol):
    """What workers do. It is sent to them, so it must be plain data."""

    def identity(self) -> Identity:
        """Everything the result depends on besides the inputs; a scan goes on with the same only.

        Raises:
            RelatomeError: if a part of it is missing.
        """

    def load(self) -> DoShard:
        """What does a shard; called once in each worker.

        Raises:
            RelatomeError: if a part of it is missing.
        """


class Extraction(msgspec.Struct, frozen=True):
    """Extraction of relations; arguments as for `relatome.load`, but names and paths only.

    `dictionary` is a file for `relatome.entities.Dictionary`. More `threads` than one are for
    devices that one document at a time does not keep busy; they do not change the result.
    """

    model: str = DEFAULT_MODEL
    tagger: str = "auto"
    dictionary: str | None = None
    weights: Weights | None = None
    min_score: float = 0.0
    precision: float | None = None
    device: Device = "cpu"
    threads: int = 1

    def identity(self) -> Identity:
        """Options, and hashes of the model folders and the dictionary."""
        folder = ModelFolder(find_model(self.model))
        tagger = None if self.tagger == GIVEN else tagger_folder(folder, self.tagger)
        return {
            "model": folder.manifest.name,
            "model version": folder.manifest.version,
            "model SHA-256": _manifest_hash(folder.path),
            # Whether the order of head and tail means anything, which the graph must know.
            "pairs": "ordered" if folder.settings.schema.ordered else "unordered",
            "tagger": self.tagger if self.tagger in ("auto", "local", GIVEN) else "folder",
            "tagger SHA-256": None if tagger is None else _manifest_hash(tagger),
            "dictionary SHA-256": _file_hash(self.dictionary),
            "weights": self.weights,
            "min score": self.min_score,
            "precision": self.precision,
            "device": self.device,
        }

    def load(self) -> DoShard:
        """A pipeline, ready to read."""
        pipeline = load(
            self.model,
            tagger=self.tagger,
            weights=self.weights,
            threads=1,
            min_score=self.min_score,
            precision=self.precision,
            device=self.device,
        )
        if self.dictionary is not None:
            canonical = pipeline.schema.canonical_type
            pipeline.linker = Dictionary.read(Path(self.dictionary), canonical)
        if self.tagger != GIVEN:
            _ = pipeline.tagger  # loaded now: if it is missing, no document is to blame
        made = pipeline.model.folder.manifest
        return partial(
            extract_shard,
            extractor=pipeline,
            model=made.name,
            version=made.version,
            threads=self.threads,
        )


def _file_hash(path: str | None) -> str | None:
    """The hash of a file of the user's, if there is one.

    Raises:
        UsageError: if it cannot be read.
    """
    try:
        return None if path is None else sha256(Path(path))
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(SCAN_UNREADABLE, path=path, reason=reason) from None


def _manifest_hash(folder: Path) -> str:
    """The hash of ``model.json``, which has those of all other files."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
