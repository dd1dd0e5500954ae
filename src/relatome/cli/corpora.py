"""``relatome corpora``: which corpora there are, fetch one, count what it holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.cli._options import Corpora
from relatome.errors import (
    LICENCE_NOT_ACCEPTED,
    NOTHING_TO_FETCH,
    PLOT_CORPUS,
    PLOT_FORMAT,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relatome.corpora.corpus import SplitEntry

corpora = typer.Typer(
    no_args_is_help=True, help="Published corpora: list them, fetch one, count what it holds."
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="A name of `relatome corpora list`.")]


@corpora.command("list")
def list_corpora(directory: Corpora = None) -> None:
    """List the corpora relatome knows, their licences, and where local copies are.

    The last ones are pools, which are not fetched but made: [bold]relatome corpora build[/bold]

    Example: [bold]relatome corpora list[/bold]
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from relatome.cli._terminal import console
    from relatome.corpora import CORPORA, copies
    from relatome.corpora.own import pool_folder
    from relatome.corpora.pool import POOLS

    table = Table(box=box.SIMPLE_HEAD)
    for column in ("corpus", "split", "for"):
        table.add_column(column, no_wrap=True)
    table.add_column("documents", justify="right", no_wrap=True)
    table.add_column("licence")
    table.add_column("local copy", overflow="fold")
    for entry in CORPORA.values():
        name, licence = entry.name, entry.licence
        for splits in _alike(entry.splits):
            split = " … ".join(dict.fromkeys((splits[0].name, splits[-1].name)))
            documents = sum(each.documents or 0 for each in splits)
            found = copies(entry, splits[0], directory)
            where = "\n".join(str(copy.path) for copy in found) if found else "–"
            table.add_row(name, split, splits[0].role, f"{documents:,}", licence, escape(where))
            name = licence = ""  # once per corpus
        table.add_section()
    for pool in POOLS.values():
        folder = pool_folder(pool.name, directory)
        if folder is None and pool.target is not None:
            continue  # too many to list before one is made
        where = escape(str(folder)) if folder else "–"
        name, licence = pool.name, "of its sources"
        for split, role in pool.splits.items():
            table.add_row(name, split, role, "–", licence, where)
            name = licence = ""
        table.add_section()
    console().print(table)


