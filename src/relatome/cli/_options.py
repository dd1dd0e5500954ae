"""Options that several commands have, and what they refuse alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from relatome.errors import Message, UsageError

Corpora = Annotated[
    Path | None,
    typer.Option(
        "--corpora",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Directory with local copies, searched before RELATOME_CORPORA and the user's data "
        "folder.",
    ),
]
Gold = Annotated[
    str,
    typer.Option(
        metavar="FILE|CORPUS:SPLIT",
        help="The annotated file, in any format relatome reads, or a split of a corpus, "
        "published or your own.",
    ),
]
Extra = Annotated[
    Literal["rule", "refuse", "ignore"],
    typer.Option(
        help="What to do with predicted documents that the gold does not have; by default what "
        "the rule's task does."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to this file instead of the terminal."
    ),
]
Model = Annotated[str, typer.Option(metavar="NAME|DIR", help="A shipped model, or a model folder.")]
GivenDictionary = Annotated[
    Path | None,
    typer.Option(
        metavar="TSV", help="Identifiers for entities without: id, type, names divided by |."
    ),
]
MinScore = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Leave out relations scored lower.")
]
Precision = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        help="Of each type, return what is scored highly enough that a share P of it was right "
        "on the documents the model was calibrated on, such as 0.8.",
    ),
]
ComputedWeights = Annotated[
    Literal["int8", "fp32", "bf16"] | None,
    typer.Option(
        help="Weights to compute with; default: the fastest the model has. bf16 is faster on "
        "processors made for it (pip install 'relatome\\[fast]')."
    ),
]


def require_distinct(paths: list[Path], message: Message) -> None:
    """Refuse a path that is named twice, however it is written.

    Raises:
        UsageError: the message, with the path.
    """
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise UsageError(message, path=path)
        seen.add(path.resolve())
