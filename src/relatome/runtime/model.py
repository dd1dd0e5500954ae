"""Running a trained model with ONNX Runtime and NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from relatome.data import Document, Schema, Span
from relatome.encode import (
    AnchoredDocument,
    AnchoredPass,
    Asked,
    Batch,
    DocumentEncoding,
    EncodedDocument,
    EncodedText,
    attended,
    combined,
    decode,
    encode,
    encode_text,
    encoder_batch,
    inputs,
    length_batches,
    mention_batch,
    pair_batch,
    sentence_weights,
    softmax,
    unit_batch,
    units,
    weightiest,
    with_evidence,
)
from relatome.encode.decode import FloatArray
from relatome.encode.tokens import IntArray
from relatome.errors import MODEL_NO_COREFERENCE, MODEL_RUN, ModelError, Place
from relatome.runtime.folder import ATTENTION, COREFERENCE, PAIRS, ModelFolder, Weights
from relatome.runtime.graph import Device, Graph
from relatome.runtime.opening import open_graph

# Bounds on what one call of a graph works on, so that memory does not grow with the document. Lower
# ones take more of it: smaller blocks are not given back to the system one by one.
_MOST_WINDOWS = 8
_MOST_SEQUENCE_TOKENS = 2048
_MOST_PAIR_TOKENS = 2_000_000
_MOST_MENTION_PAIRS = 500_000

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


class Reading(NamedTuple):
    """A document as the encoder read it, whatever its mentions are grouped to.

    Attributes:
        text: what went in.
        vectors: of all tokens, ``(windows, length, hidden)``.
    """

    text: EncodedText
    vectors: FloatArray


class Coreferent(NamedTuple):
    """Two mentions, by index, whose groups may be of one entity, and how probable that is."""

    first: int
    second: int
    probability: float


class Model:
    """A trained relation model.

    One document is read at a time, all its windows in one pass; under anchored encoding so is each
    of its entities, under pair encoding its pairs are read in batches of like length. Several
    threads may ask at once, each about its own document: so the cores are busy, nothing is spent on
    padding, and a document's scores do not depend on its neighbours, which they would in int8,
    where activations are scaled per batch.
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
        self._coreference = None
        if COREFERENCE in self.folder.manifest.files:
            self._coreference = Graph(self.folder.read(COREFERENCE), folder, device)

    @property
    def schema(self) -> Schema:
        """Entity types, labels and legal pairs the model was trained for."""
        return self.settings.schema

    @property
    def learnt_coreference(self) -> bool:
        """Whether it can say which mentions are of one entity."""
        return self._coreference is not None

    @property
    def groups_mentions(self) -> bool:
        """Whether what it says of that made better groups on dev."""
        return self.learnt_coreference and self.settings.coreference_threshold is not None

    def read(self, document: Document) -> Reading | None:
        """One pass of the encoder over text and types of mentions; None if there is no token.

        Only under document encoding, and types must be the schema's own. What it gives serves
        `coreferent` and, however the mentions are grouped then, `relations`.

        Raises:
            ModelError: as `score`.
        """
        settings = self.settings
        assert isinstance(settings.encoding, DocumentEncoding)
        text = encode_text(document, settings.schema, self._tokenizer, settings.encoding)
        if text is None:
            return None
        try:
            return Reading(text, self._token_vectors(text))
        except ModelError as error:
            raise error.located(Place(document=document.id)) from None

    def coreferent(
        self, document: Document, reading: Reading, least: float = 0.5
    ) -> list[Coreferent]:
        """Groups of mentions that are of one entity, each named by its first mention.

        How probable that is of two groups is the mean over their mentions, each of one with each of
        the other (average linkage): one doubtful pair joins nothing.

        Args:
            document: mentions of one identifier are a group; one without any is a group by itself.
            reading: what `read` gave for the document, whatever its identifiers were.
            least: groups that are less probably the same are left out.

        Returns:
            indices of mentions of one type, the earlier in the text first.

        Raises:
            ModelError: as `score`; if the model did not learn coreference.
        """
        if self._coreference is None:
            raise ModelError(MODEL_NO_COREFERENCE, at=Place(str(self.folder.path)))
        spans, vectors = reading.text.spans, reading.vectors
        order = np.lexsort((spans[:, 1], spans[:, 0]))  # as the text has them
        mentions = [document.mentions[i] for i in order]
        keys = [(m.type, m.entity_ids or order[i]) for i, m in enumerate(mentions)]
        numbers = {key: index for index, key in enumerate(dict.fromkeys(keys))}
        group_of = np.array([numbers[key] for key in keys], dtype=np.int64)
        batch = mention_batch([reading.text], vectors.shape[1])
        tokens = batch["mention_tokens"][:, order]  # (1, M, K)
        sums = np.zeros((len(numbers), len(numbers)), dtype=np.float32)
        step = max(1, _MOST_MENTION_PAIRS // max(1, len(order)))
        for start in range(1, len(order), step):
            later = np.arange(start, min(start + step, len(order)))
            earlier = np.arange(later[-1])
            feed: dict[str, npt.NDArray[Any]] = {
                "token_vectors": vectors,
                "token_source": batch["token_source"],
                "mention_tokens": tokens[:, earlier],
                "other_tokens": tokens[:, later],
            }
            try:
                (logits,) = self._coreference(feed)
            except ModelError as error:
                raise error.located(Place(document=document.id)) from None
            same = np.where(earlier[:, None] < later, softmax(logits[0])[..., 1], np.float32(0))
            np.add.at(sums, (group_of[earlier][:, None], group_of[later]), same)
        _, first, count = np.unique(group_of, return_index=True, return_counts=True)
        mean = (sums + sums.T) / (count[:, None] * count)
        types = np.array([type for type, _ in numbers], dtype=np.str_)
        legal = np.triu((mean >= least) & (types[:, None] == types), k=1)
        return [
            Coreferent(int(order[first[one]]), int(order[first[other]]), float(mean[one, other]))
            for one, other in np.argwhere(legal)
        ]

    def encode(self, document: Document, reading: Reading | None = None) -> Asked | None:
        """The document as arrays, or None if it has no candidate pair.

        Its entity types must be the schema's own; `Schema.conform` sees to it.

        Args:
            document: the document.
            reading: what `read` gave for it, if it was read already.
        """
        settings = self.settings
        return encode(
            document,
            settings.schema,
            self._tokenizer,
            settings.encoding,
            settings.narrowing,
            None if reading is None else reading.text,
        )

    def score(self, asked: Asked, reading: Reading | None = None) -> PairScores:
        """Logits and evidence of every candidate.

        Args:
            asked: what `encode` gave.
            reading: what `read` gave for the document, for the encoder not to run again.

        Raises:
            ModelError: if a graph fails, for lack of memory or because it does not fit.
        """
        try:
            if isinstance(asked, AnchoredDocument):
                return self._score_passes(asked)
            if isinstance(asked, EncodedDocument):
                vectors = self._token_vectors(asked) if reading is None else reading.vectors
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

    def relations(self, asked: Asked, reading: Reading | None = None) -> Document:
        """The document with the relations the model asserts in place of any it had.

        Each says in its `evidence` which sentences it was read in. Arguments as for `score`.
        """
        scores = self.score(asked, reading)
        decoding = self.settings.decoding
        found = decode(
            asked, scores.relation, scores.novelty, self.schema, decoding, scores.direction
        )
        return with_evidence(found, asked, scores.evidence)

    def _token_vectors(self, encoded: EncodedText) -> FloatArray:
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

    def _score_passes(self, asked: AnchoredDocument) -> PairScores:
        """The means of what is read from either end of each pair."""
        spans = asked.sentences
        scores = combined(asked, (self._score_pass(each, spans) for each in asked.passes))
        evidence = None
        if ATTENTION in scores:
            evidence = weightiest(asked.whole, spans, scores[ATTENTION])
        novelty, direction = (scores.get(task) for task in ("novelty", "direction"))
        return PairScores(scores["relation"], novelty, direction, evidence)

    def _score_pass(self, anchored: AnchoredPass, spans: Sequence[Span]) -> dict[str, FloatArray]:
        """Outputs by name for the pairs of an anchor; attention to each of the sentences."""
        vectors = self._token_vectors(anchored)
        parts = []
        # with no entity but the anchor and its partners
        for part in _parts(anchored.part(0, len(anchored.pairs))):
            outputs = self._run_pairs(pair_batch([part], vectors.shape[1]), vectors)
            rows = {name: values[0] for name, values in outputs.items()}
            if ATTENTION in rows:
                rows[ATTENTION] = sentence_weights(part, spans, rows[ATTENTION])
            parts.append(rows)
        return {name: np.concatenate([rows[name] for rows in parts]) for name in parts[0]}

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
