"""What a pool is made of: plain values, so that another pool is another table."""

from __future__ import annotations

from typing import Literal

import msgspec

from relatome.data import Schema

Negatives = Literal["keep", "merge", "drop"]
"""What becomes of the pairs a corpus leaves unrelated: a class of its own, the class "no relation"
of all, or (but for the first source) no examples."""


Role = Literal["train", "dev", "test"]


class PoolSource(msgspec.Struct, frozen=True):
    """A corpus in a pool.

    Attributes:
        name: how documents name it (infon ``corpus``).
        prompt_word: the word prompts have for it (infon ``prompt_word``). Sources with the same
            word are annotated in the same habit.
        train: the splits to learn from, such as ``bc5cdr:train``.
        labels: its relation types and what they become.
        types: its entity types and what they become.
        annotated: the type pairs, in the pool's types, of which it annotates all that a document
            has. The others, and all pairs of a repository, are no examples where unrelated.
        negative: the class of its unrelated pairs, ``None`` or ``None-…``.
        held_out: published splits that no training document may come from.
        divided: the part of `train` to be held out by document where none is published.
        by_sentence: whether relations never leave a sentence; the pool has a document for each.
        joined: whether several records may have the same text; the pool has one document for it.
        keeps_labels: whether a pair keeps all of its labels. Those of a target stay its own.
    """

    name: str
    prompt_word: str
    train: tuple[str, ...]
    labels: dict[str, str]
    types: dict[str, str]
    annotated: tuple[tuple[str, str], ...] = ()
    negative: str = ""
    held_out: tuple[str, ...] = ()
    divided: float = 0.0
    by_sentence: bool = False
    joined: bool = False
    keeps_labels: bool = False


class Target(msgspec.Struct, frozen=True):
    """The corpus that a pool is for: it keeps its own labels, and its documents are splits apart.

    Attributes:
        source: how its training documents become the pool's.
        splits: its splits for selection and testing, such as ``ddi:test``, and what each is for.
    """

    source: PoolSource
    splits: dict[str, Role]


class Pool(msgspec.Struct, frozen=True):
    """Several corpora as one.

    Attributes:
        name: as in ``relatome corpora build``.
        title: what it is, in one line.
        citation: whose pool it is.
        schema: the task, before the classes of unrelated pairs are added.
        sources: a document of several is taken from the first that has it.
        target: the corpus that the pool is for, which is none of `sources`; None where all are
            alike. A document of the target and of sources is taken from the target.
    """

    name: str
    title: str
    citation: str
    schema: Schema
    sources: tuple[PoolSource, ...]
    target: Target | None = None

    @property
    def learnt_from(self) -> tuple[PoolSource, ...]:
        """All whose documents are learnt from, in the order that decides who keeps a document."""
        return self.sources if self.target is None else (self.target.source, *self.sources)

    @property
    def splits(self) -> dict[str, Role]:
        """What each split of the pool is for, those aside that are asked for in making it."""
        if self.target is None:
            return {"train": "train", "test": "test"}
        own = {name.rpartition(":")[2]: role for name, role in self.target.splits.items()}
        return {"source": "train", "train": "train", **own}
