"""What a pool is made of: plain values, so that another pool is another table."""

from __future__ import annotations

from typing import Literal

import msgspec

from relatome.data import Schema

Negatives = Literal["keep", "merge", "drop"]
"""What becomes of the pairs a corpus leaves unrelated: a class of its own, the class "no relation"
of all, or (but for the first source) no examples."""


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


class Pool(msgspec.Struct, frozen=True):
    """Several corpora as one.

    Attributes:
        name: as in ``relatome corpora build``.
        title: what it is, in one line.
        citation: whose pool it is.
        schema: the task, before the classes of unrelated pairs are added.
        sources: a document of several is taken from the first that has it.
    """

    name: str
    title: str
    citation: str
    schema: Schema
    sources: tuple[PoolSource, ...]
