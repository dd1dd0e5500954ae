"""``relatome corpora``: which corpora there are, fetch one, count what it holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.errors import LICENCE_NOT_ACCEPTED, UsageError

corpora = typer.Typer(
    no_args_is_help=True, help="Published corpora: list them, fetch one, count what it holds."
)

_Directory = Annotated[
    Path | None,
    typer.Option(
        "--corpora",
        metavar="DIR",
        help="Directory with local copies, searched before RELATOME_CORPORA and the user's data "
        "folder.",
    ),
]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="A name of `relatome corpora list`.")]


@corpora.command("list")
def list_corpora(directory: _Directory = None) -> None:
    """List the corpora relatome knows, their licences, and where local copies are.

    Example: [bold]relatome corpora list[/bold]
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from relatome.cli._terminal import console
    from relatome.corpora import CORPORA, copies

    table = Table(box=box.SIMPLE_HEAD)
    for column in ("corpus", "split", "for"):
        table.add_column(column, no_wrap=True)
    table.add_column("documents", justify="right", no_wrap=True)
    table.add_column("licence")
    table.add_column("local copy", overflow="fold")
    for entry in CORPORA.values():
        name, licence = entry.name, entry.licence
        for split in entry.splits:
            found = copies(entry, split, directory)
            where = "\n".join(str(copy.path) for copy in found) if found else "–"
            table.add_row(
                name, split.name, split.role, f"{split.documents:,}", licence, escape(where)
            )
            name = licence = ""  # once per corpus
        table.add_section()
    console().print(table)


@corpora.command()
def get(
    name: _Name,
    directory: Annotated[
        Path | None,
        typer.Option(
            "--corpora", metavar="DIR", help="Store under DIR instead of the user's data folder."
        ),
    ] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the terms without being asked.")
    ] = False,
) -> None:
    """Fetch a corpus from its publisher, verify its checksum and unpack it.

    Shows the licence and the citation first and asks whether you accept. A download that was cut
    off goes on where it stopped.

    Example: [bold]relatome corpora get biored[/bold]
    """
    from relatome.corpora import corpus
    from relatome.corpora.fetch import fetch

    entry = corpus(name)
    typer.echo(f"{entry.title}\n\nCite: {entry.citation}")
    typer.echo(f"\nLicence: {entry.licence}. {entry.terms}\n{entry.licence_url}\n")
    for download in entry.downloads:
        typer.echo(f"From {download.url} ({download.bytes:,} bytes)")
    accepted = accept_licence or not entry.downloads
    if not accepted and _interactive():
        accepted = typer.confirm("Do you accept these terms?")
    if not accepted:
        raise UsageError(LICENCE_NOT_ACCEPTED, name=entry.name, url=entry.licence_url)
    with _Progress() as progress:
        folder = fetch(entry, directory, watcher=progress)
    typer.echo(f"{entry.name} is in {folder}")


def _interactive() -> bool:
    return sys.stdin.isatty()


@corpora.command()
def stats(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CORPUS[:SPLIT]",
            help="For example biored, biored:dev, or the TOML file that describes your own corpus.",
        ),
    ],
    directory: _Directory = None,
    format: Annotated[Literal["table", "json"], typer.Option(help="Tables or JSON.")] = "table",
) -> None:
    """Count documents, mentions, entities and relations of a corpus, split by split.

    Example: [bold]relatome corpora stats biored[/bold]
    """
    import msgspec
    from rich import box
    from rich.table import Table

    from relatome.cli._terminal import console
    from relatome.corpora import load, parts
    from relatome.corpora.stats import count

    entry, splits = parts(name)
    counted = [count(load(entry.name, s.name, directory), entry.schema) for s in splits]
    if format == "json":
        typer.echo(msgspec.json.format(msgspec.json.encode(counted)).decode())
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("", overflow="fold")
    for column in (*(split.name for split in splits), "total"):
        table.add_column(column, justify="right")

    def add(title: str, figures: list[int], style: str | None = None) -> None:
        table.add_row(title, *(f"{n:,}" for n in (*figures, sum(figures))), style=style)

    add("documents", [c.documents for c in counted], "bold")
    for group in ("mentions", "entities", "relations", "pairs", "novelty"):
        by_split: list[dict[str, int]] = [getattr(c, group) for c in counted]
        table.add_section()
        if group in ("mentions", "entities", "relations"):
            add(group, [sum(counts.values()) for counts in by_split], "bold")
        else:
            table.add_row("relations by type pair" if group == "pairs" else group, style="bold")
        for kind in dict.fromkeys(kind for counts in by_split for kind in counts):
            add(f"  {kind}", [counts.get(kind, 0) for counts in by_split])
    console().print(table)


class _Progress:
    """A progress bar on standard error, shown once the first byte arrives."""

    def __enter__(self) -> _Progress:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

        self._console = Console(stderr=True)
        self._bar = Progress(
            BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=self._console
        )
        self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar.live.is_started:
            self._bar.stop()

    def progress(self, done: int, total: int) -> None:
        self._bar.start()  # does nothing from the second time on
        self._bar.update(self._task, completed=done, total=total)

    def waiting(self, seconds: float, reason: str) -> None:
        self._console.print(f"{reason}; trying again in {seconds:.0f} s", markup=False)
