"""Units to learn from, grouped by length and made into batches of tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from relatome.data import Split, reach
from relatome.encode import (
    Asked,
    EncodedDocument,
    Encoding,
    PairSequence,
    Settings,
    Tokenizer,
    Unit,
    coreference_targets,
    direction_targets,
    encode,
    pair_type_targets,
    relation_targets,
    stack,
    tagging_targets,
    type_targets,
    unit_batch,
    unit_rows,
    units,
)
from relatome.encode.decode import FloatArray
from relatome.encode.targets import Gold
from relatome.errors import NOTHING_TO_LEARN, InputError
from relatome.training.lesson import TAUGHT, Lesson

# What holds of pairs, or with what probability a teacher thinks so.
Target = Gold | FloatArray

# Fills up the last batch where every process needs one of its own.
NOTHING = -1
# Batches are cut from shuffled stretches of this many batches, sorted by length within.
_STRETCH = 16


class Example(NamedTuple):
    """A unit with the gold rows of its pairs by task, each ``(P, classes)``.

    The gold of coreference has a row for every two mentions, ``(M, M, 2)``, that of tagging one for
    every token and type, ``(T, types, 3)``. What a teacher says of a task stands under the task's
    name with `TAUGHT`.
    """

    unit: Unit
    gold: dict[str, Target]

    @property
    def unrelated(self) -> bool:
        """Whether all its pairs are known to be unrelated."""
        return bool(self.gold["relation"][:, 0].all())


class Examples(Dataset[Example]):
    """All units of a split's documents that have a candidate pair to learn from.

    Pairs of which nothing is judged, as in a pool of corpora that annotate few pairs of types, are
    left out: they would be read for nothing.

    Raises:
        InputError: if none has.
    """

    def __init__(
        self,
        split: Split,
        settings: Settings,
        tokenizer: Tokenizer,
        lesson: Lesson | None = None,
    ) -> None:
        self.split = split
        self.settings = settings
        self.unknown_id = tokenizer.unknown_id
        self.asked: list[Asked] = []
        self.examples: list[Example] = []
        for document in split.documents:
            asked = encode(
                document, settings.schema, tokenizer, settings.encoding, settings.narrowing
            )
            if asked is not None:
                self.asked.append(asked)
                self.examples += _examples(asked, settings, lesson)
        if not self.examples:
            raise InputError(NOTHING_TO_LEARN, split=split.name)

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Example:
        """An example; for `NOTHING`, one of which nothing is judged."""
        if index != NOTHING:
            return self.examples[index]
        unit, gold = self.examples[0]
        return Example(unit, {task: np.zeros_like(rows) for task, rows in gold.items()})


def _examples(asked: Asked, settings: Settings, lesson: Lesson | None) -> Iterator[Example]:
    schema = settings.schema
    relation, novelty = relation_targets(asked, schema)
    gold: dict[str, Target] = {"relation": relation}
    if settings.judges_novelty:
        gold["novelty"] = novelty
    if settings.direction:
        gold["direction"] = direction_targets(asked, schema)
    if settings.typing:
        gold |= zip(("head_type", "tail_type"), type_targets(asked, schema), strict=True)
    if settings.pair_typing:
        gold["pair_typing"] = pair_type_targets(asked, schema)
    if lesson is not None:
        if asked.document.id in lesson.unlabelled:
            of_relations = gold.keys() & {"relation", "novelty", "direction"}
            gold |= {task: np.zeros_like(gold[task]) for task in of_relations}
        gold |= {task + TAUGHT: rows for task, rows in lesson.of(asked).items() if task in gold}
    judged = np.any([matrix.any(axis=1) for matrix in gold.values()], axis=0)
    for unit, of_all in zip(units(asked), unit_rows(asked), strict=True):
        rows = of_all[judged[of_all]]
        if not len(rows):
            continue
        of_unit = {task: matrix[rows] for task, matrix in gold.items()}
        if settings.coreference:
            of_unit["coreference"] = _coreference(unit)
        if isinstance(unit, EncodedDocument) and len(rows) < len(of_all):
            unit = unit.only(rows)
        if settings.tagging:
            assert isinstance(unit, EncodedDocument)
            of_unit["tagging"] = tagging_targets(unit, schema)
        yield Example(unit, of_unit)


def _coreference(unit: Unit) -> Gold:
    if isinstance(unit, PairSequence):
        # A mention of both entities is one of each, under either role.
        starts = unit.mention_starts
        both = (unit.head_starts, unit.tail_starts)
        return coreference_targets([np.flatnonzero(np.isin(starts, s)) for s in both], len(starts))
    entities = [row[row >= 0] for row in unit.entity_mentions]
    return coreference_targets(entities, len(unit.mention_tokens))


class Coverage(NamedTuple):
    """How much of a split's gold the model is asked about; nothing of it is lost to length.

    Attributes:
        documents: documents of the split.
        several_windows: documents longer than one window.
        shortened: pairs too far apart for one sequence, of which only the surroundings are read.
        candidates: pairs the model is asked about.
        gold: annotated relations.
        unreachable: those that no candidate can answer, counted by reason.
        pieces: word pieces of all windows.
        unknown_pieces: those the tokenizer has no entry for. More than a few mean that it is not
            the one the encoder was trained with, or not in its casing.
    """

    documents: int
    several_windows: int
    shortened: int
    candidates: int
    gold: int
    unreachable: dict[str, int]
    pieces: int
    unknown_pieces: int

    def __str__(self) -> str:
        lost = ", ".join(f"{count} {reason}" for reason, count in self.unreachable.items())
        return (
            f"{self.documents:,} documents ({self.several_windows:,} in several windows), "
            f"{self.candidates:,} candidates ({self.shortened:,} shortened), "
            f"{self.gold:,} relations, out of reach: {lost or 'none'}; "
            f"{self.unknown_pieces:,} of {self.pieces:,} word pieces unknown"
        )


def coverage(examples: Examples) -> Coverage:
    """Count what the encoded examples of a split reach of its gold."""
    documents = examples.split.documents
    unreachable: Counter[str] = Counter()
    schema = examples.settings.schema
    for document in documents:
        unreachable.update(reach(document, schema).reasons())
        if lost := examples.settings.narrowing.lost(document, schema):
            unreachable["the narrowing leaves the pair out"] += lost
    read = [example.unit for example in examples.examples]
    windows = [ids for unit in read for ids in unit.window_ids]
    return Coverage(
        documents=len(documents),
        several_windows=sum(units(asked)[0].windows > 1 for asked in examples.asked),
        shortened=sum(asked.shortened for asked in examples.asked),
        candidates=sum(len(asked.candidates) for asked in examples.asked),
        gold=sum(len(document.relations) for document in documents),
        unreachable=dict(unreachable),
        pieces=sum(map(len, windows)),
        unknown_pieces=sum(int((ids == examples.unknown_id).sum()) for ids in windows),
    )


def tensors(group: Sequence[Unit], pad_id: int, encoding: Encoding) -> dict[str, Tensor]:
    """One batch of units as the model reads it."""
    return {
        name: torch.from_numpy(array) for name, array in unit_batch(group, pad_id, encoding).items()
    }


class Collator:
    """Examples to a batch of tensors, with gold rows ``{task}_gold``, ``(B, P, classes)``."""

    def __init__(self, pad_id: int, encoding: Encoding) -> None:
        self.pad_id = pad_id
        self.encoding = encoding

    def __call__(self, examples: Sequence[Example]) -> dict[str, Tensor]:
        batch = tensors([example.unit for example in examples], self.pad_id, self.encoding)
        for task in examples[0].gold:
            # Padded rows have no gold class, so they are not judged.
            rows: list[Any] = [example.gold[task] for example in examples]
            batch[f"{task}_gold"] = torch.from_numpy(stack(rows, False))
        return batch


class LengthGroupedSampler(Sampler[int]):
    """Units of similar length next to one another, in an order fixed by seed and epoch.

    The order depends on nothing else, so a resumed run sees the batches it would have seen.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int,
        seed: int,
        drawn: Sequence[tuple[Sequence[int], float]] = (),
        multiple: int = 1,
    ) -> None:
        """Set up.

        Args:
            lengths: of the units, in tokens.
            batch_size: units per batch.
            seed: of the order.
            drawn: indices of units of which every epoch sees a share, and that share; no unit
                stands twice.
            multiple: an epoch has a multiple of so many units, the last ones `NOTHING`.
        """
        self.lengths = lengths
        self.batch_size = batch_size
        self.seed = seed
        self.drawn = [
            (np.asarray(indices, dtype=np.int64), round(share * len(indices)))
            for indices, share in drawn
        ]
        every = [indices for indices, _ in self.drawn]
        self.always = np.setdiff1d(np.arange(len(lengths)), np.concatenate((*every, [])))
        if not self.count:  # an epoch is never empty
            self.drawn = [(indices, 1) for indices in every if len(indices)][:1]
        self.multiple = multiple
        self.epoch = 0

    @property
    def count(self) -> int:
        """Units that an epoch sees."""
        return len(self.always) + sum(count for _, count in self.drawn)

    def set_epoch(self, epoch: int) -> None:
        """Called by the training loop before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return -(-self.count // self.multiple) * self.multiple

    def __iter__(self) -> Iterator[int]:
        random = np.random.default_rng((self.seed, self.epoch))
        drawn = [random.choice(every, count, replace=False) for every, count in self.drawn]
        order = random.permutation(np.concatenate((self.always, *drawn)))
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
        yield from [NOTHING] * (len(self) - len(order))
