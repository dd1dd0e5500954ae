"""A document's relations as a table for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from relatome.entities import is_local

if TYPE_CHECKING:
    from relatome.data import Document, Relation, Span

_TITLE_WIDTH = 100
_LEAST_EVIDENCE = 30  # characters, under which a column of sentences tells nothing
_MOST_EVIDENCE = 200
_COLUMN = 3  # characters that a column takes besides its text
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def relation_table(document: Document, width: int) -> Table:
    """One row per relation: head, type, tail, score, novelty, and the sentence it was read in.

    An arrow stands at the type where one of the two acts. The sentence, the first if there are
    several, is shortened to what the others leave of the width, around the mentions of the two;
    where they leave too little, and where no relation has evidence, there is no such column.

    Args:
        document: with relations.
        width: characters of a line.
    """
    table = _table(document)
    room = width - _width(table) - _COLUMN
    if room < _LEAST_EVIDENCE or not any(relation.evidence for relation in document.relations):
        return table
    shown = [_sentence(document, r, min(room, _MOST_EVIDENCE)) for r in document.relations]
    return _table(document, shown)


def _width(table: Table) -> int:
    """Characters of a line the table takes if it may."""
    # The console is asked how wide characters are, and prints nothing.
    return Console(width=100_000).measure(table).maximum


def _table(document: Document, sentences: list[str] | None = None) -> Table:
    title = document.passages[0].text if document.passages else ""
    if len(title) > _TITLE_WIDTH:
        title = title[: _TITLE_WIDTH - 1] + "…"
    table = Table(
        title=_plain(f"{document.id}  {title}"),
        title_justify="left",
        title_style="bold",
        caption=None if document.relations else "no relation found",
        caption_justify="left",
    )
    for column in ("head", "relation", "tail"):
        table.add_column(column, overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("novel", justify="right")
    if sentences is not None:
        table.add_column("evidence", no_wrap=True)
    for index, relation in enumerate(document.relations):
        table.add_row(
            _named(document, relation.head),
            _directed(relation),
            _named(document, relation.tail),
            "" if relation.score is None else f"{relation.score:.2f}",
            _novelty(relation.novel, relation.novel_score),
            *([] if sentences is None else [sentences[index]]),
        )
    return table


def _directed(relation: Relation) -> str:
    """The type, with an arrow away from the entity that acts."""
    name = _plain(relation.type)
    if relation.subject is None:
        return name
    return f"{name} →" if relation.subject == relation.head else f"← {name}"


def _sentence(document: Document, relation: Relation, room: int) -> str:
    """The first span of evidence, as much of it around the mentions of both as there is room."""
    if not relation.evidence:
        return ""
    span = relation.evidence[0]
    start, end = _around(document, relation, span, room)
    text = _CONTROLS.sub(" ", document.text[start:end])
    if start > span.start:
        text = "…" + text[1:]
    if end < span.end:
        text = text[:-1] + "…"
    return escape(text)


def _around(document: Document, relation: Relation, span: Span, room: int) -> tuple[int, int]:
    """From where to where of `span` to show: `room` characters at most."""
    if span.end - span.start <= room:
        return span.start, span.end
    heads, tails = (
        [
            mention.span
            for mention in document.mentions
            if entity in mention.entity_ids
            if span.start <= mention.start and mention.end <= span.end
        ]
        for entity in (relation.head, relation.tail)
    )
    # Where only one of the two is mentioned, that one.
    pairs = [(one, other) for one in heads or tails for other in tails or heads]
    if not pairs:
        return span.start, span.start + room
    first, last = min(
        ((min(p).start, max(one.end for one in p)) for p in pairs), key=lambda p: p[1] - p[0]
    )
    # One more for the sign that something was left out.
    start = first - max(1, (room - (last - first)) // 2)
    start = max(span.start, min(start, span.end - room))
    return start, start + room


def _named(document: Document, entity_id: str) -> str:
    """The entity's most frequent name in the text, with its identifier if that says more."""
    entity = document.entity_by_id[entity_id]
    name = _plain(document.name_of(entity))
    return name if is_local(entity_id) else f"{name} [dim]{_plain(entity_id)}[/dim]"


def _plain(text: str) -> str:
    """Text that a terminal shows and does not obey: no markup, no control characters."""
    return escape(_CONTROLS.sub(" ", text))


def _novelty(novel: bool | None, score: float | None) -> str:
    if novel is None:
        return ""
    word = "novel" if novel else "known"
    return word if score is None else f"{word} {score:.2f}"
