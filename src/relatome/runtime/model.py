"""Running a trained model with ONNX Runtime and NumPy alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime

from relatome.data import Document, Schema
from relatome.encode import (
    ENCODER_INPUTS,
    PAIR_INPUTS,
    Batch,
    EncodedDocument,
    decode,
    encode_document,
    encoder_batch,
    pair_batch,
)
from relatome.encode.decode import FloatArray
from relatome.errors import MODEL_GRAPH, ModelError, Place
from relatome.runtime.folder import PAIRS, ModelFolder, Precision

# Bounds on what one call of a graph works on, so that memory does not grow with the document.
_MOST_WINDOWS = 8
_MOST_PAIR_TOKENS = 2_000_000


class Model:
    """A trained relation model.

    One document is read at a time, all its windows in one pass. On a processor a single abstract
    keeps the cores as busy as a batch would, nothing is spent on padding, and a document's
    scores do not depend on its neighbours, which they would in int8, where activations are
    scaled per batch.
    """

    def __init__(
        self, folder: Path, precision: Precision | None = None, threads: int | None = None
    ) -> None:
        """Load a model folder.

        Args:
            folder: as written by ``relatome models export``.
            precision: int8 or fp32; the fastest the folder holds if not given.
            threads: processor threads, all cores if not given.

        Raises:
            UsageError: if there is no such folder, or it lacks the precision.
            ModelError: if a file is missing, altered, or no valid graph.
        """
        self.folder = ModelFolder(folder)
        self.settings = self.folder.manifest.settings
        self.precision = precision or self.folder.precisions[0]
        self._tokenizer = self.folder.tokenizer()
        threads = threads or _cores()
        self._encoder = _session(self.folder.encoder(self.precision), threads, folder)
        self._pairs = _session(self.folder.read(PAIRS), threads, folder)

    @property
    def schema(self) -> Schema:
        """Entity types, labels and legal pairs the model was trained for."""
        return self.settings.schema

    def encode(self, document: Document) -> EncodedDocument | None:
        """The document as arrays, or None if it has no candidate pair.

        Its entity types must be the schema's own; `Schema.conform` sees to it.
        """
        return encode_document(document, self.schema, self._tokenizer, self.settings.encoding)

    def score(self, encoded: EncodedDocument) -> tuple[FloatArray, FloatArray | None]:
        """Logits of every candidate: relation ``(P, labels+1)`` and novelty ``(P, 2)`` or None."""
        vectors = self._token_vectors(encoded)
        parts = [self._score_part(part, vectors) for part in _parts(encoded)]
        novelty = [part.novelty for part in parts if part.novelty is not None]
        return (
            np.concatenate([part.relation for part in parts]),
            np.concatenate(novelty) if novelty else None,
        )

    def relations(self, encoded: EncodedDocument) -> Document:
        """The document with the relations the model asserts in place of any it had."""
        relation, novelty = self.score(encoded)
        return decode(encoded, relation, novelty, self.schema, self.settings.decoding)

    def _token_vectors(self, encoded: EncodedDocument) -> FloatArray:
        """Encoder output of all windows, ``(windows, length, hidden)``."""
        arrays = encoder_batch([encoded], self._tokenizer.pad_id)
        windows = len(encoded.window_ids)
        parts = []
        for start in range(0, windows, _MOST_WINDOWS):
            feed = {name: arrays[name][start : start + _MOST_WINDOWS] for name in ENCODER_INPUTS}
            parts.append(self.run_encoder(feed))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def run_encoder(self, feed: Batch) -> FloatArray:
        """One pass of the bare encoder: arrays as `encoder_batch` makes them to token vectors."""
        vectors: FloatArray = self._encoder.run(None, feed)[0]
        return vectors

    def _score_part(self, part: EncodedDocument, vectors: FloatArray) -> _PairScores:
        arrays = pair_batch([part], vectors.shape[1])
        feed = {"window_vectors": vectors, **{name: arrays[name] for name in PAIR_INPUTS}}
        outputs = self._pairs.run(None, feed)
        return _PairScores(outputs[0][0], outputs[1][0] if len(outputs) > 1 else None)


class _PairScores(NamedTuple):
    relation: FloatArray
    novelty: FloatArray | None


def _parts(encoded: EncodedDocument) -> Iterator[EncodedDocument]:
    """The document in parts whose pairs × tokens stay bounded; itself if it is small enough."""
    most = max(1, _MOST_PAIR_TOKENS // len(encoded.window_of))
    if len(encoded.pairs) <= most:
        yield encoded
        return
    for start in range(0, len(encoded.pairs), most):
        yield encoded.part(start, start + most)


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _session(graph: bytes, threads: int, folder: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # An arena keeps the largest buffers ever asked for; with documents of every length that is
    # most of the memory, and it saves no time that can be measured.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the bindings raise several kinds
        reason = str(error).strip().splitlines()[0]
        raise ModelError(MODEL_GRAPH, at=Place(str(folder)), reason=reason) from None
