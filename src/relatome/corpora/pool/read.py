"""A source of a pool as it is read: what may be learnt from, and what is left out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from relatome.corpora.overlap import Library
from relatome.corpora.pool.harmonise import as_written, harmonised, joined
from relatome.corpora.pool.report import Dropped, SourceReport
from relatome.corpora.pool.source import PoolSource
from relatome.corpora.registry import load, parts
from relatome.data import Candidate, Document, Schema, Split, candidates, sentences


def load_split(name: str, directory: Path | None) -> Split:
    """The split that is called ``corpus:split``."""
    corpus, _, split = name.rpartition(":")
    return load(corpus, split, directory)


class Read:
    """A source as read: what may be learnt from, what is held out, what was dropped and why.

    Attributes:
        source: the source.
        train: the documents that are left to learn from, in the pool's terms; after `cut`, as they
            are written.
        held: the documents that are held out, whole.
        dropped: documents that were left out.
        sentences_dropped: sentences that were left out of the documents that were kept.
        without_pair: sentences left out since they have no pair to learn from.
        cut_apart: relations lost since their arguments stand in different sentences.
    """

    def __init__(
        self, source: PoolSource, schema: Schema, seed: int, directory: Path | None
    ) -> None:
        self.source = source
        self._schema = schema
        self.labels: Counter[tuple[str, str]] = Counter()
        self.dropped: list[Dropped] = []
        self.sentences_dropped: list[Dropped] = []
        self.without_pair = 0
        self.cut_apart = 0
        self._before_cut: list[Document] = []
        splits = [load_split(name, directory) for name in source.train]
        originals = [document for split in splits for document in split.documents]
        self.documents_read = len(originals)
        self.relations_read = _relations(originals)
        held = [d for n in source.held_out for d in load_split(n, directory).documents]
        if source.divided:
            originals, held = divided(originals, source.divided, seed)
        self.train = self._harmonised(originals)
        self.joined = len(originals) - len(self.train)
        self.held = self._harmonised(held, count=False)

    def _harmonised(self, documents: list[Document], *, count: bool = True) -> list[Document]:
        labels = self.labels if count else Counter()
        found = [harmonised(document, self.source, labels) for document in documents]
        return joined(found) if self.source.joined else found

    def drop(self, library: Library, reasons: Mapping[str, str]) -> None:
        """Drop the training documents that the splits of `library` have too.

        Args:
            library: the splits.
            reasons: for each of them by name, why its documents are dropped.
        """
        found: dict[str, Dropped] = {}
        for document, where, twin in library.shared(self.split):
            drop = Dropped(document.id, reasons[where], where, twin.id, twin.by)
            found.setdefault(document.id, drop)
        (self.sentences_dropped if self._before_cut else self.dropped).extend(found.values())
        self.train = [document for document in self.train if document.id not in found]

    def cut(self) -> None:
        """Cut what is left to learn from into sentences, if that is how the pool has it."""
        if self.source.by_sentence:
            self._before_cut = whole = self.train
            self.train = list(as_written(whole, self.source, self._schema))
            self.without_pair = sum(len(sentences(d)) for d in whole) - len(self.train)
            self.cut_apart = _relations(whole) - _relations(self.train)

    @property
    def kept(self) -> int:
        """Documents that are left to learn from, before they are cut."""
        return len(self._before_cut or self.train)

    @property
    def split(self) -> Split:
        """What is left to learn from."""
        return Split(self.source.name, "train", tuple(self.train))

    def report(self, held_written: int) -> SourceReport:
        """What came of the source.

        Args:
            held_written: how many documents are written of what is held out.
        """
        source, train = self.source, self.train
        relations = Counter(r.type for document in train for r in document.relations)
        unrelated = Counter(
            self._schema.unrelated(document, candidate.rule) or ""
            for document in train
            for candidate in _unrelated(document, self._schema)
        )
        corpora = [parts(name)[0] for name in (*source.train, *source.held_out)]
        return SourceReport(
            name=source.name,
            prompt_word=source.prompt_word,
            train=source.train,
            held_out=source.held_out,
            divided=source.divided,
            licences={corpus.name: corpus.licence for corpus in corpora},
            documents_read=self.documents_read,
            relations_read=self.relations_read,
            dropped=tuple(self.dropped),
            sentences_dropped=tuple(self.sentences_dropped),
            documents_kept=self.kept,
            documents_held_out=len(self.held),
            documents_written=len(train),
            held_out_written=held_written,
            relations=dict(relations.most_common()),
            labels={
                label: {became: self.labels[label, became] for _, became in sorted(group)}
                for label, group in _by_label(self.labels).items()
            },
            joined=self.joined,
            without_pair=self.without_pair,
            cut_apart=self.cut_apart,
            unrelated={name: count for name, count in sorted(unrelated.items()) if name},
            no_examples=unrelated[""],
        )


def _relations(documents: Sequence[Document]) -> int:
    return sum(len(document.relations) for document in documents)


def divided(
    documents: Sequence[Document], share: float, seed: int
) -> tuple[list[Document], list[Document]]:
    """Hold out a share of the documents, drawn by `seed` from their ids in order."""
    ids = sorted(document.id for document in documents)
    random.Random(seed).shuffle(ids)
    held = set(ids[: round(share * len(ids))])
    return (
        [document for document in documents if document.id not in held],
        [document for document in documents if document.id in held],
    )


def _by_label(labels: Counter[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for label, became in labels:
        found.setdefault(label, []).append((label, became))
    return found


def _unrelated(document: Document, schema: Schema) -> Iterator[Candidate]:
    related = {frozenset((r.head, r.tail)) for r in document.relations}
    entities = document.entities
    for candidate in candidates(document, schema):
        pair = frozenset((entities[candidate.head].id, entities[candidate.tail].id))
        if pair not in related:
            yield candidate
