"""``relatome extract``: annotated documents in, scored relations out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.errors import (
    DUPLICATE_DOCUMENT,
    FORMAT_UNKNOWN,
    PREDICATES_ANSWER,
    InputError,
    Place,
    UsageError,
)

if TYPE_CHECKING:
    from relatome.data import Document
    from relatome.formats import Problems
    from relatome.pipeline import Pipeline

_PIPE = "-"
_TABLE = "table"


def extract(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="PubTator, BioC XML, BioC JSON, JSON Lines or a folder of BRAT files, with "
            "annotated entities, gzip or not; - for standard input.",
        ),
    ],
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="A shipped model, or a model folder.")
    ] = "small",
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "--to",
            metavar="FORMAT",
            help="table (to look at), jsonl (holds everything), pubtator, bioc-json, bioc-xml, "
            "tsv, brat, or the answer to a task, such as drugprot-submission. Default: by the "
            "ending of OUTPUT; table for .txt and the terminal.",
        ),
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="OUTPUT",
            help="A file, or FOLDER/ for BRAT; - for the terminal.",
        ),
    ] = _PIPE,
    min_score: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Leave out relations scored lower.")
    ] = 0.0,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            help="Of each type, return what is scored highly enough that a share P of it was right "
            "on the documents the model was calibrated on, such as 0.8.",
        ),
    ] = None,
    predicates: Annotated[
        Literal["pubtator3", "biolink"] | None,
        typer.Option(
            help="Name relations as PubTator 3 (treat, cause, …) or Biolink does; "
            "docs/predicates.md has the table."
        ),
    ] = None,
    on_error: Annotated[
        Literal["stop", "report"],
        typer.Option(
            help="At a document that cannot be used: stop, or leave it out, go on, and write "
            "every problem to OUTPUT.problems.jsonl."
        ),
    ] = "stop",
    weights: Annotated[
        Literal["int8", "fp32"] | None,
        typer.Option(help="Weights to compute with; default: the fastest the model has."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processor threads; default: all cores.")
    ] = None,
) -> None:
    """Extract typed, scored, novelty-labelled relations between the entities of documents.

    Examples:

    relatome extract annotated.pubtator

    relatome extract corpus.xml.gz --min-score 0.5 -o relations.tsv

    relatome extract annotated.pubtator --precision 0.8 --predicates pubtator3
    """
    from relatome import formats
    from relatome.cli._problems import show_problems
    from relatome.data.predicates import require_predicates, with_predicates
    from relatome.pipeline import load

    format = _format(output, format)
    problems = formats.Problems() if on_error == "report" else None
    pipeline = load(
        model, weights=weights, threads=threads, min_score=min_score, precision=precision
    )
    documents = pipeline(_read(files, pipeline, problems))
    if predicates is not None:
        if format in formats.ANSWERS:
            raise UsageError(PREDICATES_ANSWER, format=format)
        require_predicates(pipeline.schema, predicates)
        documents = (with_predicates(document, predicates) for document in documents)
    if format == _TABLE:
        _write_table(documents, None if output == _PIPE else Path(output))
        lost: list[str] = []
    else:
        target = sys.stdout.buffer if output == _PIPE else Path(output)
        lost = formats.write(documents, target, format, on_error=problems).summary()
    for line in (*pipeline.tally.summary(), *lost):
        typer.echo(line, err=True)
    if problems is not None:
        show_problems(problems, output)
        if problems.count and not pipeline.tally.documents:
            raise typer.Exit(1)


def _format(output: str, asked: str | None) -> str:
    """The format asked for, or that of the output's ending; the table of what has no other.

    Raises:
        UsageError: if there is no such format, or the ending names none.
    """
    from relatome import formats
    from relatome.cli._formats import format_to_write

    if asked is None and output == _PIPE:
        return _TABLE
    format = format_to_write(output, asked)
    if asked is None and format == "text":
        return _TABLE
    known = (_TABLE, *(f for f in formats.WRITABLE if f != "text"), *formats.ANSWERS)
    if format not in known:
        raise UsageError(FORMAT_UNKNOWN, direction="output", name=format, known=", ".join(known))
    return format


def _read(files: list[str], pipeline: Pipeline, problems: Problems | None) -> Iterator[Document]:
    """The documents of all files; that each file exists is checked before the first is read.

    Their relations are to be replaced, so these may be of any type.
    """
    from relatome import formats

    schema = pipeline.schema

    def one(name: str) -> Iterator[Document]:
        if name == _PIPE:
            return formats.read_stream(
                sys.stdin.buffer,
                "standard input",
                schema=schema,
                any_label=True,
                on_error=problems,
            )
        return formats.read(name, schema=schema, any_label=True, on_error=problems)

    return _distinct([(name, one(name)) for name in files], problems)


def _distinct(
    files: list[tuple[str, Iterator[Document]]], problems: Problems | None
) -> Iterator[Document]:
    """The documents of several files, without those whose id an earlier file had.

    Raises:
        InputError: at such a document, if problems are not to be reported.
    """
    seen: set[str] = set()
    for name, documents in files:
        for document in documents:
            if document.id in seen:
                place = Place(name, document=document.id)
                error = InputError(DUPLICATE_DOCUMENT, at=place, document=document.id)
                if problems is None:
                    raise error
                problems(error)
                continue
            seen.add(document.id)
            yield document


def _write_table(documents: Iterator[Document], output: Path | None) -> None:
    from rich.console import Console

    from relatome.cli._relations import relation_table
    from relatome.cli._terminal import PIPED_WIDTH, console
    from relatome.formats.target import replaced

    if output is None:
        for document in documents:
            console().print(relation_table(document))
        return
    with replaced(output) as stream:
        text = TextIOWrapper(stream, encoding="utf-8", newline="\n")
        file = Console(file=text, width=PIPED_WIDTH, highlight=False, emoji=False)
        for document in documents:
            file.print(relation_table(document))
        text.detach()  # flushes, and leaves the closing to `replaced`
