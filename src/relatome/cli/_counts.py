"""The counts of a corpus as tables and as a picture."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from relatome.corpora.stats import PAIR, Stats
from relatome.formats.target import replaced
from relatome.report.profile import Profile, draw_profile

_HEADINGS = {"pairs": "relations by type pair", "distances": "relations by sentence distance"}


def overview(counted: list[Stats]) -> Table:
    """A line for every split."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("split", no_wrap=True)
    for column in ("documents", "mentions", "entities", "relations", "candidates"):
        table.add_column(column, justify="right")
    for split in counted:
        totals = (sum(by.values()) for by in (split.mentions, split.entities, split.relations))
        figures = (split.documents, *totals, split.candidates)
        table.add_row(escape(split.name), *(f"{figure:,}" for figure in figures))
    return table


def by_split(names: list[str], counted: list[Stats]) -> Table:
    """A column for every split, a row for everything that is counted."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("", overflow="fold")
    for column in (*names, "total"):
        table.add_column(escape(column), justify="right")

    def add(title: str, figures: list[int], style: str | None = None) -> None:
        table.add_row(escape(title), *(f"{n:,}" for n in (*figures, sum(figures))), style=style)

    add("documents", [c.documents for c in counted], "bold")
    for group in ("mentions", "entities", "relations", "pairs", "distances", "novelty"):
        groups: list[dict[str, int]] = [getattr(c, group) for c in counted]
        if not any(groups):
            continue
        table.add_section()
        if group in ("mentions", "entities", "relations"):
            add(group, [sum(counts.values()) for counts in groups], "bold")
        else:
            table.add_row(_HEADINGS.get(group, group), style="bold")
        for kind in dict.fromkeys(kind for counts in groups for kind in counts):
            add(f"  {kind}", [counts.get(kind, 0) for counts in groups])
    table.add_section()
    add("candidates", [c.candidates for c in counted], "bold")
    return table


def fine_table(counted: list[Stats]) -> Table:
    """Relations of all splits by label and by the corpus's finer types, where it has them."""
    labels_of = _summed([split.labels_of_fine_pairs or split.labels_of_pairs for split in counted])
    labels = list(dict.fromkeys(label for split in counted for label in split.relations))
    pairs = list(labels_of)
    figures = {(pair, label): labels_of[pair][label] for pair in pairs for label in labels}
    rows, columns, title = labels, pairs, "label"
    if len(labels) < len(pairs):  # the longer of the two goes downwards
        rows, columns, title = pairs, labels, "types"
        figures = {(label, pair): number for (pair, label), number in figures.items()}
    table = Table(title="relations by fine types", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(title, no_wrap=True)
    for column in columns:
        table.add_column(escape(column), justify="right", overflow="fold")
    for row in rows:
        table.add_row(escape(row), *(f"{figures[column, row]:,}" for column in columns))
    return table


def draw(name: str, ordered: bool, counted: list[Stats], path: Path) -> None:
    """Write the picture of a corpus: types, pairs and labels over all splits.

    Raises:
        WorkError: if the file cannot be written.
    """
    mentions = Counter[str]()
    for split in counted:
        mentions.update(split.mentions)
    relations = {}
    for pair, labels in _summed([split.labels_of_pairs for split in counted]).items():
        head, tail = pair.split(PAIR)
        relations[head, tail] = labels
    documents = sum(split.documents for split in counted)
    total = sum(labels.total() for labels in relations.values())
    profile = Profile(
        name,
        f"{documents:,} documents, {mentions.total():,} mentions, {total:,} relations",
        dict(mentions.most_common()),
        relations,
        ordered,
    )
    with replaced(path) as stream:
        stream.write(draw_profile(profile).encode())
    typer.echo(f"Wrote {path}", err=True)


def _summed(splits: list[dict[str, dict[str, int]]]) -> dict[str, Counter[str]]:
    """Labels by pair over all splits, the commonest pair first."""
    found: dict[str, Counter[str]] = {}
    for labels_of in splits:
        for pair, labels in labels_of.items():
            found.setdefault(pair, Counter()).update(labels)
    return dict(sorted(found.items(), key=lambda item: -item[1].total()))
