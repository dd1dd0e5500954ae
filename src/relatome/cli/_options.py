"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
