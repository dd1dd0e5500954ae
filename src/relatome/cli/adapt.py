"""``relatome adapt``: an encoder made familiar with biomedical text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relatome.errors import EXTRA_MISSING, MissingExtraError


def adapt(
    recipe: Annotated[
        str, typer.Argument(metavar="RECIPE", help="An adaptation's name or TOML file.")
    ],
    text: Annotated[
        list[Path],
        typer.Argument(
            metavar="TEXT...",
            help="JSON Lines with id, title and abstract or text, gzip or not; or folders of them.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="RUN", help="Folder of the run.")
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped.")
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key; may be repeated."),
    ] = None,
    corpora: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where corpora lie; default: $RELATOME_CORPORA."),
    ] = None,
) -> None:
    """Train an encoder on plain text by masked language modelling, for recipes to start from.

    Documents of every dev and test split found among the corpora are left out, by id and title.

    Example:

    relatome adapt minilm-biomedical abstracts/ --output runs/minilm-biomedical
    """
    from relatome.recipes import load_adaptation

    chosen = load_adaptation(recipe, tuple(override or ()))
    try:
        from relatome import training
        from relatome.models import load_encoder
        from relatome.training.text import Blocks, Evaluation, read_texts
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None
    from relatome.corpora import load, present

    judged = [
        load(entry.name, split.name, corpora)
        for entry, split in present(corpora)
        if split.role != "train"
    ]
    names = ", ".join(split.name for split in judged) or "no split at hand"
    _, tokenizer = load_encoder(chosen.encoder.name)
    evaluation = Evaluation(document for split in judged for document in split.documents)
    blocks = Blocks(read_texts(text), tokenizer, chosen.length, evaluation)
    typer.echo(
        f"{blocks.texts:,} texts, {len(blocks):,} blocks of {chosen.length} tokens; "
        f"{blocks.left_out:,} texts left out as documents of {names}."
    )
    encoder = training.adapt(chosen, blocks, output, resume=resume)
    typer.echo(f"Encoder: {encoder}")
    typer.echo(f"Next: relatome train small -o RUN --set encoder.name={encoder}")
