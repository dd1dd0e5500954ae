"""``relatome report``: scores, curves and errors of a run or a prediction, as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.cli._options import Corpora


def report(
    answers: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN|PRED...",
            help="The folder of a run, or a file with predicted relations; two of them stand side "
            "by side.",
        ),
    ],
    gold: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|CORPUS:SPLIT",
            help="The annotated documents, as for evaluate; those of its recipe for a run.",
        ),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(help="The official scoring rule, as for evaluate; that of its recipe."),
    ] = None,
    split: Annotated[
        Literal["dev", "test"] | None,
        typer.Option(
            help="The documents of a run's recipe to judge it on. Errors of a test split are "
            "counted and not shown. Default: dev."
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")
    ] = Path("report.html"),
    corpora: Corpora = None,
) -> None:
    """Write a page on how good predictions are and where they go wrong, to open in a browser.

    Official scores with intervals, learning curves, types taken for one another,
    precision and recall, reliability, scores by label, entity types, distance and mentions,
    the most confident errors with their text, and entities that a tagger missed.
    A run predicts its dev documents first. The page needs no network and prints well.

    Examples:

    relatome report runs/small

    relatome report predicted.jsonl --gold biored:dev --rule biored-8

    relatome report runs/new runs/old -o comparison.html
    """
    from relatome.cli._reporting import Request, write_report

    request = Request(tuple(answers), gold, rule, split, corpora, output)
    write_report(request)
    typer.echo(f"Wrote {output}")
