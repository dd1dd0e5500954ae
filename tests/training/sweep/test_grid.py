"""Grids and seeds as they are written on the command line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from relatome.errors import UsageError
from relatome.training.sweep import Axis, read_axis, read_seeds


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("losses.focal.gamma=0,1,2,3", "losses.focal.gamma", ["0", "1", "2", "3"]),
        ("data.fraction = 0.01, 0.1 ,1.0", "data.fraction", ["0.01", "0.1", "1.0"]),
        ("encoding.prompt=none,question", "encoding.prompt", ["none", "question"]),
        (
            "losses.abstention_ranking=-,{weight=1.0,margin=0.1}",
            "losses.abstention_ranking",
            ["-", "{weight=1.0,margin=0.1}"],
        ),
        ('data.train=["a:x","b,:y"],["a:x"]', "data.train", ['["a:x","b,:y"]', '["a:x"]']),
        (r'title="a, \" b",c', "title", [r'"a, \" b"', "c"]),
        ("title='a,b','c'", "title", ["'a,b'", "'c'"]),
        ("narrowing.interval=[-10,16],-", "narrowing.interval", ["[-10,16]", "-"]),
        ("title=a=b,c", "title", ["a=b", "c"]),
    ],
)
def test_a_grid_is_read(text: str, key: str, values: list[str]) -> None:
    assert read_axis(text) == Axis(key, tuple(values))


@pytest.mark.parametrize(
    "text",
    ["", "a", "a=", "=1", "a..b=1", ".a=1", "a=1,", "a=,1", "a=[1", "a={b=1,c", 'a="b', "a=it's"],
)
def test_a_grid_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UsageError, match="R663"):
        read_axis(text)


@given(st.lists(st.lists(st.integers(-9, 9), max_size=3) | st.integers(-9, 9), min_size=1))
def test_values_come_back_as_they_were_written(values: list[object]) -> None:
    written = [json.dumps(value) for value in values]
    assert read_axis("a.b=" + ",".join(written)).values == tuple(written)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("3", (13, 14, 15)), ("1", (13,)), ("13,14", (13, 14)), ("7, 3", (7, 3)), ("2024,", (2024,))],
)
def test_seeds_are_read(text: str, seeds: tuple[int, ...]) -> None:
    assert read_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "a", "1.5", "3,3", ",", ",3", "3,,4", "2024", "9" * 99, "1e3", "٣"]
)
def test_seeds_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UsageError, match="R664"):
        read_seeds(text)
