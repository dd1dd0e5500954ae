"""``relatome evaluate``: score predicted relations against annotated ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.cli._options import Corpora, Extra, Gold, Output


def evaluate(
    gold: Gold,
    pred: Annotated[
        Path,
        typer.Option(
            help="The file with predicted relations, or an answer to a shared task in its format."
        ),
    ],
    rule: Annotated[
        str,
        typer.Option(
            help="The official scoring rule, for example biored-8, drugprot or bc5cdr-cid."
        ),
    ],
    format: Annotated[
        Literal["table", "json"],
        typer.Option(help="Tables to read, or JSON with every figure down to each document."),
    ] = "table",
    output: Output = None,
    resamples: Annotated[
        int, typer.Option(min=1, help="Bootstrap resamples behind the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap, and of --folds.")] = 0,
    folds: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Also divide the documents into this many folds, as a cross-validation with the "
            "same seed does, and print mean and standard deviation over them.",
        ),
    ] = None,
    extra: Extra = "rule",
    corpora: Corpora = None,
) -> None:
    """Score predicted relations against annotated ones, by a corpus's official rule.

    Prints precision, recall and F1 with bootstrap intervals,
    then the scores per label and per pair of entity types.
    Where the organisers' program counts otherwise, its figures stand beside the rule's.
    A gold document without a prediction counts as missed.

    Example:

    relatome evaluate --gold Test.PubTator --pred out.jsonl --rule biored-8
    """
    import json

    from relatome.cli._scoring import put, read_gold, read_predictions, score_sides
    from relatome.data import folds as divide
    from relatome.scoring import find_rule
    from relatome.scoring.folds import across_folds
    from relatome.scoring.summary import summarise
    from relatome.scoring.tables import as_text

    known_rule = find_rule(rule)
    annotated = read_gold(gold, corpora)
    predicted = read_predictions(pred, annotated)
    result = score_sides(annotated, predicted, known_rule, extra)
    script = None
    if known_rule.script is not None:
        script = score_sides(annotated, predicted, find_rule(known_rule.script), extra)
    spread = None
    if folds is not None:
        held_out = [{d.id for d in held} for _, held in divide(annotated.documents, folds, seed)]
        spread = {name: across_folds(result, held_out, name) for name in result.scores}
    summary = summarise(result, script=script, folds=spread, resamples=resamples, seed=seed)
    summary["gold"] |= annotated.identity
    summary["predicted"] |= predicted.identity
    if format == "json":
        put(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", output)
    else:
        put(as_text(summary), output)
