"""``relatome check``: look a file or a corpus over before work begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.cli._options import Corpora
from relatome.errors import NO_TARGET, SCHEMA_OF_CORPUS, InputError, Place, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from relatome.corpora.check import Report
    from relatome.data import Schema, Split
    from relatome.errors import RelatomeError

_SCHEMA = "biored"  # what a file is for, if it is not said
_SHOWN = 3  # cases of each finding in a table; JSON has them all


def check(
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE|CORPUS",
            help="A file in any format relatome reads, a folder of BRAT files, or a corpus such as "
            "biored, biored:dev or the TOML file that describes your own.",
        ),
    ],
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE.toml",
            show_default="biored",
            help="The task a file is for: a known schema, or your own. A corpus has its own.",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS[:SPLIT]", help="Must share no document with this; may be repeated."
        ),
    ] = None,
    format: Annotated[
        Literal["table", "json"],
        typer.Option(help="Tables with the first cases of each finding, or JSON with all."),
    ] = "table",
    corpora: Corpora = None,
) -> None:
    """Look over a file or a corpus: what cannot be read, what no model can reach, what is shared.

    Exit code 1 if there are errors, 0 if there are none or only notes.

    Example: [bold]relatome check my.pubtator --against biored:test[/bold]
    """
    import msgspec

    from relatome.cli._terminal import console
    from relatome.corpora import find_schema, load, names, names_corpus, parts
    from relatome.corpora.check import examine

    problems: list[RelatomeError] = []
    own: str | None = None
    if names_corpus(target):
        if schema is not None:
            raise UsageError(SCHEMA_OF_CORPUS, name=target)
        entry, entries = parts(target, corpora)
        task, own = entry.schema, entry.name
        splits = [
            load(entry.name, split.name, corpora, on_error=problems.append) for split in entries
        ]
    else:
        if not Path(target).exists():
            raise UsageError(NO_TARGET, name=target, known=", ".join(names()))
        task = find_schema(schema or _SCHEMA, corpora)
        splits = [_read(target, task, problems)]
    _require_rule(task, own or schema)
    known, not_compared = _others(own, corpora)
    report = examine(
        target,
        splits,
        task,
        problems=problems,
        known=known,
        not_compared=not_compared,
        against=[
            load(entry.name, split.name, corpora)
            for entry, chosen in (parts(name, corpora) for name in against or ())
            for split in chosen
        ],
    )
    if format == "json":
        typer.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        _show(report, console())
    if report.errors:
        raise typer.Exit(1)


def _require_rule(task: Schema, where: str | None) -> None:
    """Refuse a schema of one's own that names a scoring rule there is not."""
    from relatome.scoring import find_rule

    try:
        find_rule(task.rule)
    except UsageError as error:
        raise error.located(Place(where)) from None


def _read(path: str, schema: Schema, problems: list[RelatomeError]) -> Split:
    from relatome import formats
    from relatome.data import Split

    # A file is checked as what it is most often meant for: to train on.
    return Split(path, "train", tuple(formats.read(path, schema=schema, on_error=problems.append)))


def _others(own: str | None, directory: Path | None) -> tuple[list[Split], list[RelatomeError]]:
    """The splits of all corpora that are present but `own`, and why others cannot be read."""
    from relatome.corpora import load, present

    found: list[Split] = []
    problems: list[RelatomeError] = []
    for corpus, split in present(directory):
        if corpus.name != own:
            try:
                found.append(load(corpus.name, split.name, directory))
            except InputError as error:
                problems.append(error)
    return found, problems


def _show(report: Report, console: Console) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from relatome.formats.report import counted

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("split")
    for column in ("documents", "mentions", "entities", "relations"):
        table.add_column(column, justify="right")
    for split in report.splits:
        totals = (split.mentions, split.entities, split.relations)
        figures = (split.documents, *(sum(counts.values()) for counts in totals))
        table.add_row(escape(split.name), *(f"{figure:,}" for figure in figures))
    console.print(table)
    line = (
        f"schema {report.schema}: {report.candidates:,} candidate pairs; "
        f"{report.gold - report.unreachable:,} of {report.gold:,} relations can be reached"
    )
    if report.cut_apart is not None:
        line += f"; the sentence split cuts {report.cut_apart:,} apart"
    console.print(line, soft_wrap=True, markup=False)
    compared = ", ".join(report.compared_with) or "no split of another corpus"
    console.print(f"documents compared with: {compared}")
    for finding in report.findings:
        colour = "red" if finding.level == "error" else "yellow"
        console.print(
            f"\n[{colour}]{finding.level}[/{colour}]: {escape(finding.kind)} "
            f"({len(finding.cases):,}). {escape(finding.text)}"
        )
        for case in finding.cases[:_SHOWN]:
            console.print(f"  {escape(case)}", soft_wrap=True)
        if len(finding.cases) > _SHOWN:
            rest = len(finding.cases) - _SHOWN
            console.print(f"  … and {rest:,} more (--format json shows all)")
    console.print(f"\n{counted(report.errors, 'error')}, {counted(report.notes, 'note')}")
