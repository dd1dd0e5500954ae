"""Tells after ``make fuzz`` how much was tried, with which seeds, and what took longest."""

from __future__ import annotations

from collections import Counter

import pytest

_NAMES = {"worker": "readers", "extractor": "extractor"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what the tests of the damaged files recorded."""
    totals = {name: Counter[str]() for name in _NAMES}
    slowest = dict.fromkeys(_NAMES, (0.0, -1))
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, told in getattr(report, "user_properties", ()):
                if name in totals and getattr(report, "when", "") == "call":
                    case = told.pop("slowest")
                    totals[name].update(told)
                    slowest[name] = max(slowest[name], (case["seconds"], case["case"]))
    for name, total in totals.items():
        if total:
            seconds, case = slowest[name]
            terminalreporter.write_line(
                f"{_NAMES[name]}: {total['cases']} damaged inputs (the number of each is its "
                f"seed), {total['documents']} documents, {total['problems']} errors as they should "
                f"be; the slowest, {case}, took {seconds} s"
            )
