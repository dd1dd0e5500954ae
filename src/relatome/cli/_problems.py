"""What a command does with the problems it was told to report instead of stopping at them."""

from __future__ import annotations

from pathlib import Path

import typer

from relatome.formats import Problems

_PIPE = "-"


def show_problems(problems: Problems, target: str) -> None:
    """Write problems next to the output, and their number to standard error.

    Args:
        problems: what was left out.
        target: the output; the report is ``<target>.problems.jsonl``, beside a folder and not in
            it. If it is ``-``, every problem is a line on standard error instead.
    """
    if target == _PIPE:
        for error in problems.errors:
            typer.echo(f"left out: {error}", err=True)
        written = ""
    else:
        path = Path(f"{Path(target)}.problems.jsonl")
        problems.write(path)
        written = f", written to {path}"
    if problems.count:
        typer.echo(f"{problems.summary()}{written}", err=True)
