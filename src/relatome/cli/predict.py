"""``relatome predict``: the models of finished runs over annotated documents."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relatome.cli._options import Corpora, require_distinct
from relatome.errors import (
    ENSEMBLE_TWICE,
    EXTRA_MISSING,
    FORMAT_UNKNOWN,
    InputError,
    MissingExtraError,
    Place,
    UsageError,
)

if TYPE_CHECKING:
    from relatome.data import Document
    from relatome.training.ensemble import LoadedModel


def predict(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Folders of finished runs. Of several, the probabilities are averaged.",
        ),
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE|CORPUS:SPLIT",
            help="Documents with annotated entities, in any format relatome reads, or a split of "
            "a corpus, published or your own.",
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
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="jsonl (keeps everything), pubtator, bioc-xml, bioc-json, tsv, brat, or the "
            "answer to a task, such as drugprot-submission. Default: by the ending of FILE.",
        ),
    ] = None,
    corpora: Corpora = None,
) -> None:
    """Predict the relations of documents with the models that runs ended with.

    Several runs, as of five seeds, give one prediction:
    the mean of their class probabilities, decoded with the mean of their thresholds.
    For a majority of votes, predict with each and use relatome vote.

    Examples:

    relatome predict runs/small biored:test -o predicted.jsonl

    relatome predict runs/seed-* drugprot:dev --to drugprot-submission -o answer.tsv
    """
    from relatome import formats
    from relatome.cli._formats import format_to_write
    from relatome.cli._scoring import read_gold
    from relatome.formats.submissions import require_task

    format = format_to_write(str(output), to)
    known = (*(each for each in formats.WRITABLE if each != "text"), *formats.ANSWERS)
    if format not in known:
        raise UsageError(FORMAT_UNKNOWN, direction="output", name=format, known=", ".join(known))
    require_distinct(runs, ENSEMBLE_TWICE)
    try:
        from relatome.training import ensemble, members
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    documents = read_gold(target, corpora).documents
    if len(runs) == 1:
        loaded = members.load_members(runs[0])
        remarks = []
    else:
        loaded = members.LoadedRun([ensemble.load_run(run) for run in runs], "mean", [])
        remarks = [_thresholds(loaded.models)]
    if format in formats.ANSWERS:
        require_task(format, loaded.models[0].settings.schema)

    def predicted() -> Iterator[Document]:
        # Asked for when the output is open, so that a file that cannot be written costs no time.
        try:
            yield from loaded.predict(documents)
        except InputError as error:
            raise error.located(Place(target)) from None

    report = formats.write(predicted(), output, format)
    for line in (*remarks, *report.summary()):
        typer.echo(line, err=True)


def _thresholds(models: list[LoadedModel]) -> str:
    """What several models have in common; that they differ too much is found here."""
    from relatome.training.ensemble import joint_settings

    joint = joint_settings(models).decoding.threshold
    own = " · ".join(f"{model.settings.decoding.threshold:.2f}" for model in models)
    return f"Mean of {len(models)} models at the mean of their thresholds: {joint:.3f} ({own})"
