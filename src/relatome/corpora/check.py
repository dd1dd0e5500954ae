"""Look a corpus over before work begins: what is wrong with it, and what is worth knowing.

Nothing is read or printed here; `examine` takes documents and returns a `Report`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from relatome.corpora.looks import Level, looks
from relatome.corpora.overlap import Library
from relatome.corpora.stats import Stats, count
from relatome.data import Document, Reach, Schema, Split, reach
from relatome.data.candidates import CUT_APART
from relatome.errors import RelatomeError

FEW = 10  # examples of a label below which a model learns little of it


class Finding(msgspec.Struct, frozen=True):
    """One kind of thing that was found.

    Attributes:
        level: ``error`` if the corpus should not be used as it is, ``note`` if it may.
        kind: a short stable name, or the code of the error that a reader met.
        text: what it means and what to do about it.
        cases: every case, with its place.
    """

    level: Level
    kind: str
    text: str
    cases: tuple[str, ...]


class Report(msgspec.Struct, frozen=True):
    """What `examine` found.

    Attributes:
        name: the file or corpus.
        schema: name of the schema it was read with.
        splits: counts of each split.
        candidates: pairs that a model is asked about, in all splits.
        gold: annotated relations, in all splits.
        unreachable: those that no candidate can answer.
        cut_apart: those of them whose arguments the sentence split separates; None where a relation
            may leave its sentence.
        compared_with: the splits of other corpora whose documents were looked for.
        findings: errors first.
    """

    name: str
    schema: str
    splits: tuple[Stats, ...]
    candidates: int
    gold: int
    unreachable: int
    cut_apart: int | None
    compared_with: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many cases are errors."""
        return sum(len(f.cases) for f in self.findings if f.level == "error")

    @property
    def notes(self) -> int:
        """How many cases are notes."""
        return sum(len(f.cases) for f in self.findings if f.level == "note")


def examine(
    name: str,
    splits: Sequence[Split],
    schema: Schema,
    *,
    problems: Sequence[RelatomeError] = (),
    known: Sequence[Split] = (),
    against: Sequence[Split] = (),
    not_compared: Sequence[RelatomeError] = (),
    library: Library | None = None,
) -> Report:
    """Look over documents that are to be used with a schema.

    Args:
        name: what to call them.
        splits: the documents; one split for a file.
        schema: the task they are for.
        problems: what the readers could not use; every one becomes an error.
        known: splits of other corpora. Sharing documents with them is noted where the two are for
            different uses (training here, evaluation there, or the other way).
        against: splits that must not share a document with these; where they do, it is an error.
        not_compared: why other corpora could not be read for comparison; noted.
        library: all of `splits`, `known` and `against`, where many corpora are examined in turn;
            by default it is made for this call.

    Returns:
        the report; nothing is raised for bad data.
    """
    other_use = [split for split in known if any(split.role != own.role for own in splits)]
    places = [(f"{split.name}, document {d.id}", d) for split in splits for d in split.documents]
    reached = [(place, reach(document, schema)) for place, document in places]
    cut_apart = sum(r.reasons()[CUT_APART] for _, r in reached)
    findings = [
        *_unreadable(problems),
        *_shared(splits, other_use, against, library or Library((*splits, *other_use, *against))),
        *_finding(
            "note",
            "corpora that could not be compared",
            "Their documents may be among these; put the copies in order and check again.",
            [f"{problem.place}: {problem.what}" for problem in not_compared],
        ),
        *_by_document(places, schema),
        *_unreachable(reached),
        *_few_examples(splits, schema),
    ]
    return Report(
        name=name,
        schema=schema.name,
        splits=tuple(count(split, schema) for split in splits),
        candidates=sum(r.candidates for _, r in reached),
        gold=sum(r.gold for _, r in reached),
        unreachable=sum(len(r.unreachable) for _, r in reached),
        cut_apart=cut_apart if schema.scope == "sentence" else None,
        compared_with=tuple(split.name for split in (*other_use, *against)),
        findings=tuple(sorted(findings, key=lambda finding: finding.level)),  # "error" < "note"
    )


def _unreadable(problems: Sequence[RelatomeError]) -> Iterator[Finding]:
    by_code: dict[str, list[RelatomeError]] = defaultdict(list)
    for problem in problems:
        by_code[problem.code].append(problem)
    for code, group in by_code.items():
        cases = tuple(f"{problem.place}: {problem.what}" for problem in group)
        yield Finding("error", code, group[0].next_step, cases)


# ---------------------------------------------------------------- overlap between splits


def _shared(
    splits: Sequence[Split],
    known: Sequence[Split],
    against: Sequence[Split],
    library: Library,
) -> Iterator[Finding]:
    own = [split.name for split in splits]
    roles = {split.name: split.role for split in known}
    refused = {split.name for split in against}
    cases: dict[str, list[str]] = defaultdict(list)
    for number, split in enumerate(splits):
        for document, other, twin in library.shared(split):
            where = f"also in {other}" if twin.by == "id" else f"same text as {twin.id} in {other}"
            case = f"{split.name}, document {document.id}: {where}"
            if other in own[number + 1 :]:
                cases["own"].append(case)
            if other in refused:
                cases["against"].append(case)
            if roles.get(other, split.role) != split.role:
                cases["known"].append(case)
    yield from _finding(
        "error",
        "documents in several splits",
        "Keep each document in one split only.",
        cases["own"],
    )
    yield from _finding(
        "error",
        "documents shared with --against",
        "Remove these documents before you train on the one and evaluate on the other.",
        cases["against"],
    )
    yield from _finding(
        "note",
        "documents shared with other corpora",
        "Remove them from the training side if you train on the one and evaluate on the other.",
        cases["known"],
    )


# ---------------------------------------------------------------- documents, labels, gold


def _by_document(places: Sequence[tuple[str, Document]], schema: Schema) -> Iterator[Finding]:
    for look in looks(schema):
        cases = [f"{place}: {case}" for place, d in places for case in look.cases(d, schema)]
        yield from _finding(look.level, look.kind, look.text, cases)


def _unreachable(reached: Sequence[tuple[str, Reach]]) -> Iterator[Finding]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for place, found in reached:
        for relation, reason in found.unreachable:
            case = f"{place}: {relation.type} between {relation.head} and {relation.tail}"
            by_reason[reason].append(case)
    for reason, cases in by_reason.items():
        yield from _finding(
            "note",
            f"unreachable gold: {reason}",
            "No candidate reaches it; it counts as missed in every score.",
            cases,
        )


def _few_examples(splits: Sequence[Split], schema: Schema) -> Iterator[Finding]:
    cases = []
    for split in splits:
        seen = Counter(r.type for document in split.documents for r in document.relations)
        if seen and split.role == "train":
            few = [label for label in schema.asserting if seen[label] < FEW]
            cases += [f"{split.name}: {label}, {seen[label]}" for label in few]
    yield from _finding(
        "note",
        f"labels with fewer than {FEW} training examples",
        "A model hardly learns them; merge them or find more.",
        cases,
    )


def _finding(level: Level, kind: str, text: str, cases: Sequence[str]) -> Iterator[Finding]:
    if cases:
        yield Finding(level, kind, text, tuple(cases))
