"""A corpus at a glance, as a picture: which entity types are related, and how.

As figure 1 of the paper on prompt learning with transfer shows BioREx: (A) the entity types and
the relations between them, (B) which type pairs carry which labels; lines are as thick as there
are relations. The SVG is written by hand and needs no library.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

# The palette of Okabe and Ito, which colour-blind readers can tell apart, and a few more.
_COLOURS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F6A3F", "#8E6BBF",
    "#5F6B73", "#B33A3A", "#3F8F8F", "#A3A500", "#D98CB3",
)  # fmt: skip
_INK, _QUIET, _LINE, _PAPER = "#1f2430", "#6b7280", "#9aa5b1", "#ffffff"

_MARGIN = 32.0
_HEADING = 88.0  # height
_CIRCLE = 150.0  # radius of the circle that the entity types stand on
_LOOP = 24.0  # radius of the line from a type to itself
_THICKEST = 26.0
_SMALL = 11.5  # size of the figures in the drawing

_BAR = 12.0  # width of the bars at either end of the flows
_FLOW = 250.0  # between the bars
_COLUMN = 360.0  # height of a column of bars, at least
_ROW = 26.0  # least distance between two names of a column
_GAP = 10.0  # least distance between two bars


class Profile(NamedTuple):
    """What is drawn.

    Attributes:
        title: the heading.
        subtitle: the line below it.
        mentions: mentions by entity type; every type becomes a node.
        relations: relations by the types of their two arguments and by label.
        ordered: whether the order of the two types means something.
    """

    title: str
    subtitle: str
    mentions: Mapping[str, int]
    relations: Mapping[tuple[str, str], Mapping[str, int]]
    ordered: bool


def draw_profile(profile: Profile) -> str:
    """The picture, as the text of an SVG file."""
    names = (*profile.mentions, *(name for pair in profile.relations for name in pair))
    types = list(dict.fromkeys(names))
    colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(types)}
    network, flows = _network(profile, types, colours), _flows(profile, colours)
    tallest = max(network.height, flows.height)
    left = max(network.width, 330.0)
    right = 2 * _MARGIN + left
    width = right + max(flows.width, 300.0) + _MARGIN
    top = _HEADING + 40
    height = top + tallest + _MARGIN
    heading = _Drawing()
    heading.text(_MARGIN, 42, profile.title, size=20, bold=True)
    heading.text(_MARGIN, 64, profile.subtitle, colour=_QUIET)
    heading.text(_MARGIN, _HEADING + 16, "A\u2003Entity types and their relations", bold=True)
    heading.text(right, _HEADING + 16, "B\u2003Type pairs and their labels", bold=True)
    body = [
        *heading.body,
        network.placed(_MARGIN + (left - network.width) / 2, top + (tallest - network.height) / 2),
        flows.placed(right, top + (tallest - flows.height) / 2),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" '
        "font-family=\"'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif\" "
        f'role="img">\n<title>{escape(profile.title)}</title>\n'
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


class _Drawing:
    """Elements of SVG, and the rectangle they fill."""

    def __init__(self) -> None:
        self.body: list[str] = []
        self._left = self._top = math.inf
        self._right = self._bottom = -math.inf

    @property
    def width(self) -> float:
        return max(0.0, self._right - self._left)

    @property
    def height(self) -> float:
        return max(0.0, self._bottom - self._top)

    def placed(self, x: float, y: float) -> str:
        """All of it, the upper left corner of its rectangle at ``(x, y)``."""
        if not self.body:
            return ""
        shift = f"translate({x - self._left:.1f} {y - self._top:.1f})"
        return f'<g transform="{shift}">\n' + "\n".join(self.body) + "\n</g>"

    def covers(self, left: float, top: float, right: float, bottom: float) -> None:
        """Take a rectangle into account."""
        self._left, self._top = min(self._left, left), min(self._top, top)
        self._right, self._bottom = max(self._right, right), max(self._bottom, bottom)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 13,
        colour: str = _INK,
        anchor: str = "start",
        bold: bool = False,
        figure: int | None = None,
    ) -> None:
        """A line of text on the baseline `y`, with a rim that keeps it readable on lines.

        A `figure` follows it, small and pale.
        """
        width = _text_width(text, size, bold)
        content = escape(text)
        if figure is not None:
            width += _text_width(f"  {figure:,}", _SMALL)
            content += f'\u00a0\u00a0<tspan font-size="{_SMALL}" fill="{_QUIET}">{figure:,}</tspan>'
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        self.covers(left, y - size, left + width, y + 0.3 * size)
        weight = ' font-weight="600"' if bold else ""
        self.body.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" '
            f'text-anchor="{anchor}"{weight} stroke="{_PAPER}" stroke-width="3" '
            f'stroke-linejoin="round" paint-order="stroke">{content}</text>'
        )

    def shape(self, element: str, attributes: str, tip: str) -> None:
        """A shape that tells `tip` to a pointer resting on it."""
        self.body.append(f"<{element} {attributes}><title>{escape(tip)}</title></{element}>")


def _text_width(text: str, size: float, bold: bool = False) -> float:
    # Wide enough for the fonts asked for; nothing measures text before it is shown.
    return len(text) * size * (0.66 if bold else 0.6)


# ------------------------------------------------------------------------ A: types and relations


def _network(profile: Profile, types: Sequence[str], colours: Mapping[str, str]) -> _Drawing:
    """Entity types on a circle, the lines between them as thick as there are relations."""
    between: Counter[tuple[str, ...]] = Counter()
    for pair, labels in profile.relations.items():
        between[tuple(sorted(set(pair), key=types.index))] += sum(labels.values())
    most_mentions = max(profile.mentions.values(), default=0) or 1
    most_relations = max(between.values(), default=0) or 1
    circle = _CIRCLE if len(types) > 1 else 0.0
    # Two types stand side by side, more of them begin at the top.
    begin = math.pi if len(types) == 2 else -math.pi / 2
    angle = {name: begin + 2 * math.pi * i / len(types) for i, name in enumerate(types)}
    spot = {n: (circle * math.cos(a), circle * math.sin(a)) for n, a in angle.items()}
    radius = {n: 9 + 17 * math.sqrt(profile.mentions.get(n, 0) / most_mentions) for n in types}
    drawing = _Drawing()
    figures = []
    for ends, number in sorted(between.items(), key=lambda item: -item[1]):
        first, last = ends[0], ends[-1]
        if first == last:
            path, figure = _loop(spot[first], angle[first], radius[first], drawing)
        else:
            path, figure = _curve(spot[first], spot[last], 0.12 if len(types) > 2 else 0.0)
        thickness = 1.2 + (_THICKEST - 1.2) * number / most_relations
        drawing.shape(
            "path",
            f'd="{path}" fill="none" stroke="{_LINE}" stroke-opacity="0.6" '
            f'stroke-width="{thickness:.1f}" stroke-linecap="round"',
            f"{first} – {last}: {number:,} relations",
        )
        figures.append((figure, number))
    for (x, y), number in figures:
        drawing.text(x, y + 4, f"{number:,}", size=_SMALL, anchor="middle")
    for name in types:
        x, y = spot[name]
        number = profile.mentions.get(name, 0)
        r = radius[name] + 2
        drawing.covers(x - r, y - r, x + r, y + r)
        drawing.shape(
            "circle",
            f'cx="{x:.1f}" cy="{y:.1f}" r="{radius[name]:.1f}" fill="{colours[name]}" '
            f'stroke="{_PAPER}" stroke-width="2"',
            f"{name}: {number:,} mentions",
        )
        _name(drawing, name, number, spot[name], angle[name], radius[name], (name,) in between)
    return drawing


def _name(
    drawing: _Drawing,
    name: str,
    number: int,
    spot: tuple[float, float],
    angle: float,
    radius: float,
    looped: bool,
) -> None:
    """A type's name and its mentions, outside the circle."""
    outward = math.cos(angle), math.sin(angle)
    reach = radius + 10 + (2 * _LOOP + 6 if looped else 0)
    x, y = spot[0] + reach * outward[0], spot[1] + reach * outward[1]
    anchor = "middle" if abs(outward[0]) < 0.3 else "start" if outward[0] > 0 else "end"
    if anchor == "middle":
        y += -18 if outward[1] < 0 else 12
    drawing.text(x, y, name, anchor=anchor, bold=True)
    mentions = f"{number:,} mention{'' if number == 1 else 's'}"
    drawing.text(x, y + 15, mentions, size=_SMALL, colour=_QUIET, anchor=anchor)


