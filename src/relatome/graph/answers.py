"""Answers of a graph as lines: TSV to load, JSON Lines with everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from relatome.graph.query import Edge, Evidence, GraphPath

COLUMNS = (
    "head",
    "head_name",
    "head_type",
    "type",
    "directed",
    "tail",
    "tail_name",
    "tail_type",
    "probability",
    "documents",
    "novel",
    "known",
    "unjudged",
    "first_year",
    "last_year",
)  # fmt: skip
EVIDENCE_COLUMNS = ("document", "year", "score", "document_novel", "sentences")


_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")


class Answer(NamedTuple):
    """A relation and what some of its documents say."""

    edge: Edge
    evidence: Sequence[Evidence]


def as_tsv(answers: Iterable[Answer]) -> Iterator[str]:
    """A line per relation and document; relations of which no evidence is asked, one line."""
    yield _line((*COLUMNS, *EVIDENCE_COLUMNS))
    for edge, evidence in answers:
        for each in evidence or (None,):
            yield _line((*_edge(edge), *_evidence(each)))


def paths_as_tsv(paths: Iterable[GraphPath]) -> Iterator[str]:
    """A line per step of each path: where it comes from and goes to, then the relation itself."""
    yield _line(("path", "path_probability", "step", "from", "to", *COLUMNS))
    for number, path in enumerate(paths, start=1):
        for step, edge in enumerate(path.edges):
            ends = (path.nodes[step].id, path.nodes[step + 1].id)
            yield _line((number, round(path.probability, 6), step + 1, *ends, *_edge(edge)))


def as_jsonl(answers: Iterable[Answer]) -> Iterator[str]:
    """An object per relation, its evidence in it."""
    for edge, evidence in answers:
        yield _json(msgspec.to_builtins(edge) | {"evidence": msgspec.to_builtins(evidence)})


def paths_as_jsonl(paths: Iterable[GraphPath]) -> Iterator[str]:
    """An object per path."""
    return (_json(path) for path in paths)


def _edge(edge: Edge) -> tuple[object, ...]:
    head, tail = edge.head, edge.tail
    return (
        head.id,
        head.name,
        head.type,
        edge.type,
        "yes" if edge.directed else "no",
        tail.id,
        tail.name,
        tail.type,
        round(edge.probability, 6),
        edge.documents,
        edge.novel,
        edge.known,
        edge.unjudged,
        edge.first_year,
        edge.last_year,
    )


def _evidence(found: Evidence | None) -> tuple[object, ...]:
    if found is None:
        return ("",) * len(EVIDENCE_COLUMNS)
    novel = {True: "yes", False: "no", None: ""}[found.novel]
    sentences = " ".join(each.text for each in found.sentences)
    return (found.document, found.year, round(found.score, 6), novel, sentences)


def one_line(text: str) -> str:
    """A text on one line, without characters that a terminal obeys."""
    return " ".join(text.translate(_CONTROL).split())


def _line(values: Iterable[object]) -> str:
    return "\t".join("" if value is None else one_line(str(value)) for value in values)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
