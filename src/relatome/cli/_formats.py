"""Which format a command writes."""

from __future__ import annotations

from relatome import formats
from relatome.errors import FORMAT_UNNAMED, UsageError
from relatome.formats.detection import ENDINGS


def format_to_write(target: str, asked: str | None) -> str:
    """The format that is asked for, or else the one that the target's ending names.

    Raises:
        UsageError: if it is not asked for and the ending names none.
    """
    format = asked or formats.format_of_name(target)
    if format is None:
        raise UsageError(FORMAT_UNNAMED, name=target, endings=", ".join(ENDINGS))
    return format
