"""The picture of a run's reliability."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

pytest.importorskip("matplotlib")

from relatome.data.calibration import Bin, Calibration, Reliability, Thresholds
from relatome.data.schemas import BIORED
from relatome.encode import DocumentEncoding, Settings
from relatome.report.reliability import draw_reliability

MEASURED = Reliability(0.1, (Bin(0, 0.0, 0.0), Bin(10, 0.5, 0.4), Bin(20, 0.9, 0.8)))
NONE = Thresholds(30, 20, (), ())
CALIBRATION = Calibration("own:dev", "torch", MEASURED, MEASURED, (), {}, NONE)


def run(folder: Path, calibration: Calibration | None) -> Path:
    (folder / "model").mkdir()
    settings = Settings(BIORED, DocumentEncoding(96, 32), calibration=calibration)
    (folder / "model" / "settings.json").write_bytes(msgspec.json.encode(settings))
    return folder


def test_a_picture_beside_the_run(tmp_path: Path) -> None:
    path = draw_reliability(run(tmp_path, CALIBRATION))
    assert path == tmp_path / "reliability.png"
    first = path.read_bytes()
    assert first.startswith(b"\x89PNG")
    draw_reliability(tmp_path)
    assert path.read_bytes() == first


def test_a_run_that_was_not_calibrated_has_none(tmp_path: Path) -> None:
    assert draw_reliability(run(tmp_path, None)) is None
    assert not (tmp_path / "reliability.png").exists()
