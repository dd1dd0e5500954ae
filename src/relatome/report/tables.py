"""Tables of the page, and figures as it writes them."""

from __future__ import annotations

from collections.abc import Sequence

from relatome.report.markup import Child, Markup, element
from relatome.scoring import Counts

FIGURES = ("P", "R", "F1", "TP", "FP", "FN")
NONE = "–"


def table(
    caption: str | None,
    headings: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    class_: str | None = None,
    main: int | None = None,
) -> Markup:
    """A table whose first column names its rows; it scrolls by itself where it is too wide.

    Args:
        caption: what it holds.
        headings: of the columns.
        rows: cells, markup or text.
        class_: ``words`` for one of words, not of figures.
        main: the index of the row to stand out.
    """
    head = element("tr", *(element("th", name, scope="col") for name in headings))
    body = [
        element(
            "tr",
            element("th", cells[0], scope="row"),
            *(element("td", cell) for cell in cells[1:]),
            class_="main" if index == main else None,
        )
        for index, cells in enumerate(rows)
    ]
    made = element(
        "table",
        caption and element("caption", caption),
        element("thead", head),
        element("tbody", *body),
        class_=class_,
    )
    return element("div", made, class_="wide")


def behind(chart: Markup, caption: str, figures: Markup) -> Markup:
    """A chart with its caption, and its figures to unfold."""
    return element(
        "figure",
        element("figcaption", caption),
        chart,
        element("details", element("summary", "figures"), figures, class_="figures"),
    )


def figures_of(counts: Counts) -> list[str]:
    """The cells under `FIGURES`."""
    return [
        per_cent(counts.precision),
        per_cent(counts.recall),
        per_cent(counts.f1),
        *(f"{n:,}" for n in (counts.true_positive, counts.false_positive, counts.false_negative)),
    ]


def per_cent(value: float) -> str:
    """A fraction in per cent, as `relatome evaluate` prints it."""
    return f"{100 * value:.2f}"


def probability(value: float | None) -> str:
    """A score, or that there is none."""
    return NONE if value is None else f"{value:.2f}"
