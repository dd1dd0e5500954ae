"""Encoded training documents, grouped by length and made into batches of tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from relatome.data import Split, reach
from relatome.encode import (
    IGNORED,
    EncodedDocument,
    Settings,
    Tokenizer,
    encode_document,
    encoder_batch,
    pair_batch,
    relation_targets,
)
from relatome.encode.tokens import IntArray
from relatome.errors import NOTHING_TO_LEARN, InputError

# Batches are cut from shuffled stretches of this many batches, sorted by length within.
_STRETCH = 16


class Example(NamedTuple):
    """A document with its gold classes, both ``(P,)``."""

    encoded: EncodedDocument
    relation: IntArray
    novelty: IntArray


class Examples(Dataset[Example]):
    """All documents of a split that have a candidate pair.

    Raises:
        InputError: if none has.
    """

    def __init__(self, split: Split, settings: Settings, tokenizer: Tokenizer) -> None:
        self.split = split
        self.unknown_id = tokenizer.unknown_id
        self.schema = settings.schema
        self.examples: list[Example] = []
        for document in split.documents:
            encoded = encode_document(document, settings.schema, tokenizer, settings.encoding)
            if encoded is not None:
                targets = relation_targets(encoded, settings.schema)
                self.examples.append(Example(encoded, *targets))
        if not self.examples:
            raise InputError(NOTHING_TO_LEARN, split=split.name)

    @property
    def encoded(self) -> list[EncodedDocument]:
        """The documents as arrays, in order."""
        return [example.encoded for example in self.examples]

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Example:
        return self.examples[index]


class Coverage(NamedTuple):
    """How much of a split's gold the model is asked about; nothing of it is lost to length.

    Attributes:
        documents: documents of the split.
        several_windows: documents longer than one window.
        candidates: pairs the model is asked about.
        gold: annotated relations.
        unreachable: those that no candidate can answer, counted by reason.
        pieces: word pieces of all windows.
        unknown_pieces: those the tokenizer has no entry for. More than a few mean that it is not
            the one the encoder was trained with, or not in its casing.
    """

    documents: int
    several_windows: int
    candidates: int
    gold: int
    unreachable: dict[str, int]
    pieces: int
    unknown_pieces: int

    def __str__(self) -> str:
        lost = ", ".join(f"{count} {reason}" for reason, count in self.unreachable.items())
        return (
            f"{self.documents:,} documents ({self.several_windows:,} in several windows), "
            f"{self.candidates:,} candidates, {self.gold:,} relations, out of reach: "
            f"{lost or 'none'}; {self.unknown_pieces:,} of {self.pieces:,} word pieces unknown"
        )


def coverage(examples: Examples) -> Coverage:
    """Count what the encoded examples of a split reach of its gold."""
    documents = examples.split.documents
    unreachable: Counter[str] = Counter()
    for document in documents:
        unreachable.update(reach(document, examples.schema).reasons())
    encoded = examples.encoded
    return Coverage(
        documents=len(documents),
        several_windows=sum(len(e.window_ids) > 1 for e in encoded),
        candidates=sum(len(e.pairs) for e in encoded),
        gold=sum(len(document.relations) for document in documents),
        unreachable=dict(unreachable),
        pieces=sum(len(ids) for e in encoded for ids in e.window_ids),
        unknown_pieces=sum(
            int((ids == examples.unknown_id).sum()) for e in encoded for ids in e.window_ids
        ),
    )


def tensors(documents: Sequence[EncodedDocument], pad_id: int) -> dict[str, Tensor]:
    """One batch of documents as the model reads it."""
    windows = encoder_batch(documents, pad_id)
    length = windows["input_ids"].shape[1]
    arrays = windows | pair_batch(documents, length)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


class Collator:
    """Examples to a batch of tensors with their targets, ``(B, P)`` each."""

    def __init__(self, pad_id: int) -> None:
        self.pad_id = pad_id

    def __call__(self, examples: Sequence[Example]) -> dict[str, Tensor]:
        batch = tensors([example.encoded for example in examples], self.pad_id)
        pairs = batch["pairs"].shape[1]
        for name in ("relation", "novelty"):
            rows = np.full((len(examples), pairs), IGNORED, dtype=np.int64)
            for row, example in zip(rows, examples, strict=True):
                targets = getattr(example, name)
                row[: len(targets)] = targets
            batch[f"{name}_targets"] = torch.from_numpy(rows)
        return batch


class LengthGroupedSampler(Sampler[int]):
    """Documents of similar length next to one another, in an order fixed by seed and epoch.

    The order depends on nothing else, so a resumed run sees the batches it would have seen.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths = lengths
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the training loop before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        random = np.random.default_rng((self.seed, self.epoch))
        order = random.permutation(len(self.lengths))
        stretch = self.batch_size * _STRETCH
        batches = []
        for start in range(0, len(order), stretch):
            part = sorted(order[start : start + stretch], key=lambda i: -self.lengths[i])
            batches += [
                part[at : at + self.batch_size] for at in range(0, len(part), self.batch_size)
            ]
        # The last batch may be short, and a short one must stay last.
        short = batches.pop() if len(batches[-1]) < self.batch_size else []
        random.shuffle(batches)
        for batch in (*batches, short):
            yield from (int(index) for index in batch)
