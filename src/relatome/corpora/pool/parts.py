"""The parts of a pool as they are written: splits, and what each holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from relatome.corpora.pool.harmonise import as_written, harmonised
from relatome.corpora.pool.read import load_split
from relatome.corpora.pool.report import SplitReport
from relatome.corpora.pool.source import Pool, PoolSource, Role
from relatome.corpora.registry import parts
from relatome.data import Document, Schema, candidates, reach
from relatome.errors import EVALUATION_REFUSED, EVALUATION_UNKNOWN, UsageError


class Part(NamedTuple):
    """What one corpus gives to one split.

    Attributes:
        split: the split's name in the pool.
        role: what it may be used for.
        source: the corpus.
        read: how many documents of it these are, before they are cut into sentences.
        documents: what is written.
        cut_apart: relations lost since their arguments stand in different sentences.
    """

    split: str
    role: Role
    source: str
    read: int
    documents: Sequence[Document]
    cut_apart: int


class Requested(NamedTuple):
    """A split for evaluation that the pool is to hold.

    Attributes:
        split: the published one, such as ``ddi:test``.
        name: what it is called in the pool.
        source: how its documents become the pool's.
        role: what it may be used for, as published.
    """

    split: str
    name: str
    source: PoolSource
    role: Role

    def part(self, schema: Schema, directory: Path | None) -> Part:
        """Its documents in the terms of the pool."""
        counted: Counter[tuple[str, str]] = Counter()
        whole = [
            harmonised(document, self.source, counted)
            for document in load_split(self.split, directory).documents
        ]
        return written_part(self.name, self.role, self.source, whole, schema)


def written_part(
    split: str, role: Role, source: PoolSource, whole: Sequence[Document], schema: Schema
) -> Part:
    """Documents of a corpus as a part; of sentences, those with a pair.

    Args:
        split: the split's name in the pool.
        role: what it may be used for.
        source: the corpus.
        whole: its documents in the pool's terms.
        schema: the pool's.
    """
    documents = list(as_written(whole, source, schema))
    lost = sum(len(d.relations) for d in whole) - sum(len(d.relations) for d in documents)
    return Part(split, role, source.name, len(whole), documents, lost)


def requested(pool: Pool, evaluate: Sequence[str], directory: Path | None) -> list[Requested]:
    """The splits for evaluation that a pool holds: those of its target, and those asked for.

    Args:
        pool: the pool.
        evaluate: published splits of its sources, to be had in the pool's labels.
        directory: where to look for corpora first.

    Raises:
        UsageError: if there is no such split, or the pool cannot be evaluated on it.
    """
    found = []
    if pool.target is not None:
        for name, role in pool.target.splits.items():
            found.append(Requested(name, name.rpartition(":")[2], pool.target.source, role))
    taken = {n for source in pool.learnt_from for n in (*source.train, *source.held_out)}
    taken |= {each.split for each in found}
    by_corpus = {
        name.rpartition(":")[0]: source
        for source in pool.sources
        for name in (*source.train, *source.held_out)
    }
    for reference in dict.fromkeys(evaluate):
        entry, splits = parts(reference, directory)
        for split in splits:
            name = f"{entry.name}:{split.name}"
            if name in taken or split.role == "train":
                raise UsageError(EVALUATION_REFUSED, split=name)
            if entry.name not in by_corpus:
                raise UsageError(EVALUATION_UNKNOWN, split=name, known=", ".join(by_corpus))
            source = by_corpus[entry.name]
            found.append(Requested(name, f"{source.name}-{split.name}", source, split.role))
            taken.add(name)
    return found


def summary(written: Iterable[Part], schema: Schema) -> Iterator[SplitReport]:
    """What each split holds, in the order of their first parts; those without documents are none.

    Args:
        written: the parts of all splits.
        schema: the pool's.
    """
    by_split: dict[str, list[Part]] = {}
    for part in written:
        if part.documents:
            by_split.setdefault(part.split, []).append(part)
    for name, its_parts in by_split.items():
        documents = [document for part in its_parts for document in part.documents]
        relations = Counter(r.type for document in documents for r in document.relations)
        reached = [reach(document, schema) for document in documents]
        yield SplitReport(
            name=name,
            role=its_parts[0].role,
            documents_read=sum(part.read for part in its_parts),
            documents=len(documents),
            candidates=sum(each.candidates for each in reached),
            examples=sum(_examples(document, schema) for document in documents),
            relations=dict(relations.most_common()),
            unreachable=sum(len(each.unreachable) for each in reached),
            cut_apart=sum(part.cut_apart for part in its_parts),
        )


def _examples(document: Document, schema: Schema) -> int:
    """Pairs that are related or annotated as unrelated."""
    related = {frozenset((r.head, r.tail)) for r in document.relations}
    entities = document.entities
    return sum(
        schema.unrelated(document, asked.rule) is not None
        or frozenset((entities[asked.head].id, entities[asked.tail].id)) in related
        for asked in candidates(document, schema)
    )
