"""``relatome convert``: files of documents into one, of another format or the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.cli._documents import PIPE, distinct, read_input
from relatome.errors import OUTPUT_THERE, UsageError


def convert(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="IN...",
            help="Files to read, gzip or not, or folders of BRAT files; - for standard input.",
        ),
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="OUT",
            help="The file to write; its ending names the format (.pubtator, .txt, .xml, .json, "
            ".jsonl, .tsv, each also with .gz; FOLDER/ for BRAT); - for standard output.",
        ),
    ],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="pubtator, bioc-xml, bioc-json, pubmed-xml, ddi-xml, ppi-xml, jsonl, text, biorex "
            "or brat. Default: recognized by content.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="pubtator, bioc-xml, bioc-json, jsonl, text, tsv or brat; drugprot-submission, "
            "chemprot-submission, bc5cdr-submission or ddi-submission for an answer to that task. "
            "Default: by the ending of OUT.",
        ),
    ] = None,
    on_error: Annotated[
        Literal["stop", "report"],
        typer.Option(
            help="At a document that cannot be used: stop, or leave it out, go on, and write "
            "every problem to OUT.problems.jsonl."
        ),
    ] = "stop",
) -> None:
    """Convert documents into another format, and say what that format cannot hold.

    Several files become one.

    Examples:

    relatome convert Train.BioC.XML train.pubtator.gz --on-error report

    relatome convert notes/*.txt notes.jsonl
    """
    from relatome import formats
    from relatome.cli._formats import format_to_write
    from relatome.cli._problems import show_problems

    format = format_to_write(target, to)
    problems = formats.Problems()
    sink = problems if on_error == "report" else None
    if len(sources) > 1 and target != PIPE and Path(target).is_file():
        # `convert *.jsonl` without OUT would write all others over the last.
        raise UsageError(OUTPUT_THERE, path=target)
    parts = [(name, read_input(name, format=from_, problems=sink)) for name in sources]
    output = sys.stdout.buffer if target == PIPE else Path(target)
    report = formats.write(distinct(parts, sink), output, format, on_error=sink)
    for line in report.summary():
        typer.echo(line, err=True)
    if on_error == "report":
        show_problems(problems, target)
    if problems.count and not report.documents:
        raise typer.Exit(1)
