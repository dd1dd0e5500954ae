"""Which threshold holds for which type and precision."""

from __future__ import annotations

import pytest

from relatome.data.calibration import Calibration, Reliability, Thresholds

NOTHING = Reliability(0.0, ())
OWN = Thresholds(40, 30, (0.3, 0.6), (40, 20))
POOLED = Thresholds(90, 60, (0.4, None), (80, 0))
FOUND = Calibration("dev", "int8", NOTHING, NOTHING, (0.5, 0.8), {"Bind": OWN}, POOLED)


@pytest.mark.parametrize(
    ("precision", "index"), [(0.1, 0), (0.5, 0), (0.51, 1), (0.8, 1), (0.81, None)]
)
def test_a_precision_takes_the_next_level(precision: float, index: int | None) -> None:
    assert FOUND.level(precision) == index


def test_a_type_without_thresholds_takes_those_of_all() -> None:
    assert FOUND.thresholds("Bind") == OWN
    assert FOUND.thresholds("Comparison") == POOLED
