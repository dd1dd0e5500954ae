"""``relatome evaluate``: score predicted relations against annotated ones."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.errors import CANNOT_WRITE, InputError, Place, WorkError


def evaluate(
    gold: Annotated[Path, typer.Option(help="The annotated file, in any format relatome reads.")],
    pred: Annotated[Path, typer.Option(help="The file with predicted relations.")],
    rule: Annotated[
        str,
        typer.Option(help="The official scoring rule, for example biored-8, biored-5 or bc8."),
    ],
    format: Annotated[
        Literal["table", "json"],
        typer.Option(help="Tables to read, or JSON with every figure down to each document."),
    ] = "table",
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of the terminal.")
    ] = None,
    resamples: Annotated[
        int, typer.Option(min=1, help="Bootstrap resamples behind the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    extra: Annotated[
        Literal["refuse", "ignore"],
        typer.Option(help="What to do with predicted documents that the gold does not have."),
    ] = "refuse",
) -> None:
    """Score predicted relations against annotated ones, by a corpus's official rule.

    Prints precision, recall and F1 with bootstrap intervals,
    then the scores per label and per pair of entity types.
    A gold document without a prediction counts as missed.

    Example:

    relatome evaluate --gold Test.PubTator --pred out.jsonl --rule biored-8
    """
    import json

    from relatome import formats
    from relatome.scoring import find_rule, score
    from relatome.scoring.summary import summarise
    from relatome.scoring.tables import as_text

    known_rule = find_rule(rule)
    try:
        result = score(formats.read(gold), formats.read(pred), known_rule, extra=extra)
    except InputError as error:
        # Readers name their file; what is left with only a document is gold no rule can judge.
        raise error.located(Place(str(gold))) if error.place.document else error from None
    summary = summarise(result, resamples=resamples, seed=seed)
    summary["gold"] |= _identity(gold)
    summary["predicted"] |= _identity(pred)
    if format == "json":
        text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    else:
        text = as_text(summary)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=output, reason=error.strerror) from None


def _identity(path: Path) -> dict[str, str]:
    """Which file was scored: its path, and the checksum of what it held."""
    with path.open("rb") as stream:
        return {"file": str(path), "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
