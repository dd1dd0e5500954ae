"""``relatome train``: a recipe carried out in a folder."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path
from typing import Annotated

import typer

from relatome.errors import EXTRA_MISSING, MissingExtraError


def train(
    recipe: Annotated[
        str, typer.Argument(metavar="RECIPE", help="A recipe's name, or the path of a TOML file.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="RUN", help="Folder of the run.")
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped.")
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a key of the recipe, such as training.seed=7; may be repeated.",
        ),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the files lie that a tagger's recipe names."),
    ] = None,
    corpora: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where corpora lie; default: $RELATOME_CORPORA."),
    ] = None,
) -> None:
    """Train a model by a recipe and keep the epoch that scores best on dev.

    A run that was killed goes on with --resume, to the result it would have had.

    Examples:

    relatome train small --output runs/small

    relatome train small --output runs/small-7 --set training.seed=7
    """
    from relatome.recipes import Combination, TaggerRecipe, load_any

    chosen = load_any(recipe, tuple(override or ()))
    try:
        from relatome import training
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None
    from relatome.report.curves import draw_curves
    from relatome.report.reliability import draw_reliability

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if isinstance(chosen, Combination):
        outcome = training.combine(chosen, output, corpora, resume=resume)
        runs = [output.parent / name for name in training.all_members(chosen)]
        what, rule = "Runs beside", chosen.rule
        test = "TAGGED-FILE" if chosen.tagged else chosen.test
        predicts, exports = True, False
    elif isinstance(chosen, TaggerRecipe):
        from relatome.training.tagger import RULE, train_tagger

        outcome = train_tagger(chosen, output, text, corpora, resume=resume)
        runs = [output]
        what, rule, test = "Model", RULE, chosen.test
        predicts, exports = False, True
    else:
        outcome = training.carry_out(chosen, output, corpora, resume=resume)
        runs = [output]
        what, rule, test = "Model", chosen.selection.rule, chosen.data.test
        predicts = bool(chosen.losses)
        exports = predicts and chosen.fine_types is None
    if training.main_process():
        for run in runs:
            draw_curves(run)
            draw_reliability(run)
    if outcome.scores:
        scores = " · ".join(f"{name} {100 * value:.1f}" for name, value in outcome.scores.items())
        typer.echo(f"{outcome.split}, {rule}, F1: {scores}")
    typer.echo(f"{what}: {outcome.model}")
    if exports:
        typer.echo(f"Next: relatome models export {shlex.quote(str(output))} MODEL-FOLDER")
    elif predicts:
        words = ["relatome", "predict", str(output), test, "-o", "predicted.jsonl"]
        typer.echo(f"Next: {shlex.join(words)}")
