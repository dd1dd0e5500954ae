"""Make a pool: read its corpora, bring them into accord, keep every evaluation document out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from relatome import formats
from relatome.corpora.overlap import Library
from relatome.corpora.pool.files import write_description, write_schema
from relatome.corpora.pool.harmonise import by_sentence, harmonised, is_example, joined
from relatome.corpora.pool.report import Compared, Dropped, Report, SourceReport, as_markdown
from relatome.corpora.pool.source import Negatives, Pool, PoolSource
from relatome.corpora.registry import CORPORA, copies, load, parts
from relatome.data import (
    Candidate,
    Document,
    Negative,
    PairRule,
    Schema,
    Split,
    candidates,
    sentences,
)
from relatome.data.schema import NO_RELATION
from relatome.errors import UNKNOWN_SOURCE, UsageError
from relatome.formats.target import new_folder, require_new_folder

IN_EVALUATION = "in a split for evaluation"
IN_HELD_OUT = "in the held-out part of a source"
IN_EARLIER = "in an earlier source"


def build(
    pool: Pool,
    folder: Path,
    *,
    negatives: Negatives = "keep",
    against: Sequence[str] | None = None,
    seed: int = 0,
    sources: Sequence[str] | None = None,
    directory: Path | None = None,
) -> Report:
    """Write a pool into a new folder, all of it or nothing.

    The folder holds ``NAME.toml``, which describes the pool as a corpus with the splits ``train``
    and ``test`` (the held-out parts), its schema, a JSON Lines file per source and split, and the
    report as ``report.json`` and ``report.md``. The same inputs and seed give the same files.

    Args:
        pool: what to make.
        folder: where; must be new or empty.
        negatives: what becomes of unrelated pairs.
        against: splits that no training document may be in. By default every split for selection
            or testing of the published corpora that are present, but those that are sources.
        seed: of the division of sources that have no published one.
        sources: names of the pool's sources to take; by default all.
        directory: where to look for corpora first.

    Raises:
        UsageError: if the folder is not empty, a source is unknown, or a corpus is not present.
        InputError: if a corpus is damaged.
        WorkError: if the folder cannot be written.
    """
    require_new_folder(folder)
    chosen = _chosen(pool, sources)
    schema = pool_schema(pool, chosen, negatives)
    evaluation, absent = _evaluation(chosen, against, directory)
    read = [_Read(source, schema, seed, directory) for source in chosen]
    compared = _drop_shared(read, evaluation)
    report = Report(
        pool=pool.name,
        title=pool.title,
        citation=pool.citation,
        negatives=negatives,
        seed=seed,
        sources=tuple(each.report() for each in read),
        evaluation=compared,
        not_compared=absent,
    )
    _write(pool, schema, read, report, folder)
    return report


def pool_schema(pool: Pool, sources: Sequence[PoolSource], negatives: Negatives) -> Schema:
    """The schema of a pool with the classes of its unrelated pairs."""
    classes: list[Negative] = []
    for index, source in enumerate(sources):
        if negatives == "drop" and index > 0:
            continue
        label = source.negative if negatives == "keep" else NO_RELATION
        classes += [Negative(source.name, head, tail, label) for head, tail in source.annotated]
    own = dict.fromkeys(n.label for n in classes if n.label != NO_RELATION)
    legal = {(n.head, n.tail, n.label) for n in classes}

    def rule(pair: PairRule) -> PairRule:
        extra = (label for label in own if (pair.head, pair.tail, label) in legal)
        return PairRule(pair.head, pair.tail, (*pair.labels, *extra))

    return msgspec.structs.replace(
        pool.schema,
        labels=(*pool.schema.labels, *own),
        pairs=tuple(map(rule, pool.schema.pairs)),
        negatives=tuple(classes),
    )


def _chosen(pool: Pool, names: Sequence[str] | None) -> list[PoolSource]:
    known = [source.name for source in pool.sources]
    for name in names or ():
        if name not in known:
            raise UsageError(UNKNOWN_SOURCE, name=name, known=", ".join(known))
    return [source for source in pool.sources if not names or source.name in names]


def _evaluation(
    sources: Sequence[PoolSource], against: Sequence[str] | None, directory: Path | None
) -> tuple[list[Split], tuple[str, ...]]:
    """The splits that training documents must not be in; and those that are not present."""
    absent: list[str] = []
    if against is None:
        learnt_from = {name for source in sources for name in source.train}
        names: list[str] = []
        for entry in CORPORA.values():
            for split in entry.splits:
                name = f"{entry.name}:{split.name}"
                if split.role == "train" or name in learnt_from:
                    continue
                (names if copies(entry, split, directory) else absent).append(name)
    else:
        names = [
            f"{entry.name}:{split.name}"
            for entry, splits in (parts(name, directory) for name in against)
            for split in splits
        ]
    loaded = [_load(name, directory) for name in dict.fromkeys(names)]
    return loaded, tuple(absent)


def _load(name: str, directory: Path | None) -> Split:
    corpus, _, split = name.rpartition(":")
    return load(corpus, split, directory)


class _Read:
    """A source as read: what may be learnt from, what is held out, what was dropped and why."""

    def __init__(
        self, source: PoolSource, schema: Schema, seed: int, directory: Path | None
    ) -> None:
        self.source = source
        self._schema = schema
        self.labels: Counter[tuple[str, str]] = Counter()
        self.dropped: list[Dropped] = []
        splits = [_load(name, directory) for name in source.train]
        originals = [document for split in splits for document in split.documents]
        self.documents_read = len(originals)
        self.relations_read = sum(len(document.relations) for document in originals)
        held = [d for n in source.held_out for d in _load(n, directory).documents]
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
        self.dropped += found.values()
        self.train = [document for document in self.train if document.id not in found]

    @property
    def split(self) -> Split:
        """What is left to learn from."""
        return Split(self.source.name, "train", tuple(self.train))

    def written(self, documents: list[Document]) -> Iterator[Document]:
        """The documents as they are written: of sentences, those with something to learn."""
        for document in documents:
            if not self.source.by_sentence:
                yield document
                continue
            for sentence in by_sentence(document):
                if is_example(sentence, self.source, self._schema):
                    yield sentence

    def _sentences(self) -> int:
        return sum(len(sentences(d)) for d in self.train) if self.source.by_sentence else 0

    def report(self) -> SourceReport:
        """What came of the source."""
        source, train = self.source, list(self.written(self.train))
        held = list(self.written(self.held))
        relations = Counter(r.type for document in train for r in document.relations)
        whole = sum(len(document.relations) for document in self.train)
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
            documents_kept=len(self.train),
            documents_held_out=len(self.held),
            documents_written=len(train),
            held_out_written=len(held),
            relations=dict(relations.most_common()),
            labels={
                label: {became: self.labels[label, became] for _, became in sorted(group)}
                for label, group in _by_label(self.labels).items()
            },
            joined=self.joined,
            without_pair=max(0, self._sentences() - len(train)),
            cut_apart=whole - sum(relations.values()),
            unrelated={name: count for name, count in sorted(unrelated.items()) if name},
            no_examples=unrelated[""],
        )


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


def _drop_shared(read: Sequence[_Read], evaluation: Sequence[Split]) -> tuple[Compared, ...]:
    """Drop what is in a split for evaluation, in a held-out part, or in an earlier source.

    Returns:
        what each split cost, and how many documents it still shares, counted anew.
    """
    held = [
        Split(f"{each.source.name}, held out", "test", tuple(each.held))
        for each in read
        if each.held
    ]
    library = Library((*evaluation, *held))
    reasons = dict.fromkeys((split.name for split in evaluation), IN_EVALUATION)
    reasons |= dict.fromkeys((split.name for split in held), IN_HELD_OUT)
    for each in read:
        each.drop(library, reasons)
    for position, earlier in enumerate(read):
        mine = Library([earlier.split])
        for later in read[position + 1 :]:
            later.drop(mine, {earlier.source.name: IN_EARLIER})
    shared = Counter(name for each in read for _, name, _ in library.shared(each.split))
    dropped = Counter(case.where for each in read for case in each.dropped)
    return tuple(
        Compared(split.name, len(split.documents), dropped[split.name], shared[split.name])
        for split in (*evaluation, *held)
    )


def _write(pool: Pool, schema: Schema, read: Sequence[_Read], report: Report, folder: Path) -> None:
    files: dict[str, list[str]] = {"train": [], "test": []}
    with new_folder(folder) as temporary:
        for each in read:
            for split, documents in (("train", each.train), ("test", each.held)):
                if documents:
                    name = f"{split}/{each.source.name}.jsonl"
                    (temporary / split).mkdir(exist_ok=True)
                    formats.write(each.written(documents), temporary / name, "jsonl")
                    files[split].append(name)
        write_schema(schema, temporary / "schema.toml")
        write_description(pool, files, temporary / f"{pool.name}.toml")
        json = msgspec.json.format(msgspec.json.encode(report))
        (temporary / "report.json").write_bytes(json + b"\n")
        (temporary / "report.md").write_text(as_markdown(report), encoding="utf-8")
