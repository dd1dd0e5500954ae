"""``relatome recipes``: what can be trained by name, with published and measured figures."""

from __future__ import annotations

from typing import Annotated

import typer

recipes = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    help="List the recipes relatome comes with, or print one.",
)


@recipes.callback()
def list_recipes(context: typer.Context) -> None:
    """List the recipes relatome comes with, or print one (`relatome recipes show NAME`)."""
    if context.invoked_subcommand is not None:
        return
    from rich.markup import escape
    from rich.table import Table

    from relatome.cli._terminal import console
    from relatome.recipes import (
        TaggerRecipe,
        load_adaptation,
        load_any,
        load_tagger,
        measured,
        shipped,
    )

    table = Table("recipe", "what it trains", "published (F1)", "measured here (F1)")
    figures = measured()
    for name in sorted((*shipped(), *shipped("combinations"))):
        recipe = load_any(name)
        assert not isinstance(recipe, TaggerRecipe)
        published = "\n".join(_scores(p.protocol, p.scores) for p in recipe.published)
        ours = ""
        if (found := figures.get(name)) is not None:
            seeds = f"{found.seeds} seed{'s' if found.seeds > 1 else ''}"
            ours = f"{_scores(found.protocol, found.scores)}\n({found.split}, {seeds})"
        table.add_row(name, escape(recipe.title), published, escape(ours))
    for name in shipped("taggers"):
        table.add_row(name, escape(load_tagger(name).title), "", "")
    for name in shipped("adaptations"):
        table.add_row(name, escape(load_adaptation(name).title), "", "")
    console().print(table)


def _scores(protocol: str, scores: dict[str, float]) -> str:
    return f"{protocol}: " + " · ".join(f"{name} {value:g}" for name, value in scores.items())


@recipes.command()
def show(
    name: Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe's name or path.")],
) -> None:
    """Print a recipe as TOML, to copy and change.

    Example:

    relatome recipes show small > my-recipe.toml
    """
    from relatome.recipes import load_adaptation, load_any, shipped, source

    read = load_adaptation if name in shipped("adaptations") else load_any
    read(name)  # refuses one that could not be trained
    typer.echo(source(name).read_text(encoding="utf-8"), nl=False)
