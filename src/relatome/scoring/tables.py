"""A result as tables to read."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

_WIDTH = 100
_FIGURES = ("P", "R", "F1", "TP", "FP", "FN")
_SYSTEMS = (("A", "first"), ("B", "second"))


def as_text(summary: dict[str, Any]) -> str:
    """The tables that ``relatome evaluate`` prints, as plain text without colours.

    Args:
        summary: what `relatome.scoring.summary.summarise` returned.

    Returns:
        lines of at most 80 characters where names allow it. Scores are in percent.
    """
    parts: list[RenderableType] = [_head(summary), _scores(summary)]
    if summary["script"]:
        parts.append(Text(f"{summary['script']['rule']}: {summary['script']['about']}\n"))
    if summary["folds"]:
        parts += _folds(summary)
    for breakdown, by_score in summary["breakdowns"].items():
        if any(figures["groups"] for figures in by_score.values()):
            parts.append(_breakdown(summary["rule"], breakdown, by_score))
    parts += [Text(f"note: {text}: {count}") for text, count in summary["notes"].items()]
    return _rendered(parts)


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
    for protocol in filter(None, (summary, summary["script"])):
        for score, figures in protocol["scores"].items():
            table.add_row(
                protocol["rule"],
                score,
                *_fractions(figures),
                f"{_percent(figures['f1_low'])} – {_percent(figures['f1_high'])}",
                *_tallies(figures),
            )
    return table


def _folds(summary: dict[str, Any]) -> list[RenderableType]:
    folds = summary["folds"]
    count = len(next(iter(folds.values()))["folds"])
    title = (
        f"{summary['rule']}, mean ± standard deviation over {count} folds by document, "
        f"seed {summary['bootstrap']['seed']}"
    )
    table = _table("score")
    for heading in _FIGURES[:3]:
        table.add_column(heading, justify="right")
    for score, figures in folds.items():
        table.add_row(
            score,
            *(
                f"{_percent(figures[f'{name}_mean'])} ± {_percent(figures[f'{name}_sd'])}"
                for name in ("precision", "recall", "f1")
            ),
        )
    return [Text(title, style="italic"), table]


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
    means = (_percent(figures[f"macro_{name}"]) for name in ("precision", "recall", "f1"))
    table.add_row("macro F1", *means)
    table.add_row("F1 of mean P, R", "", "", _percent(figures["macro_f1_of_means"]))
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


def comparison_as_text(summary: dict[str, Any]) -> str:
    """The table that ``relatome compare`` prints, as plain text without colours.

    Args:
        summary: what `relatome.scoring.summary.summarise_comparison` returned.

    Returns:
        lines of at most 80 characters where names allow it. Scores are in percent.
    """
    gold, test = summary["gold"], summary["test"]
    head = [f"{summary['rule']}: {summary['about']}"]
    head += [f"{name}: {summary[key].get('file', key)}" for name, key in _SYSTEMS]
    head += [
        f"gold: {gold['documents']} documents, {gold['relations']} relations",
        f"F1 in percent; interval: {test['level']:.0%} of {test['resamples']} paired bootstrap "
        f"resamples over {test['over']}",
        f"p: two-sided, by exchanging the answers to documents; seed {test['seed']}; "
        "differing: documents",
    ]
    table = _table("protocol", "score")
    for heading in ("A", "B", "A - B", "interval of A - B", "p", "differing"):
        table.add_column(heading, justify="right")
    for score, figures in summary["scores"].items():
        table.add_row(
            summary["rule"],
            score,
            _percent(figures["first"]["f1"]),
            _percent(figures["second"]["f1"]),
            f"{100 * figures['difference']:+.2f}",
            f"{100 * figures['low']:+.2f} to {100 * figures['high']:+.2f}",
            f"{figures['p']:.4f}{'' if figures['exact'] else '*'}",
            str(figures["differing_documents"]),
        )
    notes = [
        f"note on {name}: {text}: {count}"
        for name, key in _SYSTEMS
        for text, count in summary[key]["notes"].items()
    ]
    if not all(figures["exact"] for figures in summary["scores"].values()):
        notes.insert(0, f"*: of {test['resamples']} random exchanges; the others are exact")
    return _rendered([Text("\n".join(head)), table, *map(Text, notes)])


def _rendered(parts: Sequence[RenderableType]) -> str:
    console = Console(file=StringIO(), width=_WIDTH)
    with console.capture() as captured:
        console.print(Group(*parts))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join(lines).rstrip("\n") + "\n"
