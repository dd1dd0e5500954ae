"""``relatome sweep``: recipes with every combination of some values, by several seeds."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relatome.cli._options import Corpora
from relatome.errors import EXTRA_MISSING, SWEEP_FAILED, MissingExtraError, WorkError

if TYPE_CHECKING:
    from rich.table import Table


def sweep(
    recipes: Annotated[
        list[str],
        typer.Argument(
            metavar="RECIPE...",
            help="A recipe's name, or the path of a TOML file. Several are compared.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder of the sweep and its runs."),
    ],
    grid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE,VALUE...",
            help="Values of a key of the recipe in TOML notation, - to remove the key; may be "
            "repeated: every combination is tried. Default: the recipes as they are.",
        ),
    ] = None,
    seeds: Annotated[
        str,
        typer.Option(
            metavar="N|SEED,SEED...", help="How many seeds (3: 13, 14, 15), or which: 13,14"
        ),
    ] = "3",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a sweep that was stopped; values and seeds may have been added.",
        ),
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a key of every recipe for all runs; may be repeated.",
        ),
    ] = None,
    corpora: Corpora = None,
) -> None:
    """Train recipes with every combination of some values, and compare them on dev.

    Every run is an ordinary run folder in DIR. A sweep that was killed goes on with --resume.
    DIR/sweep.md has the table, DIR/sweep.svg the figure, DIR/sweep.json every score.

    Examples:

    relatome sweep mine.toml --grid losses.focal.gamma=0,1,2,3 --seeds 3 -o runs/gamma

    relatome sweep mine.toml --grid data.fraction=0.1,1.0
    --grid 'losses.abstention_ranking=-,{weight=1.0,margin=0.1}' -o runs/ranking

    relatome sweep mine.toml other.toml --grid data.fraction=0.1,1.0 -o runs/both
    """
    try:
        from relatome.training import sweep as sweeps
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None
    from relatome.cli._terminal import console
    from relatome.report.curves import draw_curves
    from relatome.report.sweep import (
        FIGURE_FILE,
        TABLE_FILE,
        draw_sweep,
        read_sweep,
        write_page,
    )

    axes = [sweeps.read_axis(text) for text in grid or ()]
    swept = sweeps.plan(recipes, override or (), axes, sweeps.read_seeds(seeds), corpora)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    failed = []
    for step in sweeps.carry_out_units(swept, output, corpora, resume=resume):
        if step.error:
            failed.append(step.unit.name)
        else:
            draw_curves(step.folder)
        write_page(read_sweep(output), output / TABLE_FILE)
    found = read_sweep(output)
    write_page(found, output / TABLE_FILE)
    drawn = draw_sweep(found, output / FIGURE_FILE)
    console().print(_table(found))
    typer.echo(f"Table: {output / TABLE_FILE}")
    if drawn:
        typer.echo(f"Figure: {output / FIGURE_FILE}")
    if best := next((point for point in found["points"] if point["best"]), None):
        runs = shlex.join(str(output / unit["folder"]) for unit in best["units"])
        typer.echo(f"Next: relatome predict {runs} {found['test']} --output predicted.jsonl")
    if failed:
        raise WorkError(
            SWEEP_FAILED, failed=len(failed), units=len(swept.units), names=", ".join(failed)
        )


def _table(found: dict[str, Any]) -> Table:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from relatome.report.sweep import sweep_table

    rows = sweep_table(found)
    table = Table(
        box=box.SIMPLE_HEAD, caption=f"{escape(rows.caption)} in bold", caption_justify="left"
    )
    for index, column in enumerate(rows.columns):
        table.add_column(escape(column), justify="left" if index < len(found["grid"]) else "right")
    for index, row in enumerate(rows.rows):
        table.add_row(*map(escape, row), style="bold" if index in rows.best else None)
    return table
