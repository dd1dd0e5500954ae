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

from relatome.data import Document, Split

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
        self._by_id: dict[str, list[int]] = {}
        self._short: dict[int, list[int]] = {}
        self._texts: list[tuple[_Hashes, int]] = []
        for index, document in enumerate(documents):
            self._ids.append(document.id)
            for key in ids_of(document):
                self._by_id.setdefault(key, []).append(index)
            runs, whole = _runs(document.text)
            self._texts.append((runs, whole))
            if whole:
                self._short.setdefault(whole, []).append(index)
        parts = [runs for runs, _ in self._texts]
        self._sizes = np.array([len(part) for part in parts], dtype=np.int64)
        runs = np.concatenate(parts) if parts else np.empty(0, np.uint64)
        owners = np.repeat(np.arange(len(parts)), self._sizes)
        order = np.argsort(runs, kind="stable")
        runs, self._owners = runs[order], owners[order]
        # Every different run once, where its owners begin, and how many they are.
        self._first = np.flatnonzero(np.diff(runs, prepend=~runs[:1]))
        self._runs, self._counts = runs[self._first], np.diff(self._first, append=len(runs))

    def find(self, document: Document) -> Twin | None:
        """The first document here that is the same as `document`, by id before by text."""
        return next(iter(self.find_all(document).values()), None)

    def find_all(self, document: Document, own: int | None = None) -> dict[int, Twin]:
        """All documents here that are the same as `document`, by their place among those taken in.

        Those found by id come first, and the document itself is among them if it was taken in.

        Args:
            document: what is looked for.
            own: its place, if it was taken in; that saves going through its text again.
        """
        found = {
            index: Twin(self._ids[index], "id")
            for key in ids_of(document)
            for index in self._by_id.get(key, ())
        }
        runs, whole = _runs(document.text) if own is None else self._texts[own]
        for index in self._short.get(whole, ()) if whole else self._containing(runs):
            found.setdefault(index, Twin(self._ids[index], "text"))
        return found

    def _containing(self, runs: _Hashes) -> list[int]:
        """The documents of which the shorter text shares enough with the other."""
        found = np.searchsorted(self._runs, runs)
        found = found[self._runs.take(found, mode="clip") == runs] if len(self._runs) else found[:0]
        first, counts = self._first[found], self._counts[found]
        # The places first, first + 1, … of every run, one after the other.
        places = np.arange(counts.sum()) + np.repeat(first - counts.cumsum() + counts, counts)
        owners, shared = np.unique(self._owners[places], return_counts=True)
        enough = shared >= SHARED * np.minimum(len(runs), self._sizes[owners])
        return [int(owner) for owner in owners[enough]]


class Library:
    """Splits whose documents are looked up together."""

    def __init__(self, splits: Iterable[Split]) -> None:
        """Take in all documents of `splits`."""
        owned = [(split.name, document) for split in splits for document in split.documents]
        self._split_of = [name for name, _ in owned]
        self._documents = [document for _, document in owned]
        self._place_of = {id(document): i for i, document in enumerate(self._documents)}
        self._index = Index(self._documents)

    def shared(self, split: Split) -> Iterator[tuple[Document, str, Twin]]:
        """Every document of `split` that other splits have: it, the split, and what it is there.

        One twin for each of the other splits; those of the same name are the split itself.
        """
        for document in split.documents:
            seen = {split.name}
            own = self._place_of.get(id(document))
            for place, twin in self._index.find_all(document, own).items():
                other = self._split_of[place]
                if other not in seen:
                    seen.add(other)
                    yield document, other, twin


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
