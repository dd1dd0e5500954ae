"""What came into a pool from where, what was dropped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from relatome.corpora.pool.source import Negatives, Role


class Dropped(msgspec.Struct, frozen=True):
    """A document left out.

    Attributes:
        document: its id in the source.
        reason: why.
        where: the split or source that has it too.
        twin: its id there.
        by: whether it was found by its id or by its text.
    """

    document: str
    reason: str
    where: str
    twin: str
    by: Literal["id", "text"]


class SourceReport(msgspec.Struct, frozen=True):
    """What came of one source.

    Attributes:
        name: the source.
        prompt_word: the word prompts have for it.
        train: the splits that were read to learn from.
        held_out: the published splits that are held out.
        divided: the share that was held out by document where none is published.
        licences: by corpus; the pool is under all of them.
        documents_read: documents of `train`.
        relations_read: their relations.
        dropped: documents left out.
        sentences_dropped: sentences left out of the documents that are kept.
        documents_kept: documents to learn from.
        documents_held_out: documents held out.
        documents_written: the same after cutting into sentences, where that is done.
        held_out_written: the same of those held out.
        relations: relations to learn from, by the pool's label.
        labels: what each label of the corpus became; "" where another label of the pair took
            precedence.
        joined: records that went into one of the same text.
        without_pair: sentences left out because they have no pair to learn from.
        cut_apart: relations lost because their arguments stand in different sentences.
        unrelated: pairs without relation that are examples, by class.
        no_examples: pairs without relation that are none, since they were not annotated.
    """

    name: str
    prompt_word: str
    train: tuple[str, ...]
    held_out: tuple[str, ...]
    divided: float
    licences: dict[str, str]
    documents_read: int
    relations_read: int
    dropped: tuple[Dropped, ...]
    sentences_dropped: tuple[Dropped, ...]
    documents_kept: int
    documents_held_out: int
    documents_written: int
    held_out_written: int
    relations: dict[str, int]
    labels: dict[str, dict[str, int]]
    joined: int
    without_pair: int
    cut_apart: int
    unrelated: dict[str, int]
    no_examples: int


class SplitReport(msgspec.Struct, frozen=True):
    """What one split of the pool holds.

    Attributes:
        name: the split.
        role: what it may be used for.
        documents_read: documents of the corpora in it.
        documents: the same after cutting into sentences, where that is done.
        candidates: pairs that a model is asked about.
        examples: those of them that are related, or annotated as unrelated; where there are others
            nothing is learnt from them.
        relations: relations by label.
        unreachable: relations that no candidate can answer.
        cut_apart: relations lost because their arguments stand in different sentences.
    """

    name: str
    role: Role
    documents_read: int
    documents: int
    candidates: int
    examples: int
    relations: dict[str, int]
    unreachable: int
    cut_apart: int


class Compared(msgspec.Struct, frozen=True):
    """A split for evaluation.

    Attributes:
        split: its name.
        documents: how many it has.
        dropped: training documents left out because of it.
        sentences: sentences left out because of it, of documents that are kept.
        shared: training documents or sentences that are still in it.
    """

    split: str
    documents: int
    dropped: int
    sentences: int
    shared: int


class Report(msgspec.Struct, frozen=True):
    """What a pool was made of.

    Attributes:
        pool: its name.
        title: what it is.
        citation: whose it is.
        negatives: what became of unrelated pairs.
        seed: of the division of sources that have no published one.
        target: the corpus that keeps its own labels; empty if none does.
        sources: what came of each, the target first.
        splits: what each split of the pool holds.
        evaluation: the splits that training documents were kept out of.
        not_compared: splits for evaluation that were not present.
    """

    pool: str
    title: str
    citation: str
    negatives: Negatives
    seed: int
    target: str
    sources: tuple[SourceReport, ...]
    splits: tuple[SplitReport, ...]
    evaluation: tuple[Compared, ...]
    not_compared: tuple[str, ...]

    @property
    def shared(self) -> int:
        """Training documents or sentences that are in a split for evaluation: 0."""
        return sum(compared.shared for compared in self.evaluation)


def as_markdown(report: Report) -> str:
    """The report as tables to read."""
    parts = [
        f"# {report.title}",
        f"Negatives: {report.negatives}. Seed: {report.seed}. Cite: {report.citation}",
        "## Sources\n\n" + sources_table(report.sources),
        "## Splits\n\n" + splits_table(report.splits),
        "## What was dropped\n\n" + dropped_table(report.sources),
        "## Labels\n\nOf all documents read but the held out.\n\n" + labels_table(report.sources),
        "## Labels of each split\n\n" + split_labels_table(report.splits),
        "## Pairs without relation\n\n" + unrelated_table(report.sources),
        "## Splits for evaluation\n\n" + evaluation_table(report),
    ]
    if report.not_compared:
        parts.append(f"Not present, so not compared: {', '.join(report.not_compared)}.")
    licences = {name: terms for s in report.sources for name, terms in s.licences.items()}
    rows = [[name, terms] for name, terms in licences.items()]
    parts.append("## Licences\n\nThe pool is under all of them.\n\n" + _table(("", "terms"), rows))
    return "\n\n".join(parts) + "\n"


def sources_table(sources: Sequence[SourceReport]) -> str:
    """Documents and relations of each source, from what was read to what is learnt from."""
    header = ("source", "read", "held out", "dropped", "kept", "written", "relations", "unrelated")
    rows = [
        [
            s.name,
            s.documents_read,
            s.documents_held_out,
            len(s.dropped),
            s.documents_kept,
            s.documents_written,
            sum(s.relations.values()),
            sum(s.unrelated.values()),
        ]
        for s in sources
    ]
    columns = list(zip(*(row[1:] for row in rows), strict=True))
    total: list[object] = ["total", *(sum(map(_number, column)) for column in columns)]
    return _table(header, [*rows, total])


def splits_table(splits: Sequence[SplitReport]) -> str:
    """What each split holds."""
    header = ("split", "for", "read", "written", "pairs", "examples", "relations", "out of reach")
    rows = [
        [
            split.name,
            split.role,
            split.documents_read,
            split.documents,
            split.candidates,
            split.examples,
            sum(split.relations.values()),
            split.unreachable,
        ]
        for split in splits
    ]
    return _table(header, rows)


def dropped_table(sources: Sequence[SourceReport]) -> str:
    """How many documents of each source were left out, by reason and place."""
    rows: list[list[object]] = []
    for source in sources:
        counted = Counter((d.reason, d.where, d.by) for d in source.dropped)
        rows += [[source.name, *key, n] for key, n in counted.most_common()]
        counted = Counter(
            (f"a sentence {d.reason}", d.where, d.by) for d in source.sentences_dropped
        )
        rows += [[source.name, *key, n] for key, n in counted.most_common()]
        for reason, number in (
            ("joined with one of the same text", source.joined),
            ("a sentence without a pair to learn from", source.without_pair),
            ("a relation cut apart by the sentence split", source.cut_apart),
        ):
            if number:
                rows.append([source.name, reason, "", "", number])
    return _table(("source", "why", "where", "found by", "number"), rows)


def labels_table(sources: Sequence[SourceReport]) -> str:
    """What each label became."""
    rows = [
        [s.name, label, became or "(another label of the pair)", number]
        for s in sources
        for label, group in s.labels.items()
        for became, number in group.items()
    ]
    return _table(("source", "label", "became", "number"), rows)


def split_labels_table(splits: Sequence[SplitReport]) -> str:
    """How many relations of each label every split holds."""
    rows: list[list[object]] = [
        [split.name, label, n] for split in splits for label, n in split.relations.items()
    ]
    rows += [
        [split.name, "(lost: cut apart by the sentence split)", split.cut_apart]
        for split in splits
        if split.cut_apart
    ]
    return _table(("split", "label", "relations"), rows)


def unrelated_table(sources: Sequence[SourceReport]) -> str:
    """Which class the pairs without relation have, and how many are no examples."""
    rows: list[list[object]] = []
    for source in sources:
        rows += [[source.name, label, number] for label, number in source.unrelated.items()]
        if source.no_examples:
            rows.append([source.name, "(not annotated: no example)", source.no_examples])
    return _table(("source", "class", "pairs"), rows)


def evaluation_table(report: Report) -> str:
    """What each split for evaluation cost, and that nothing is shared any more."""
    rows = [[c.split, c.documents, c.dropped, c.sentences, c.shared] for c in report.evaluation]
    header = ("split", "documents", "dropped because of it", "sentences besides", "still shared")
    return _table(header, rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    body = [[f"{c:,}" if isinstance(c, int) else str(c) for c in row] for row in rows]
    if not body:
        return "None."
    numeric = [all(isinstance(row[i], int) for row in rows) for i in range(len(header))]
    rule = ["---:" if right else "---" for right in numeric]
    lines = [header, rule, *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
