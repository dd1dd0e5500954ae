"""``relatome compare``: whether one system is better than another, or only luckier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.cli._options import Corpora, Extra, Gold, Output


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="Predictions of one system.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Predictions of the other.")],
    gold: Gold,
    rule: Annotated[str, typer.Option(help="The official scoring rule, as for evaluate.")],
    score: Annotated[
        str | None, typer.Option(help="Only this score of the rule; by default all of them.")
    ] = None,
    resamples: Annotated[
        int, typer.Option(min=1, help="Resamples of the test and of the bootstrap.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of both.")] = 0,
    format: Annotated[
        Literal["table", "json"], typer.Option(help="A table to read, or JSON with every figure.")
    ] = "table",
    output: Output = None,
    extra: Extra = "rule",
    corpora: Corpora = None,
) -> None:
    """Compare two systems on the same documents: difference of F1, paired test and interval.

    p is how often a difference this large, either way, comes about by exchanging the two systems'
    answers to documents at random; the interval is a paired bootstrap over documents.

    Example:

    relatome compare new.jsonl old.jsonl --gold Test.PubTator --rule biored-8
    """
    import json

    from relatome.cli._scoring import put, read_gold, read_predictions, score_sides
    from relatome.scoring import find_rule
    from relatome.scoring.compare import compare as compare_results
    from relatome.scoring.summary import summarise_comparison
    from relatome.scoring.tables import comparison_as_text

    known_rule = find_rule(rule)
    annotated = read_gold(gold, corpora)
    one, other = (read_predictions(path, annotated) for path in (first, second))
    left, right = (score_sides(annotated, side, known_rule, extra) for side in (one, other))
    differences = [
        compare_results(left, right, name, resamples=resamples, seed=seed)
        for name in ((score,) if score is not None else known_rule.scores)
    ]
    summary = summarise_comparison(left, right, differences, resamples=resamples, seed=seed)
    summary["gold"] |= annotated.identity
    summary["first"] |= one.identity
    summary["second"] |= other.identity
    if format == "json":
        put(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", output)
    else:
        put(comparison_as_text(summary), output)
