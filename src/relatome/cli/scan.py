"""``relatome scan``: many files through the pipeline into tables, to be killed and gone on with."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.cli._documents import PUBTATOR3
from relatome.cli._options import ComputedWeights, GivenDictionary, MinScore, Model, Precision
from relatome.errors import EXTRA_MISSING, PUBTATOR3_IDS, MissingExtraError, UsageError

if TYPE_CHECKING:
    from relatome.scale import State

_LINE_EVERY = 60.0  # seconds, where nobody watches


def scan(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files in any format that extract reads, folders, patterns, or @LIST, a file of "
            "these. One file is one shard; arguments stand in the order given, and what each "
            "holds is sorted.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The folder of the scan.")
    ],
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Processes of this machine, or workers that a Ray cluster places."),
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="That many at a time; default: all cores there are."),
    ] = None,
    gpus_per_worker: Annotated[
        float,
        typer.Option(
            min=0.0, help="With ray, compute on GPUs, such a share of one for each worker."
        ),
    ] = 0.0,
    tagger: Annotated[
        str,
        typer.Option(
            metavar="TAGGER",
            help="Where entities come from: local (the tagger of the model), given (the documents) "
            "or a model folder with a tagger; auto is local for documents without entities.",
        ),
    ] = "auto",
    dictionary: GivenDictionary = None,
    model: Model = "small",
    min_score: MinScore = 0.0,
    precision: Precision = None,
    weights: ComputedWeights = None,
    max_error_rate: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Stop when a greater share of the documents cannot be used; judged once there are "
            "a thousand, and at the end.",
        ),
    ] = 0.5,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget what DIR holds of an earlier scan.")
    ] = False,
) -> None:
    """Extract the relations of many files into tables, on all cores or a cluster.

    Stopped or killed, it goes on where it was when the command is repeated; with new inputs it
    does these. docs/scale.md says what the tables hold.

    Examples:

    relatome scan baseline/ updatefiles/ --out pubmed

    relatome scan 'notes/**/*.txt' --out notes-relations --tagger local

    relatome scan @files.txt --out pubmed --engine ray
    """
    if tagger == PUBTATOR3:
        raise UsageError(PUBTATOR3_IDS)
    try:
        from relatome import scale
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="scale") from None

    try:
        with _watching() as watch:
            report = scale.scan(
                inputs,
                out,
                engine=engine,
                workers=workers,
                gpus_per_worker=gpus_per_worker,
                model=model,
                tagger=tagger,
                dictionary=dictionary,
                weights=weights,
                min_score=min_score,
                precision=precision,
                fresh=fresh,
                max_error_rate=max_error_rate,
                watch=watch,
            )
    except KeyboardInterrupt as stop:
        typer.echo("Stopped; the same command goes on from here.", err=True)
        # As a shell says it of a process that a signal ended.
        raise typer.Exit(128 + (stop.args[0] if stop.args else 2)) from None
    for line in report.summary():
        typer.echo(line, err=True)


@contextmanager
def _watching() -> Iterator[Callable[[State], None]]:
    """What shows how far the scan is: a bar on a terminal, else a line a minute."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[s]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        bar = shown.add_task("scan", total=None, s="")

        def show(state: State) -> None:
            shown.update(bar, total=state.bytes, completed=state.bytes_done, s=described(state))

        yield show


def _lines() -> Callable[[State], None]:
    last = time.monotonic()

    def show(state: State) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY:
            last = time.monotonic()
            typer.echo(described(state), err=True)

    return show


def described(state: State) -> str:
    """How far a scan is, in a line."""
    parts = [
        f"{state.done:,} of {state.shards:,} shards",
        f"{state.documents:,} documents",
        f"{state.rate:,.1f} a second",
    ]
    if state.seconds_left is not None:
        parts.append(f"{_duration(state.seconds_left)} left")
    parts += [
        f"{count:,} {what}"
        for count, what in (
            (state.errors, "errors"),
            (state.failed, "shards given up"),
            (state.lost, "workers lost"),
        )
        if count
    ]
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes = int(seconds) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min {int(seconds) % 60} s"
