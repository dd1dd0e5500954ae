"""The log: one line of JSON for each event, without a word of any document."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from relatome.serve.faults import origin

_LOGGER = logging.getLogger("relatome.serve")
_FIELDS = "fields"
_LONGEST = 200  # characters of a value that a client chose


def event(name: str, **fields: object) -> None:
    """Write an event with its fields."""
    _LOGGER.info(name, extra={_FIELDS: fields})


def failure(name: str, error: BaseException, **fields: object) -> None:
    """Write that something failed, and where in the code."""
    _LOGGER.error(name, extra={_FIELDS: {**fields, "error": origin(error)}})


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = getattr(record, _FIELDS, {})
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage().partition("\n")[0][:_LONGEST],
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = origin(record.exc_info[1])
        for key, value in fields.items():
            line[key] = value[:_LONGEST] if isinstance(value, str) else value
        return json.dumps(line)


def set_up() -> None:
    """Send what the service logs, and the warnings of its libraries, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _LOGGER.setLevel(logging.INFO)
