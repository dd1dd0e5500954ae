"""A result as tables to read."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

_WIDTH = 100
_FIGURES = ("P", "R", "F1", "TP", "FP", "FN")


def as_text(summary: dict[str, Any]) -> str:
    """The tables that ``relatome evaluate`` prints, as plain text without colours.

    Args:
        summary: what `relatome.scoring.summary.summarise` returned.

    Returns:
        lines of at most 80 characters where names allow it. Scores are in percent.
    """
    parts: list[RenderableType] = [_head(summary), _scores(summary)]
    for breakdown, by_score in summary["breakdowns"].items():
        if any(figures["groups"] for figures in by_score.values()):
            parts.append(_breakdown(summary["rule"], breakdown, by_score))
    parts += [Text(f"note: {text}: {count}") for text, count in summary["notes"].items()]
    console = Console(file=StringIO(), width=_WIDTH)
    with console.capture() as captured:
        console.print(Group(*parts))
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())


def _head(summary: dict[str, Any]) -> Text:
    gold, predicted, bootstrap = summary["gold"], summary["predicted"], summary["bootstrap"]
    return Text(
        f"{summary['rule']}: {summary['about']}\n"
        f"gold: {gold['documents']} documents, {gold['relations']} relations; "
        f"predicted: {predicted['documents']} documents, {predicted['relations']} relations\n"
        f"scores in percent; interval: {bootstrap['level']:.0%} of {bootstrap['resamples']} "
        f"bootstrap resamples over {bootstrap['over']}, seed {bootstrap['seed']}"
    )


def _scores(summary: dict[str, Any]) -> Table:
    table = _table("protocol", "score")
    for heading in (*_FIGURES[:3], "interval of F1", *_FIGURES[3:]):
        table.add_column(heading, justify="right")
    for score, figures in summary["scores"].items():
        table.add_row(
            summary["rule"],
            score,
            *_fractions(figures),
            f"{_percent(figures['f1_low'])} – {_percent(figures['f1_high'])}",
            *_tallies(figures),
        )
    return table


def _breakdown(rule: str, breakdown: str, by_score: dict[str, Any]) -> Table:
    """One row per group: all figures if there is one score, else the F1 of each score."""
    if len(by_score) == 1:
        ((score, figures),) = by_score.items()
        return _one_score(f"{rule}, {score} per {breakdown}", breakdown, figures)
    table = _table(breakdown, title=f"{rule}, F1 per {breakdown}")
    for heading in ("gold", *by_score):
        table.add_column(heading, justify="right")
    first = next(iter(by_score.values()))
    for group, figures in first["groups"].items():
        gold = figures["true_positive"] + figures["false_negative"]
        f1 = (_percent(each["groups"][group]["f1"]) for each in by_score.values())
        table.add_row(Text(group), str(gold), *f1)
    table.add_section()
    table.add_row("macro F1", "", *(_percent(each["macro_f1"]) for each in by_score.values()))
    return table


def _one_score(title: str, breakdown: str, figures: dict[str, Any]) -> Table:
    table = _table(breakdown, title=title)
    for heading in _FIGURES:
        table.add_column(heading, justify="right")
    for group, of_group in figures["groups"].items():
        table.add_row(Text(group), *_fractions(of_group), *_tallies(of_group))
    table.add_section()
    table.add_row("macro F1", "", "", _percent(figures["macro_f1"]))
    return table


def _table(*headings: str, title: str | None = None) -> Table:
    return Table(
        *headings,
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def _fractions(figures: dict[str, Any]) -> tuple[str, str, str]:
    return _percent(figures["precision"]), _percent(figures["recall"]), _percent(figures["f1"])


def _tallies(figures: dict[str, Any]) -> tuple[str, str, str]:
    return (
        str(figures["true_positive"]),
        str(figures["false_positive"]),
        str(figures["false_negative"]),
    )


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f}"
