"""The command line: one file per command, each a typed function; nothing heavy at import."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, NoReturn

import typer

from relatome.cli.adapt import adapt
from relatome.cli.check import check
from relatome.cli.compare import compare
from relatome.cli.convert import convert
from relatome.cli.corpora import corpora
from relatome.cli.evaluate import evaluate
from relatome.cli.extract import extract
from relatome.cli.graph import graph
from relatome.cli.models import models
from relatome.cli.predict import predict
from relatome.cli.recipes import recipes
from relatome.cli.report import report
from relatome.cli.scan import scan
from relatome.cli.serve import serve
from relatome.cli.sweep import sweep
from relatome.cli.train import train
from relatome.cli.vote import vote
from relatome.errors import OUTPUT_FAILED, RelatomeError, WorkError

app = typer.Typer(
    name="relatome",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Typed, scored, novelty-labelled relations between identified entities, "
    "from biomedical text.",
)
COMMANDS = (
    extract,
    scan,
    serve,
    evaluate,
    compare,
    report,
    vote,
    train,
    predict,
    sweep,
    adapt,
    convert,
    check,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(corpora, name="corpora")
app.add_typer(recipes, name="recipes")
app.add_typer(models, name="models")
app.add_typer(graph, name="graph")

# What a disk without room says.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _tell_version(asked: bool) -> None:
    if asked:
        from relatome import __version__

        typer.echo(f"relatome {__version__}")
        raise typer.Exit


@app.callback()
def _every_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line; an error relatome knows is one line on stderr, never a traceback."""
    try:
        try:
            app()
        except SystemExit as end:
            if _is_broken_pipe(end.__context__):
                raise BrokenPipeError from None
            sys.stdout.flush()  # here, where it can still be said what goes wrong
            raise
    except RelatomeError as error:
        _fail(error)
    except BrokenPipeError:
        # The reader of our output (`| head`) went away; that is not an error.
        _drop_output()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        _drop_output()
        _fail(WorkError(OUTPUT_FAILED, reason=error.strerror or error))


def _is_broken_pipe(error: BaseException | None) -> bool:
    """Whether it is what Typer ends a command for, with code 1, when its reader has gone."""
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _drop_output() -> None:
    """Forget what standard output could not take, which would be tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(error: RelatomeError) -> NoReturn:
    typer.echo(f"error: {error}", err=True)
    sys.exit(error.exit_code)
