"""Charts as inline SVG, coloured by the page's style sheet, each with its figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from relatome.report.markup import Markup, element, join

Point = tuple[float, float]

_WIDTH, _HEIGHT = 460.0, 270.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 14.0, 12.0, 42.0
_BAR, _BETWEEN = 15.0, 9.0
_NAME = 176.0  # width of the names beside bars
_FIGURES = 96.0  # width of the figures behind them
_LONGEST_NAME = 26
_LOOKS = 8  # series that the style sheet tells apart


class Series(NamedTuple):
    """A line of a chart, or with `sizes` (0 to 1, one a point) a row of dots."""

    name: str
    points: Sequence[Point]
    sizes: Sequence[float] | None = None


class Axis(NamedTuple):
    """What an axis shows, from where to where, and the values written on it."""

    title: str
    low: float
    high: float
    ticks: Sequence[float]


class Bars(NamedTuple):
    """A row of a bar chart: a bar for each series, from 0 to 1, None where it has none.

    `note` stands behind the name, small.
    """

    name: str
    values: Sequence[float | None]
    note: str = ""


PER_CENT = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def share_axis(title: str) -> Axis:
    """An axis from 0 to 1."""
    return Axis(title, 0.0, 1.0, PER_CENT)


def axis_over(title: str, values: Sequence[float], *, at_zero: bool = False) -> Axis:
    """An axis that holds all values, with a handful of round ones written on it."""
    low = 0.0 if at_zero else min(values, default=0.0)
    high = max(values, default=1.0)
    if high <= low:  # one value stands in the middle
        low, high = low - (0.0 if at_zero else 0.5), high + 0.5
    step = _round_step((high - low) / 5)
    first, last = int(low // step), int(-(-high // step))
    return Axis(title, first * step, last * step, [n * step for n in range(first, last + 1)])


def _round_step(rough: float) -> float:
    power = 1.0
    while power > rough:
        power /= 10
    while power * 10 <= rough:
        power *= 10
    return next(power * by for by in (1, 2, 5, 10) if power * by >= rough)


def line_chart(
    label: str, x: Axis, y: Axis, series: Sequence[Series], *, diagonal: bool = False
) -> Markup:
    """Lines over an axis, and where `diagonal` is asked for the line of equal values.

    Args:
        label: what a reader who sees no picture is told of it.
        x: the horizontal axis.
        y: the vertical axis.
        series: the lines; several are told apart by a legend.
        diagonal: whether to draw the line from corner to corner.
    """

    def across(value: float) -> float:
        part = (min(max(value, x.low), x.high) - x.low) / (x.high - x.low)
        return round(_LEFT + part * (_WIDTH - _LEFT - _RIGHT), 1)

    def up(value: float) -> float:
        part = (min(max(value, y.low), y.high) - y.low) / (y.high - y.low)
        return round(_HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM), 1)

    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    drawn = []
    for tick in y.ticks:
        drawn.append(element("line", class_="grid", x1=_LEFT, x2=right, y1=up(tick), y2=up(tick)))
        drawn.append(_text(_LEFT - 7, up(tick) + 4, _tick(tick), "end"))
    for tick in x.ticks:
        place = across(tick)
        drawn.append(element("line", class_="grid", x1=place, x2=place, y1=_TOP, y2=bottom))
        drawn.append(_text(place, bottom + 16, _tick(tick), "middle"))
    drawn.append(_text((_LEFT + right) / 2, _HEIGHT - 6, x.title, "middle"))
    middle = (_TOP + bottom) / 2
    turned = f"rotate(-90 12 {middle:.1f})"
    drawn.append(_text(12, middle, y.title, "middle", transform=turned))
    if diagonal:
        drawn.append(element("line", class_="even", x1=_LEFT, y1=bottom, x2=right, y2=_TOP))
    for number, each in enumerate(series):
        look = f"look{number % _LOOKS}"
        places = [(across(a), up(b)) for a, b in each.points]
        if len(places) > 1 and each.sizes is None:
            path = " ".join(f"{a},{b}" for a, b in places)
            drawn.append(element("polyline", class_=f"curve {look}", points=path))
        if each.sizes is not None or len(places) <= 30:
            sizes = each.sizes or [0.0] * len(places)
            for (a, b), size in zip(places, sizes, strict=True):
                radius = round(3 + 9 * size**0.5, 1)
                drawn.append(element("circle", class_=f"dot {look}", cx=a, cy=b, r=radius))
    return join(
        _svg(label, _WIDTH, _HEIGHT, drawn), _legend([each.name for each in series], _line_swatch)
    )


def bar_chart(label: str, series: Sequence[str], rows: Sequence[Bars]) -> Markup:
    """Rows of horizontal bars from 0 to 100 per cent, each with its figure.

    Args:
        label: what a reader who sees no picture is told of it.
        series: the names of the bars of a row; several are told apart by a legend.
        rows: the rows, from the top.
    """
    row_height = len(series) * _BAR + _BETWEEN
    height = _TOP + len(rows) * row_height + 20
    right = _WIDTH - _FIGURES
    length = right - _NAME
    bottom = height - 18
    drawn = []
    for tick in PER_CENT:
        place = round(_NAME + tick * length, 1)
        drawn.append(element("line", class_="grid", x1=place, x2=place, y1=_TOP - 6, y2=bottom))
        drawn.append(_text(place, height - 3, _tick(100 * tick), "middle"))
    for number, row in enumerate(rows):
        top = _TOP + number * row_height
        middle = top + len(series) * _BAR / 2 + 4
        name = row.name if len(row.name) <= _LONGEST_NAME else row.name[: _LONGEST_NAME - 1] + "…"
        drawn.append(_text(_NAME - 8, middle, name, "end", class_="name"))
        for index, value in enumerate(row.values):
            if value is None:
                continue
            y = round(top + index * _BAR + 1, 1)
            width = round(max(value * length, 1.0), 1)
            drawn.append(
                element(
                    "rect",
                    class_=f"bar look{index}",
                    x=_NAME,
                    y=y,
                    width=width,
                    height=_BAR - 2,
                    rx=2,
                )
            )
            figure = f"{100 * value:.1f}"
            drawn.append(_text(_NAME + width + 5, y + _BAR - 4.5, figure, "start", class_="figure"))
        drawn.append(_text(_WIDTH - 2, middle, row.note, "end"))
    return join(_svg(label, _WIDTH, height, drawn), _legend(series, _bar_swatch))


def _line_swatch(look: str) -> Markup:
    return join(
        element("line", class_=f"curve {look}", x1=0, y1=6, x2=26, y2=6),
        element("circle", class_=f"dot {look}", cx=13, cy=6, r=4),
    )


def _bar_swatch(look: str) -> Markup:
    return element("rect", class_=f"bar {look}", x=6, y=1, width=20, height=10, rx=2)


def _legend(names: Sequence[str], swatch: Callable[[str], Markup]) -> Markup | None:
    """The names of several series with what they look like; nothing for one alone."""
    if len(names) < 2:
        return None
    items = []
    for number, name in enumerate(names):
        drawn = swatch(f"look{number % _LOOKS}")
        picture = element("svg", drawn, width=26, height=12, aria_hidden="true")
        items.append(element("li", picture, " ", name))
    return element("ul", *items, class_="legend")


def _svg(label: str, width: float, height: float, drawn: Sequence[Markup]) -> Markup:
    return element(
        "svg",
        element("title", label),
        *drawn,
        class_="chart",
        role="img",
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
    )


def _text(
    x: float,
    y: float,
    content: str,
    anchor: str,
    *,
    class_: str = "tick",
    transform: str | None = None,
) -> Markup:
    return element(
        "text",
        content,
        class_=class_,
        x=round(x, 1),
        y=round(y, 1),
        text_anchor=anchor,
        transform=transform,
    )


def _tick(value: float) -> str:
    return f"{round(value, 6):g}"
