"""Make a pool: read its corpora, bring them into accord, keep every evaluation document out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from relatome import formats
from relatome.corpora.overlap import Library
from relatome.corpora.pool.files import write_description, write_schema
from relatome.corpora.pool.parts import Part, requested, summary, written_part
from relatome.corpora.pool.read import Read, load_split
from relatome.corpora.pool.report import Compared, Report, as_markdown
from relatome.corpora.pool.source import Negatives, Pool, PoolSource
from relatome.corpora.registry import CORPORA, copies, parts
from relatome.data import Negative, PairRule, Schema, Split
from relatome.data.schema import NO_RELATION
from relatome.errors import UNKNOWN_SOURCE, UsageError
from relatome.formats.target import new_folder, require_new_folder

IN_EVALUATION = "in a split for evaluation"
IN_HELD_OUT = "in the held-out part of a source"
IN_EARLIER = "in an earlier source"
IN_TARGET = "in the target's training documents"


def build(
    pool: Pool,
    folder: Path,
    *,
    negatives: Negatives = "keep",
    against: Sequence[str] | None = None,
    seed: int = 0,
    sources: Sequence[str] | None = None,
    evaluate: Sequence[str] = (),
    directory: Path | None = None,
) -> Report:
    """Write a pool into a new folder, all of it or nothing.

    The folder holds ``NAME.toml``, which describes the pool as a corpus, its schema, a JSON Lines
    file per split and source, and the report as ``report.json`` and ``report.md``. The same inputs
    and seed give the same files.

    The splits are ``train`` and ``test`` (the held-out parts). A pool for a target has ``source``
    (the other corpora), and ``train`` and those for evaluation of the target itself.

    Args:
        pool: what to make.
        folder: where; must be new or empty.
        negatives: what becomes of unrelated pairs.
        against: splits that no training document may be in. By default every split for selection
            or testing of the published corpora that are present, but those that are sources. Those
            that the pool itself holds are always among them.
        seed: of the division of sources that have no published one.
        sources: names of the pool's sources to take; by default all.
        evaluate: splits for evaluation to have in the pool's own labels; ``ddi:test`` becomes its
            split ``ddi-test``.
        directory: where to look for corpora first.

    Raises:
        UsageError: if the folder is not empty, a source is unknown, a corpus is not present, or a
            split is not one that the pool can be evaluated on.
        InputError: if a corpus is damaged.
        WorkError: if the folder cannot be written.
    """
    require_new_folder(folder)
    chosen = _chosen(pool, sources)
    schema = pool_schema(pool, chosen, negatives)
    wanted = requested(pool, evaluate, directory)
    evaluation, absent = _evaluation(chosen, against, [each.split for each in wanted], directory)
    asked_for = {each.split: each.part(schema, directory) for each in wanted}
    read = [Read(source, schema, seed, directory) for source in chosen]
    held_out = [written_part("test", "test", each.source, each.held, schema) for each in read]
    compared = _keep_apart(read, evaluation, held_out, asked_for)
    written = [*_learnt_from(pool, read), *(held_out if pool.target is None else ())]
    written += asked_for.values()
    report = Report(
        pool=pool.name,
        title=pool.title,
        citation=pool.citation,
        negatives=negatives,
        seed=seed,
        target="" if pool.target is None else pool.target.source.name,
        sources=tuple(
            each.report(len(held.documents)) for each, held in zip(read, held_out, strict=True)
        ),
        splits=tuple(summary(written, schema)),
        evaluation=compared,
        not_compared=absent,
    )
    _write(pool, schema, written, report, folder)
    return report


def pool_schema(pool: Pool, sources: Sequence[PoolSource], negatives: Negatives) -> Schema:
    """The schema of a pool with the classes of its unrelated pairs.

    Args:
        pool: the pool.
        sources: those that are taken, its target among them.
        negatives: what becomes of unrelated pairs. If they are dropped, those of the target and of
            the first source remain.
    """
    classes: list[Negative] = []
    own_labels = [source for source in sources if source.keeps_labels]
    first = [source for source in sources if not source.keeps_labels][:1]
    for source in sources:
        if negatives == "drop" and source not in (*own_labels, *first):
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
    """The sources that are asked for, after the target if there is one."""
    known = [source.name for source in pool.sources]
    for name in names or ():
        if name not in known:
            raise UsageError(UNKNOWN_SOURCE, name=name, known=", ".join(known))
    chosen = [source for source in pool.sources if not names or source.name in names]
    return chosen if pool.target is None else [pool.target.source, *chosen]


def _evaluation(
    sources: Sequence[PoolSource],
    against: Sequence[str] | None,
    own: Sequence[str],
    directory: Path | None,
) -> tuple[list[Split], tuple[str, ...]]:
    """The splits that training documents must not be in; and those that are not present."""
    absent: list[str] = []
    names = list(own)
    if against is None:
        learnt_from = {name for source in sources for name in source.train}
        for entry in CORPORA.values():
            for split in entry.splits:
                name = f"{entry.name}:{split.name}"
                if split.role == "train" or name in learnt_from:
                    continue
                (names if copies(entry, split, directory) else absent).append(name)
    else:
        names += [
            f"{entry.name}:{split.name}"
            for entry, splits in (parts(name, directory) for name in against)
            for split in splits
        ]
    loaded = [load_split(name, directory) for name in dict.fromkeys(names)]
    return loaded, tuple(name for name in absent if name not in own)


def _keep_apart(
    read: Sequence[Read],
    evaluation: Sequence[Split],
    held_out: Sequence[Part],
    asked_for: Mapping[str, Part],
) -> tuple[Compared, ...]:
    """Drop what is in a split for evaluation, in a held-out part, or in an earlier source.

    Whole documents are compared first, then what they are cut into, since a sentence may stand in
    documents that share little else.

    Args:
        read: the sources; they are cut.
        evaluation: the splits for evaluation.
        held_out: what each source holds out.
        asked_for: what the pool itself has of them, by their names.

    Returns:
        what each split cost, and how much it still shares, counted anew.
    """
    held = [
        Split(_held_name(each.source.name), "test", tuple(each.held)) for each in read if each.held
    ]
    reasons = dict.fromkeys((split.name for split in evaluation), IN_EVALUATION)
    reasons |= dict.fromkeys((split.name for split in held), IN_HELD_OUT)
    _drop_shared(read, Library((*evaluation, *held)), reasons)
    for each in read:
        each.cut()
    cut = [Split(name, "test", tuple(part.documents)) for name, part in asked_for.items()]
    cut += [Split(_held_name(part.source), "test", tuple(part.documents)) for part in held_out]
    library = Library((*evaluation, *held, *cut))
    _drop_shared(read, library, reasons)
    shared = Counter(name for each in read for _, name, _ in library.shared(each.split))
    dropped = Counter(case.where for each in read for case in each.dropped)
    sentences = Counter(case.where for each in read for case in each.sentences_dropped)
    return tuple(
        Compared(name, len(split.documents), dropped[name], sentences[name], shared[name])
        for split in (*evaluation, *held)
        for name in (split.name,)
    )


def _held_name(source: str) -> str:
    return f"{source}, held out"


def _drop_shared(read: Sequence[Read], library: Library, reasons: Mapping[str, str]) -> None:
    for each in read:
        each.drop(library, reasons)
    for position, earlier in enumerate(read):
        mine = Library([earlier.split])
        reason = IN_TARGET if earlier.source.keeps_labels else IN_EARLIER
        for later in read[position + 1 :]:
            later.drop(mine, {earlier.source.name: reason})


def _learnt_from(pool: Pool, read: Sequence[Read]) -> Iterator[Part]:
    """The splits to learn from: of the sources, and of the target if there is one."""
    for each in sorted(read, key=lambda each: each.source.keeps_labels):
        split = "source" if pool.target and not each.source.keeps_labels else "train"
        yield Part(split, "train", each.source.name, each.kept, each.train, each.cut_apart)


def _write(
    pool: Pool, schema: Schema, written: Iterable[Part], report: Report, folder: Path
) -> None:
    files: dict[str, list[str]] = {}
    with new_folder(folder) as temporary:
        for part in written:
            if part.documents:
                name = f"{part.split}/{part.source}.jsonl"
                (temporary / part.split).mkdir(exist_ok=True)
                formats.write(part.documents, temporary / name, "jsonl")
                files.setdefault(part.split, []).append(name)
        write_schema(schema, temporary / "schema.toml")
        roles = {split.name: split.role for split in report.splits}
        write_description(pool, roles, files, temporary / f"{pool.name}.toml")
        json = msgspec.json.format(msgspec.json.encode(report))
        (temporary / "report.json").write_bytes(json + b"\n")
        (temporary / "report.md").write_text(as_markdown(report), encoding="utf-8")
