"""Which documents of one corpus are also in another, whatever they are called there.

Two documents are the same if they share an id (or PubMed id), or if one's text is in the other: a
sentence in an abstract, an abstract under another number or with another punctuation. Text is
compared by its runs of `RUN` words. Where at least `SHARED` of the runs of the shorter text are in
the other, the two are taken to be the same; shorter texts must be equal word for word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from relatome.data import Document

RUN = 8
SHARED = 0.5
PMID = "pmid"

_WORD = re.compile(r"[^\W_]+")
_Hashes = npt.NDArray[np.uint64]
# An odd multiplier, so that the hash of a run depends on the order of its words (modulo 2**64).
_FACTORS = np.array(
    [pow(0x9E3779B97F4A7C15, power, 2**64) for power in range(RUN)], dtype=np.uint64
)


class Twin(NamedTuple):
    """A document found elsewhere.

    Attributes:
        id: its id there.
        by: whether it was found by its id or by its text.
    """

    id: str
    by: Literal["id", "text"]


class Index:
    """Documents that others are compared with."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Take in documents; they are read once."""
        self._ids: list[str] = []
        self._by_id: dict[str, int] = {}
        self._short: dict[int, int] = {}
        self._sizes: list[int] = []
        parts: list[_Hashes] = []
        for index, document in enumerate(documents):
            self._ids.append(document.id)
            for key in ids_of(document):
                self._by_id.setdefault(key, index)
            runs, whole = _runs(document.text)
            self._sizes.append(len(runs))
            parts.append(runs)
            if whole:
                self._short.setdefault(whole, index)
        runs = np.concatenate(parts) if parts else np.empty(0, np.uint64)
        owners = np.repeat(np.arange(len(parts)), self._sizes)
        order = np.argsort(runs, kind="stable")
        self._runs, self._owners = runs[order], owners[order]

    def find(self, document: Document) -> Twin | None:
        """The first document here that is the same as `document`, by id before by text."""
        for key in ids_of(document):
            if key in self._by_id:
                return Twin(self._ids[self._by_id[key]], "id")
        runs, whole = _runs(document.text)
        found = self._short.get(whole) if whole else self._containing(runs)
        return None if found is None else Twin(self._ids[found], "text")

    def _containing(self, runs: _Hashes) -> int | None:
        """The first document of which the shorter text shares enough with the other."""
        first = np.searchsorted(self._runs, runs, "left")
        last = np.searchsorted(self._runs, runs, "right")
        owners = [self._owners[a:b] for a, b in zip(first, last, strict=True) if a < b]
        if not owners:
            return None
        found, counts = np.unique(np.concatenate(owners), return_counts=True)
        for owner, count in zip(found.tolist(), counts.tolist(), strict=True):
            if count >= SHARED * min(len(runs), self._sizes[owner]):
                return int(owner)
        return None


def ids_of(document: Document) -> Iterator[str]:
    """The ids a document is known by: its own, and its PubMed id where that is another."""
    yield document.id
    if PMID in document.infons:
        yield document.infons[PMID]


def _runs(text: str) -> tuple[_Hashes, int]:
    """Hashes of the different runs of words; for a text of fewer words, one of the whole, not 0."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < RUN:
        return np.empty(0, np.uint64), crc32(" ".join(words).encode()) if words else 0
    hashes = np.array([crc32(word.encode()) for word in words], dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, RUN)
    return np.unique((windows * _FACTORS).sum(axis=1, dtype=np.uint64)), 0
