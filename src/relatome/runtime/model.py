"""Running a trained model with ONNX Runtime and NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from relatome.data import Document, Schema
from relatome.encode import (
    Asked,
    Batch,
    EncodedDocument,
    attended,
    decode,
    encode,
    encoder_batch,
    inputs,
    length_batches,
    pair_batch,
    unit_batch,
    units,
    with_evidence,
)
from relatome.encode.decode import FloatArray
from relatome.encode.tokens import IntArray
from relatome.errors import MODEL_RUN, ModelError, Place
from relatome.runtime.folder import ATTENTION, PAIRS, ModelFolder, Weights
from relatome.runtime.graph import Device, Graph, open_graph

# Bounds on what one call of a graph works on, so that memory does not grow with the document. Lower
# ones take more of it: smaller blocks are not given back to the system one by one.
_MOST_WINDOWS = 8
_MOST_SEQUENCE_TOKENS = 2048
_MOST_PAIR_TOKENS = 2_000_000

_Array = TypeVar("_Array", FloatArray, IntArray)


class PairScores(NamedTuple):
    """What a model says of the P candidates of a document.

    Attributes:
        relation: logits, ``(P, labels+1)``, class 0 being no relation.
        novelty: logits, ``(P, 2)``, known and novel; None where the model does not judge it.
        direction: logits, ``(P, 3)``, subject head, tail and neither; None likewise.
        evidence: the sentences looked at, as `relatome.encode.attended` gives them, ``(P, 3)``;
            None where the model does not tell.
    """

    relation: FloatArray
    novelty: FloatArray | None = None
    direction: FloatArray | None = None
    evidence: IntArray | None = None


class Model:
    """A trained relation model.

    One document is read at a time, all its windows in one pass, or under pair encoding its pairs
    in batches of like length. Several threads may ask at once, each about its own document: so
    the cores are busy, nothing is spent on padding, and a document's scores do not depend on its
    neighbours, which they would in int8, where activations are scaled per batch.
    """

    def __init__(
        self, folder: Path, weights: Weights | None = None, device: Device = "cpu"
    ) -> None:
        """Load a model folder.

        Args:
            folder: as written by ``relatome models export``.
            weights: int8, fp32 or bf16; the fastest the folder holds if not given. bf16 needs the
                extra `fast`.
            device: what computes.

        Raises:
            UsageError: if there is no such folder, or it lacks the weights; if there is no such
                device.
            ModelError: if a file is missing, altered, or no valid graph.
        """
        self.folder = ModelFolder(folder)
        self.settings = self.folder.settings
        self.weights = weights or self.folder.weights[0]
        self._tokenizer = self.folder.tokenizer()
        self._encoder_inputs, self._pair_inputs = inputs(self.settings.encoding)
        self._encoder = open_graph(self.folder.encoder(self.weights), self.weights, folder, device)
        self._pairs = Graph(self.folder.read(PAIRS), folder, device)

    @property
    def schema(self) -> Schema:
        """Entity types, labels and legal pairs the model was trained for."""
        return self.settings.schema

    def encode(self, document: Document) -> Asked | None:
        """The document as arrays, or None if it has no candidate pair.

        Its entity types must be the schema's own; `Schema.conform` sees to it.
        """
        settings = self.settings
        return encode(
            document, settings.schema, self._tokenizer, settings.encoding, settings.narrowing
        )

    def score(self, asked: Asked) -> PairScores:
        """Logits and evidence of every candidate.

        Raises:
            ModelError: if a graph fails, for lack of memory or because it does not fit.
        """
        try:
            if isinstance(asked, EncodedDocument):
                vectors = self._token_vectors(asked)
                parts = [self._score_part(p, vectors, asked) for p in _parts(asked)]
            else:
                parts = self._score_sequences(asked)
        except ModelError as error:
            raise error.located(Place(document=asked.document.id)) from None
        return PairScores(
            np.concatenate([part.relation for part in parts]),
            _joined([part.novelty for part in parts]),
            _joined([part.direction for part in parts]),
            _joined([part.evidence for part in parts]),
        )

    def relations(self, asked: Asked) -> Document:
        """The document with the relations the model asserts in place of any it had.

        Each says in its `evidence` which sentences it was read in.
        """
        scores = self.score(asked)
        decoding = self.settings.decoding
        found = decode(
            asked, scores.relation, scores.novelty, self.schema, decoding, scores.direction
        )
        return with_evidence(found, asked, scores.evidence)

    def _token_vectors(self, encoded: EncodedDocument) -> FloatArray:
        """Encoder output of all windows, ``(windows, length, hidden)``."""
        arrays = encoder_batch([encoded], self._tokenizer.pad_id)
        windows = len(encoded.window_ids)
        parts = []
        for start in range(0, windows, _MOST_WINDOWS):
            feed = {
                name: arrays[name][start : start + _MOST_WINDOWS] for name in self._encoder_inputs
            }
            parts.append(self.run_encoder(feed))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def run_encoder(self, feed: Batch) -> FloatArray:
        """One pass of the bare encoder: arrays as `encoder_batch` makes them to token vectors."""
        return self._encoder(feed)[0]

    def _score_part(
        self, part: EncodedDocument, vectors: FloatArray, whole: EncodedDocument
    ) -> PairScores:
        outputs = self._run_pairs(pair_batch([part], vectors.shape[1]), vectors)
        evidence = None
        if ATTENTION in outputs:
            # Here, because the weights of all tokens for all pairs may be more than memory holds.
            evidence = attended(part, whole.sentences, outputs[ATTENTION][0])
        return _of_unit(outputs, 0)._replace(evidence=evidence)

    def _score_sequences(self, asked: Asked) -> list[PairScores]:
        """One part per pair, in order."""
        every = units(asked)
        found: dict[int, PairScores] = {}
        for group in length_batches(every, _MOST_SEQUENCE_TOKENS):
            batch = unit_batch(group, self._tokenizer.pad_id, self.settings.encoding)
            vectors = self.run_encoder({name: batch[name] for name in self._encoder_inputs})
            outputs = self._run_pairs(batch, vectors)
            for row, unit in enumerate(group):
                found[id(unit)] = _of_unit(outputs, row)
        return [found[id(unit)] for unit in every]

    def _run_pairs(self, batch: Batch, vectors: FloatArray) -> dict[str, FloatArray]:
        """Outputs for a batch of units by name, ``(units, P, ...)``."""
        feed: dict[str, npt.NDArray[Any]] = {name: batch[name] for name in self._pair_inputs}
        feed["token_vectors"] = vectors
        outputs = dict(zip(self._pairs.outputs, self._pairs(feed), strict=True))
        scored = outputs["relation"].shape[-1] if "relation" in outputs else 0
        named = 1 + len(self.schema.labels)
        if scored != named:
            reason = f"its graph scores {scored} classes, its settings name {named}"
            raise ModelError(MODEL_RUN, at=Place(str(self.folder.path)), reason=reason)
        return outputs


def _joined(parts: Sequence[_Array | None]) -> _Array | None:
    """The rows of all parts, one after the other; None where no part has any."""
    present = [part for part in parts if part is not None]
    return np.concatenate(present) if present else None


def _of_unit(outputs: Mapping[str, FloatArray], row: int) -> PairScores:
    """The logits of one unit of a batch."""
    novelty, direction = (outputs.get(task) for task in ("novelty", "direction"))
    return PairScores(
        outputs["relation"][row],
        None if novelty is None else novelty[row],
        None if direction is None else direction[row],
    )


def _parts(encoded: EncodedDocument) -> Iterator[EncodedDocument]:
    """The document in parts whose pairs × tokens stay bounded; itself if it is small enough."""
    most = max(1, _MOST_PAIR_TOKENS // len(encoded.window_of))
    if len(encoded.pairs) <= most:
        yield encoded
        return
    for start in range(0, len(encoded.pairs), most):
        yield encoded.part(start, start + most)
