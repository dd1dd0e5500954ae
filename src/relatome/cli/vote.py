"""``relatome vote``: one prediction from those of several systems or seeds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from relatome.cli._options import require_distinct
from relatome.errors import (
    VOTE_ANSWER,
    VOTE_DOCUMENTS,
    VOTE_THRESHOLD_UNUSED,
    VOTE_TWICE,
    InputError,
    Place,
    UsageError,
)

if TYPE_CHECKING:
    from relatome.cli._scoring import Side
    from relatome.data import Document, Schema


def vote(
    predictions: Annotated[
        list[Path],
        typer.Argument(
            metavar="PRED...",
            help="Predictions of the same documents, two files or more, in any format relatome "
            "reads; answers to shared tasks too, with --gold.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file to write; its ending names the format, as for convert.",
        ),
    ],
    by: Annotated[
        Literal["majority", "mean"],
        typer.Option(
            help="majority: a label that more than half of the files assert, otherwise the choice "
            "with most votes. mean: a label whose score, averaged over all files, reaches "
            "--threshold."
        ),
    ] = "majority",
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE.toml",
            help="The task: a known schema, or your own. It tells whether the order of arguments "
            "means anything. Default: order as it is written; pairs found in both are refused.",
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Of --by mean.", show_default="0.5")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="jsonl (keeps everything), pubtator, bioc-xml, bioc-json, tsv, brat, or an answer "
            "such as drugprot-submission. Default: by the ending of FILE.",
        ),
    ] = None,
    gold: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|CORPUS:SPLIT",
            help="The annotated documents that answers to a shared task are about.",
        ),
    ] = None,
    corpora: Annotated[
        Path | None, typer.Option(help="Directory with local copies of corpora.")
    ] = None,
) -> None:
    """Combine predictions of the same documents, as of several seeds, into one.

    Every file has one vote on each pair; asserting nothing is a vote for none.
    Ties: no relation wins every tie it is part of;
    among labels wins the higher mean score, then the first in the schema
    (without a schema: in the alphabet).

    Scores written are means over all files, 0 where a file asserts nothing;
    if any relation has no score, they are shares of the files.

    Examples:

    relatome vote seed-*.jsonl --schema biored -o voted.jsonl

    relatome vote seed-*.jsonl --by mean --threshold 0.4 -o voted.jsonl
    """
    from relatome import data, formats
    from relatome.cli._formats import format_to_write
    from relatome.cli._scoring import read_gold
    from relatome.corpora import find_schema

    format = format_to_write(str(output), to)
    if threshold is not None and by == "majority":
        raise UsageError(VOTE_THRESHOLD_UNUSED)
    require_distinct(predictions, VOTE_TWICE)
    task = None if schema is None else find_schema(schema)
    annotated = None if gold is None else read_gold(gold, corpora)
    members = [_read(path, task, annotated) for path in predictions]
    elected = data.vote(
        members,
        task,
        by,
        0.5 if threshold is None else threshold,
        names=[str(path) for path in predictions],
    )
    report = formats.write(elected, output, format)
    for line in (*_remarks(predictions, members), *report.summary()):
        typer.echo(line, err=True)


def _remarks(paths: list[Path], members: list[list[Document]]) -> Iterator[str]:
    """What was voted on, and what the reader of the result should know."""
    from relatome.data.voting import all_scored
    from relatome.formats.report import counted

    for path, member in zip(paths, members, strict=True):
        relations = sum(len(document.relations) for document in member)
        yield f"{path}: {counted(relations, 'relation')}"
    for (one, first), (other, second) in combinations(zip(paths, members, strict=True), 2):
        if first == second:
            yield f"note: {one} and {other} predict the same"
    if not all_scored(members):
        yield "note: not every relation has a score: the scores written are shares of the files"


def _read(path: Path, schema: Schema | None, annotated: Side | None) -> list[Document]:
    """The documents of one member; an answer to a shared task takes them from the annotation."""
    from relatome import formats
    from relatome.formats.submissions import is_submission, read_submission

    if not path.is_file() or not is_submission(path):
        return list(formats.read(path, schema=schema))
    if annotated is None:
        raise UsageError(VOTE_ANSWER, path=path)
    known = {document.id for document in annotated.documents}
    documents = read_submission(path, annotated.documents)
    if unknown := [document.id for document in documents if document.id not in known]:
        gold = annotated.identity.get("file") or annotated.identity["corpus"]
        raise InputError(
            VOTE_DOCUMENTS,
            at=Place(gold),
            other=path,
            count=len(unknown),
            examples=", ".join(unknown[:3]),
        )
    for document in documents:
        try:
            # An answer may name anything; what is written must be whole.
            (document if schema is None else schema.conform(document)).check()
        except InputError as error:
            raise error.located(Place(str(path))) from None
    return documents
