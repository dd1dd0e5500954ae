"""``relatome models``: the models at hand, exporting one that was trained, calibrating one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.cli._options import Corpora
from relatome.errors import CALIBRATE_SHIPPED, EXTRA_MISSING, MissingExtraError, UsageError

models = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    help="List the models relatome comes with, verify a model folder, export a trained one, or "
    "fit what its scores mean.",
)


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the models relatome comes with."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table

    from relatome.cli._terminal import console
    from relatome.pipeline import shipped_models
    from relatome.runtime import ModelFolder

    table = Table("model", "version", "schema", "weights", "size")
    for name, path in shipped_models().items():
        folder = ModelFolder(path)
        table.add_row(
            name,
            folder.manifest.version,
            folder.settings.schema.name,
            ", ".join(folder.weights),
            f"{folder.size / 1e6:.1f} MB",
        )
    console().print(table)


@models.command()
def card(
    model: Annotated[
        str, typer.Argument(metavar="NAME|DIR", help="A shipped model, or a model folder.")
    ] = "small",
) -> None:
    """Verify every file of a model and print its card.

    Example:

    relatome models card small
    """
    from relatome.pipeline import find_model
    from relatome.runtime import ModelFolder

    folder = ModelFolder(find_model(model))
    folder.verify()
    typer.echo(folder.card())
    if folder.manifest.tagger is not None:
        typer.echo(folder.tagger_card())


@models.command()
def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Model folder to write.")],
    name: Annotated[str | None, typer.Option(help="Name; default: the recipe's.")] = None,
    int8_only: Annotated[
        bool, typer.Option("--int8-only", help="Leave out the fp32 weights, four times as large.")
    ] = False,
) -> None:
    """Write a trained model as ONNX (fp32 and int8) with tokenizer and card.

    The folder runs with `relatome extract --model OUT`, without torch. A tagger is added to a
    folder that holds a relation model, and the other way round.

    Example:

    relatome models export runs/small my-model
    """
    try:
        from relatome.training.export import export_run
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None
    export_run(run, output, name, int8_only=int8_only)
    typer.echo(f"Wrote {output}. Try: relatome extract FILE --model {output}")


@models.command()
def calibrate(
    model: Annotated[
        str, typer.Argument(metavar="NAME|DIR", help="A shipped model, or a model folder.")
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE|CORPUS:SPLIT",
            help="Documents with annotated relations that the model did not learn from, in any "
            "format relatome reads, or a split of a corpus, published or your own.",
        ),
    ],
    weights: Annotated[
        Literal["int8", "fp32"] | None,
        typer.Option(help="Weights to fit the scores of; default: the fastest the model has."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Leave the model as it is and write another one."
        ),
    ] = None,
    corpora: Corpora = None,
) -> None:
    """Fit what the scores of a model mean, and write it into its model.json and its card.

    A shipped model stays as it is, and needs --output.
    Which relations a model returns, and all its other files, stay as they are.
    Afterwards a score is the probability that a relation is right,
    and relatome extract --precision 0.8 knows which scores to ask for.

    Example:

    relatome models calibrate my-model biored:dev

    relatome models calibrate small my-corpus.jsonl --output my-model
    """
    import shutil

    from relatome.cli._scoring import read_to_fit
    from relatome.formats.target import new_folder, require_new_folder
    from relatome.pipeline import find_model, shipped_models
    from relatome.runtime import ModelFolder
    from relatome.runtime.calibration import calibrate_folder

    folder = find_model(model)
    if output is not None:
        require_new_folder(output)
    elif folder in shipped_models().values():
        raise UsageError(CALIBRATE_SHIPPED, name=model)
    schema = ModelFolder(folder).settings.schema
    documents = read_to_fit(target, corpora, schema, "calibrate")
    if output is not None:
        with new_folder(output) as copy:
            shutil.copytree(folder, copy, dirs_exist_ok=True)
            settings = calibrate_folder(copy, documents, target, weights)
        folder = output
    else:
        settings = calibrate_folder(folder, documents, target, weights)
    found = settings.calibration
    assert found is not None
    typer.echo(
        f"Fitted to {found.pooled.relations:,} relations of {found.split} with {found.weights} "
        f"weights: temperature {settings.decoding.temperature:.2f}, calibration error "
        f"{found.before.error:.3f} before, {found.after.error:.3f} after. Wrote {folder}"
    )
    if (threshold := settings.coreference_threshold) is not None:
        typer.echo(f"Mentions are grouped by coreference of a probability of at least {threshold}.")
