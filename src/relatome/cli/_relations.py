"""A document's relations as a table for people."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from relatome.data import Document

_TITLE_WIDTH = 100
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def relation_table(document: Document) -> Table:
    """One row per relation: head, type, tail, score, novelty."""
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
    for relation in document.relations:
        table.add_row(
            _named(document, relation.head),
            _plain(relation.type),
            _named(document, relation.tail),
            "" if relation.score is None else f"{relation.score:.2f}",
            _novelty(relation.novel, relation.novel_score),
        )
    return table


def _named(document: Document, entity_id: str) -> str:
    """The entity's most frequent name in the text, with its identifier."""
    entity = document.entity_by_id[entity_id]
    names = Counter(document.mentions[index].text for index in entity.mentions)
    return f"{_plain(names.most_common(1)[0][0])} [dim]{_plain(entity_id)}[/dim]"


def _plain(text: str) -> str:
    """Text that a terminal shows and does not obey: no markup, no control characters."""
    return escape(_CONTROLS.sub(" ", text))


def _novelty(novel: bool | None, score: float | None) -> str:
    if novel is None:
        return ""
    word = "novel" if novel else "known"
    return word if score is None else f"{word} {score:.2f}"
