"""``relatome extract``: texts, annotated documents or ids in, scored relations out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.cli._documents import PIPE, PUBTATOR3, Ids, documents_of
from relatome.cli._options import ComputedWeights, GivenDictionary, MinScore, Model, Precision
from relatome.errors import FORMAT_UNKNOWN, PREDICATES_ANSWER, PUBTATOR3_IDS, UsageError

if TYPE_CHECKING:
    from relatome.data import Document

_TABLE = "table"


def extract(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE...]",
            help="Plain text, PubMed XML, PubTator, BioC XML, BioC JSON, JSON Lines or a folder of "
            "BRAT files, gzip or not; - for standard input.",
        ),
    ] = None,
    pmid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="IDS", help="PubMed ids, divided by commas, or a file of them, to be fetched."
        ),
    ] = None,
    pmcid: Annotated[
        list[str] | None,
        typer.Option(metavar="IDS", help="Ids of PMC, likewise, for full text."),
    ] = None,
    tagger: Annotated[
        str | None,
        typer.Option(
            metavar="TAGGER",
            help="Where entities come from: local (the tagger of the model), given (the documents) "
            "or pubtator3 (for ids), or a model folder with a tagger. Default: pubtator3 for ids, "
            "local for documents without entities.",
        ),
    ] = None,
    dictionary: GivenDictionary = None,
    pubtator3_relations: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write the documents with PubTator3's own relations, as JSON Lines.",
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Take ids from what was fetched before; ask nobody.")
    ] = False,
    model: Model = "small",
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
    ] = PIPE,
    min_score: MinScore = 0.0,
    precision: Precision = None,
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
    weights: ComputedWeights = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processor threads; default: all cores.")
    ] = None,
) -> None:
    """Extract typed, scored, novelty-labelled relations between the entities of documents.

    Entities are those the documents bring along, or found in the text.

    Examples:

    relatome extract abstract.txt

    relatome extract --pmid 18439317,17204593

    relatome extract annotated.pubtator

    relatome extract corpus.xml.gz --min-score 0.5 -o relations.tsv

    relatome extract annotated.pubtator --precision 0.8 --predicates pubtator3
    """
    from relatome import formats
    from relatome.cli._problems import show_problems
    from relatome.data.predicates import require_predicates, with_predicates
    from relatome.pipeline import AUTO, load

    format = _format(output, format)
    problems = formats.Problems() if on_error == "report" else None
    ids = Ids(
        pmid or [],
        pmcid or [],
        annotated=tagger in (None, PUBTATOR3),
        relations=pubtator3_relations,
        offline=offline,
    )
    if tagger == PUBTATOR3 and not ids:
        raise UsageError(PUBTATOR3_IDS)
    pipeline = load(
        model,
        tagger=tagger if tagger not in (None, PUBTATOR3) else AUTO,
        weights=weights,
        threads=threads,
        min_score=min_score,
        precision=precision,
    )
    if dictionary is not None:
        from relatome.entities import Dictionary

        pipeline.linker = Dictionary.read(dictionary, pipeline.schema.canonical_type)
    given, fetched = documents_of(files or [], ids, pipeline.input_schema, problems)
    documents = pipeline(given)
    if predicates is not None:
        if format in formats.ANSWERS:
            raise UsageError(PREDICATES_ANSWER, format=format)
        require_predicates(pipeline.schema, predicates)
        documents = (with_predicates(document, predicates) for document in documents)
    if format == _TABLE:
        _write_table(documents, None if output == PIPE else Path(output))
        lost: list[str] = []
    else:
        target = sys.stdout.buffer if output == PIPE else Path(output)
        lost = formats.write(documents, target, format, on_error=problems).summary()
    said = fetched.summary() if fetched is not None else []
    for line in (*said, *pipeline.tally.summary(), *lost):
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

    if asked is None and output == PIPE:
        return _TABLE
    format = format_to_write(output, asked)
    if asked is None and format == "text":
        return _TABLE
    known = (_TABLE, *(f for f in formats.WRITABLE if f != "text"), *formats.ANSWERS)
    if format not in known:
        raise UsageError(FORMAT_UNKNOWN, direction="output", name=format, known=", ".join(known))
    return format


def _write_table(documents: Iterator[Document], output: Path | None) -> None:
    from rich.console import Console

    from relatome.cli._relations import relation_table
    from relatome.cli._terminal import PIPED_WIDTH, console
    from relatome.formats.target import replaced

    if output is None:
        for document in documents:
            terminal = console()
            terminal.print(relation_table(document, terminal.width))
        return
    with replaced(output) as stream:
        text = TextIOWrapper(stream, encoding="utf-8", newline="\n")
        file = Console(file=text, width=PIPED_WIDTH, highlight=False, emoji=False)
        for document in documents:
            file.print(relation_table(document, PIPED_WIDTH))
        text.detach()  # flushes, and leaves the closing to `replaced`