def _alike(splits: Sequence[SplitEntry]) -> list[list[SplitEntry]]:
    """The splits in order, numbered ones such as ``fold1`` to ``fold10`` together."""
    groups: list[list[SplitEntry]] = []
    for split in splits:
        stem = split.name.rstrip("0123456789")
        numbered = stem != split.name
        if numbered and groups and groups[-1][0].name.rstrip("0123456789") == stem:
            groups[-1].append(split)
        else:
            groups.append([split])
    return groups


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

    Shows the licence and the citation first and asks whether you accept.
    A download that was cut off goes on where it stopped.

    Example: [bold]relatome corpora get biored[/bold]
    """
    from relatome.corpora import corpus
    from relatome.corpora.fetch import fetch
    from relatome.corpora.own import is_own
    from relatome.corpora.pool import POOLS

    if is_own(name) or name.lower() in POOLS:
        raise UsageError(NOTHING_TO_FETCH, name=name)
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
        str | None,
        typer.Argument(
            metavar="[CORPUS[:SPLIT]]",
            show_default=False,
            help="For example biored, biored:dev, a pool that was built, or the TOML file that "
            "describes your own corpus; without it, a line for every published split that has a "
            "local copy.",
        ),
    ] = None,
    directory: Corpora = None,
    format: Annotated[Literal["table", "json"], typer.Option(help="Tables or JSON.")] = "table",
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.svg",
            help="Draw entity types, type pairs and labels, with lines as thick as there are "
            "relations.",
        ),
    ] = None,
) -> None:
    """Count documents, mentions, entities and relations of a corpus, split by split.

    Example: [bold]relatome corpora stats biored --plot biored.svg[/bold]
    """
    import msgspec

    from relatome.cli._counts import by_split, draw, fine_table, overview
    from relatome.cli._terminal import console
    from relatome.corpora import load, parts, present
    from relatome.corpora.stats import count

    if plot is not None and plot.suffix != ".svg":
        raise UsageError(PLOT_FORMAT, path=plot)
    entries = present(directory)
    if name is not None:
        entry, splits = parts(name, directory)
        entries = [(entry, split) for split in splits]
    counted = [count(load(e.name, s.name, directory), e.schema) for e, s in entries]
    if plot is not None:
        if name is None:
            raise UsageError(PLOT_CORPUS)
        draw(name, entry.schema.ordered, counted, plot)
    if format == "json":
        typer.echo(msgspec.json.format(msgspec.json.encode(counted)).decode())
        return
    if name is None:
        console().print(overview(counted))
        return
    console().print(by_split([split.name for split in splits], counted))
    if any(split.labels_of_fine_pairs for split in counted):
        console().print(fine_table(counted))


@corpora.command()
def build(
    name: Annotated[str, typer.Argument(metavar="POOL", help="The pool to make: biorex.")],
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS",
            help="Make the pool POOL-CORPUS for biored, ddi, drugprot, bc5cdr or chemprot: it "
            "keeps its own labels, the splits train, dev and test are its own, and the others "
            "are source.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="A new folder to write it into. Default: where `relatome corpora get` stores, so "
            "that POOL:train is a split for recipes and commands.",
        ),
    ] = None,
    negatives: Annotated[
        Literal["keep", "merge", "drop"],
        typer.Option(
            help="Unrelated pairs of a corpus: a class of their own, one class for all corpora, or "
            "no examples (but for the first source)."
        ),
    ] = "keep",
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS[:SPLIT]",
            help="Keep its documents out; may be repeated. Default: every split for selection or "
            "testing of the corpora that are present.",
        ),
    ] = None,
    evaluate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS:SPLIT",
            help="Have this split too, in the pool's labels, and keep it out of what is learnt "
            "from: ddi:test becomes the split ddi-test. May be repeated.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the 80/20 division where none is published.")
    ] = 0,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="Take only this source; may be repeated."),
    ] = None,
    directory: Corpora = None,
) -> None:
    """Make one training corpus of several, without any document that is evaluated on.

    Writes FOLDER/POOL.toml, a corpus with the splits train and test for recipes,
    and a report of what came from where, what was dropped and why.

    Example: [bold]relatome corpora build biorex --target ddi[/bold]
    """
    from relatome.corpora.places import user_directory
    from relatome.corpora.pool import find_pool
    from relatome.corpora.pool.build import build as build_pool
    from relatome.corpora.pool.report import evaluation_table, sources_table, splits_table

    pool = find_pool(name, target or ())
    folder = out if out is not None else user_directory() / pool.name
    report = build_pool(
        pool,
        folder,
        negatives=negatives,
        against=against,
        seed=seed,
        sources=source,
        evaluate=evaluate or (),
        directory=directory,
    )
    typer.echo(sources_table(report.sources))
    typer.echo(f"\n{splits_table(report.splits)}")
    typer.echo(f"\n{evaluation_table(report)}")
    if report.not_compared:
        typer.echo(f"\nNot present, so not compared: {', '.join(report.not_compared)}.")
    reference = _reference(pool.name, folder, directory)
    splits = ", ".join(f"{reference}:{split.name}" for split in report.splits)
    typer.echo(f"\nSplits for recipes: {splits}")
    typer.echo(f"What was dropped and why: {folder / 'report.md'}")


def _reference(pool: str, folder: Path, directory: Path | None) -> str:
    """What commands and recipes call a pool in `folder`: its name where that leads there."""
    from relatome.corpora import corpus

    try:
        found = corpus(pool, directory).base
    except UsageError:
        found = None
    if found is not None and found.resolve() == folder.resolve():
        return pool
    return f"{folder / pool}.toml"


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
