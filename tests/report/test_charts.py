"""Charts: everything is drawn, inside its picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.report.charts import Bars, Series, axis_over, bar_chart, line_chart, share_axis
from relatome.report.markup import Markup


def parsed(chart: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{chart}</div>")


def test_bars_are_as_long_as_their_values() -> None:
    rows = [Bars("<one>", [1.0, 0.5], "7 gold"), Bars("two", [None, 0.0])]
    drawn = parsed(bar_chart("F1", ["A", "B"], rows))
    bars = drawn.findall("svg/rect")
    assert [bar.attrib["class"] for bar in bars] == ["bar look0", "bar look1", "bar look1"]
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert widths[1] == pytest.approx(widths[0] / 2)
    assert widths[2] == 1.0
    written = [each.text for each in drawn.findall("svg/text")]
    for expected in ("<one>", "two", "100.0", "50.0", "0.0", "7 gold"):
        assert expected in written
    assert ["".join(item.itertext()).strip() for item in drawn.findall("ul/li")] == ["A", "B"]


def test_lines_run_between_the_corners() -> None:
    series = [Series("A", [(0.0, 0.0), (1.0, 1.0)])]
    drawn = parsed(line_chart("A", share_axis("x"), share_axis("y"), series, diagonal=True))
    (line,) = drawn.findall("svg/polyline")
    even = drawn.find("svg/line[@class='even']")
    assert even is not None
    ends = [even.attrib[name] for name in ("x1", "y1", "x2", "y2")]
    points = [float(value) for point in line.attrib["points"].split() for value in point.split(",")]
    assert points == [float(end) for end in ends]
    assert drawn.find("ul") is None
    assert drawn.findtext("svg/title") == "A"


def test_dots_of_different_size_have_no_line() -> None:
    series = [Series("A", [(0.0, 0.0), (1.0, 1.0)], [0.25, 1.0])]
    drawn = parsed(line_chart("A", share_axis("x"), share_axis("y"), series))
    assert not drawn.findall("svg/polyline")
    assert [float(dot.attrib["r"]) for dot in drawn.findall("svg/circle")] == [7.5, 12.0]


@pytest.mark.parametrize(
    ("values", "at_zero", "ticks"),
    [
        ([1.0, 8.0], True, [0, 2, 4, 6, 8]),
        ([0.12, 0.31], False, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]),
        ([3.0], False, [2.4, 2.6, 2.8, 3.0, 3.2, 3.4, 3.6]),
        ([], False, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_round_values_on_the_axis(values: list[float], at_zero: bool, ticks: list[float]) -> None:
    axis = axis_over("x", values, at_zero=at_zero)
    assert list(axis.ticks) == pytest.approx(ticks)
    assert (axis.low, axis.high) == pytest.approx((ticks[0], ticks[-1]))


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20))
@settings(deadline=None)
def test_any_points_lie_inside_the_picture(points: list[tuple[float, float]]) -> None:
    x, y = axis_over("x", [a for a, _ in points]), axis_over("y", [b for _, b in points])
    assert x.low <= min(a for a, _ in points) <= max(a for a, _ in points) <= x.high
    drawn = parsed(line_chart("any", x, y, [Series("A", points)]))
    picture = drawn.find("svg")
    assert picture is not None
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    dots = drawn.findall("svg/circle")
    assert len(dots) == len(points)
    for dot in dots:
        assert 0 <= float(dot.attrib["cx"]) <= width
        assert 0 <= float(dot.attrib["cy"]) <= height
