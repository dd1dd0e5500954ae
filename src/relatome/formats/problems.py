"""Where problems go when reading is to go on: counted, and written next to the output."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from relatome.errors import RelatomeError
from relatome.formats.report import counted
from relatome.formats.target import replaced


class Problems:
    """A sink for the `on_error` of `read` and `write`.

    Example::

        problems = Problems()
        documents = list(read("corpus.pubtator", on_error=problems))
        if problems.count:
            problems.write(Path("corpus.problems.jsonl"))
    """

    def __init__(self) -> None:
        self.errors: list[RelatomeError] = []

    def __call__(self, error: RelatomeError) -> None:
        """Note one problem."""
        self.errors.append(error)

    @property
    def count(self) -> int:
        """The number of problems."""
        return len(self.errors)

    @property
    def by_code(self) -> Counter[str]:
        """The number of problems with each code."""
        return Counter(error.code for error in self.errors)

    def summary(self) -> str:
        """The number of problems, in all and by code, as in ``3 problems (2 × R104, 1 × R107)``."""
        by_code = ", ".join(f"{n:,} × {code}" for code, n in self.by_code.most_common())
        return f"{counted(self.count, 'problem')} ({by_code})"

    def write(self, path: Path) -> None:
        """Write the problems as JSON Lines: file, line, document, code, what, next_step.

        An older report under that name is replaced, and removed if there is no problem now.
        """
        if not self.errors:
            path.unlink(missing_ok=True)
            return
        with replaced(path) as stream:
            for error in self.errors:
                stream.write(msgspec.json.encode(_record(error)) + b"\n")


def _record(error: RelatomeError) -> dict[str, str | int | None]:
    return {
        "file": error.place.path,
        "line": error.place.line,
        "document": error.place.document,
        "code": error.code,
        "what": error.what,
        "next_step": error.next_step,
    }
