"""How commands print."""

from __future__ import annotations

import sys

from rich.console import Console

PIPED_WIDTH = 160  # a pipe has no width; wide enough that tables keep their lines whole


def console() -> Console:
    """A console for standard output that leaves names such as ``biored:train:`` alone."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(highlight=False, emoji=False, width=width)
