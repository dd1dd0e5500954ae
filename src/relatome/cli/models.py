"""``relatome models``: the models at hand, and exporting one that was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relatome.errors import EXTRA_MISSING, MissingExtraError

models = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    help="List the models relatome comes with, verify a model folder, or export a trained one.",
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