def _curve(
    start: tuple[float, float], end: tuple[float, float], bend: float
) -> tuple[str, tuple[float, float]]:
    """A line that bends by a part of its length, and where its figure stands.

    That is off the middle, where the lines across the circle meet.
    """
    (x1, y1), (x2, y2) = start, end
    bend_x, bend_y = (x1 + x2) / 2 - bend * (y2 - y1), (y1 + y2) / 2 + bend * (x2 - x1)
    t = 0.4 if bend else 0.5
    figure = tuple(
        (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
        for a, b, c in ((x1, bend_x, x2), (y1, bend_y, y2))
    )
    path = f"M{x1:.1f} {y1:.1f} Q{bend_x:.1f} {bend_y:.1f} {x2:.1f} {y2:.1f}"
    return path, (figure[0], figure[1])


def _loop(
    spot: tuple[float, float], angle: float, radius: float, drawing: _Drawing
) -> tuple[str, tuple[float, float]]:
    """A circle that touches a type from outside, and where its figure stands."""
    away = radius + _LOOP - 8
    x, y = spot[0] + away * math.cos(angle), spot[1] + away * math.sin(angle)
    drawing.covers(x - _LOOP - 13, y - _LOOP - 13, x + _LOOP + 13, y + _LOOP + 13)
    path = (
        f"M{x - _LOOP:.1f} {y:.1f} a{_LOOP} {_LOOP} 0 1 0 {2 * _LOOP} 0 "
        f"a{_LOOP} {_LOOP} 0 1 0 {-2 * _LOOP} 0"
    )
    return path, (x + _LOOP * math.cos(angle), y + _LOOP * math.sin(angle))


# ------------------------------------------------------------------------ B: pairs and labels


class _Bar(NamedTuple):
    """A name of a column, with the bar beside it."""

    top: float
    height: float


def _flows(profile: Profile, colours: Mapping[str, str]) -> _Drawing:
    """Type pairs on the left, labels on the right, bands between them as thick as relations."""
    flows = {
        (pair, label): number
        for pair, labels in profile.relations.items()
        for label, number in labels.items()
        if number
    }
    pairs: Counter[tuple[str, str]] = Counter()
    labels: Counter[str] = Counter()
    for (pair, label), number in flows.items():
        pairs[pair] += number
        labels[label] += number
    drawing = _Drawing()
    arrow = "→" if profile.ordered else "–"
    total = sum(pairs.values())
    if not total:
        drawing.text(0, 13, "no relations", colour=_QUIET)
        return drawing
    scale = _COLUMN / total
    pairs, labels = Counter(dict(pairs.most_common())), Counter(dict(labels.most_common()))
    left, right = _column(pairs.values(), scale), _column(labels.values(), scale)
    height = max(_bottom(left), _bottom(right))
    drawing.covers(-_BAR, 0, _FLOW + _BAR, height)
    pair_bars = dict(zip(pairs, _lowered(left, (height - _bottom(left)) / 2), strict=True))
    label_bars = dict(zip(labels, _lowered(right, (height - _bottom(right)) / 2), strict=True))
    leaves = {pair: bar.top for pair, bar in pair_bars.items()}
    arrives = {label: bar.top for label, bar in label_bars.items()}
    for pair in pair_bars:
        for label in label_bars:
            number = flows.get((pair, label), 0)
            if number:
                thickness = number * scale
                drawing.shape(
                    "path",
                    f'd="{_band(leaves[pair], arrives[label], max(thickness, 0.6))}" '
                    f'fill="{colours[pair[0]]}" fill-opacity="0.42"',
                    f"{f' {arrow} '.join(pair)}, {label}: {number:,} relations",
                )
                leaves[pair] += thickness
                arrives[label] += thickness
    for pair, bar in pair_bars.items():
        name = f" {arrow} ".join(pair)
        tip = f"{name}: {pairs[pair]:,} relations"
        drawing.shape("rect", _rectangle(-_BAR, bar, colours[pair[0]]), tip)
        drawing.shape("rect", _rectangle(-_BAR / 2, bar, colours[pair[1]], _BAR / 2), tip)
        drawing.text(
            -_BAR - 8, bar.top + bar.height / 2 + 4.5, name, anchor="end", figure=pairs[pair]
        )
    for label, bar in label_bars.items():
        drawing.shape(
            "rect", _rectangle(_FLOW, bar, _QUIET), f"{label}: {labels[label]:,} relations"
        )
        middle = bar.top + bar.height / 2 + 4.5
        drawing.text(_FLOW + _BAR + 8, middle, label, figure=labels[label])
    return drawing


def _column(numbers: Iterable[int], scale: float) -> list[_Bar]:
    """Bars one below the other, far enough apart for their names."""
    bars: list[_Bar] = []
    for number in numbers:
        height = max(number * scale, 1.0)
        top = 0.0
        if bars:
            last = bars[-1]
            names = last.top + last.height / 2 + _ROW - height / 2
            top = max(last.top + last.height + _GAP, names)
        bars.append(_Bar(top, height))
    return bars


def _bottom(column: Sequence[_Bar]) -> float:
    return column[-1].top + column[-1].height


def _lowered(column: Sequence[_Bar], by: float) -> list[_Bar]:
    return [bar._replace(top=bar.top + by) for bar in column]


def _band(top_left: float, top_right: float, thickness: float) -> str:
    half = _FLOW / 2
    return (
        f"M0 {top_left:.1f} C{half} {top_left:.1f} {half} {top_right:.1f} {_FLOW} {top_right:.1f} "
        f"v{thickness:.2f} "
        f"C{half} {top_right + thickness:.1f} {half} {top_left + thickness:.1f} "
        f"0 {top_left + thickness:.1f} Z"
    )


def _rectangle(x: float, bar: _Bar, colour: str, width: float = _BAR) -> str:
    return (
        f'x="{x:.1f}" y="{bar.top:.1f}" width="{width:g}" height="{bar.height:.1f}" fill="{colour}"'
    )
