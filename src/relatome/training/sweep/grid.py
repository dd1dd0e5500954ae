"""The grid of a sweep and its seeds, as they are written on the command line."""

from __future__ import annotations

import re
from typing import NamedTuple

from relatome.errors import SWEEP_GRID, SWEEP_SEEDS, UsageError

_FIRST_SEED = 13

_MOST_SEEDS = 100  # a larger number is the one seed somebody wants


class Axis(NamedTuple):
    """A key of a recipe and the values it takes one after the other.

    Attributes:
        key: with dots, as for ``--set``; ``recipe`` where the values are names of recipes.
        values: each in TOML notation; what is no TOML is a string, and ``-`` removes the key.
    """

    key: str
    values: tuple[str, ...]


def read_axis(text: str) -> Axis:
    """Read ``key=value,value``; commas in brackets, braces and quotes belong to the value.

    Raises:
        UsageError: if it does not read so.
    """
    key, equals, listed = text.partition("=")
    values = _divided(listed)
    if not equals or not all(key.strip().split(".")) or values is None or not all(values):
        raise UsageError(SWEEP_GRID, grid=text)
    return Axis(key.strip(), tuple(values))


def _divided(text: str) -> list[str] | None:
    """The parts between commas that stand in no bracket and no quotes; None if one stays open."""
    parts, open_brackets = [""], 0
    for piece in re.findall(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|.', text):
        if piece in "\"'":
            return None
        open_brackets += (piece in "[{") - (piece in "]}")
        if piece == "," and not open_brackets:
            parts.append("")
        else:
            parts[-1] += piece
    return None if open_brackets else [part.strip() for part in parts]


def read_seeds(text: str) -> tuple[int, ...]:
    """Read a number of seeds (``3``: 13, 14, 15) or a list of them (``13,14``; ``13,`` is one).

    Raises:
        UsageError: if it is neither.
    """
    listed = [part.strip() for part in text.split(",")]
    if len(listed) > 1 and not listed[-1]:
        listed.pop()
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in listed):
        raise UsageError(SWEEP_SEEDS, seeds=text)
    seeds = [int(part) for part in listed]
    if "," not in text:
        count = seeds[0]
        seeds = list(range(_FIRST_SEED, _FIRST_SEED + min(count, _MOST_SEEDS + 1)))
    if not 1 <= len(seeds) <= _MOST_SEEDS or len(set(seeds)) < len(seeds):
        raise UsageError(SWEEP_SEEDS, seeds=text)
    return tuple(seeds)
