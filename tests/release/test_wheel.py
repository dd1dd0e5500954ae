"""The wheel holds the package and nothing else, and works where nothing else is installed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from relatome import __version__
from release.wheel import COMMANDS, build, digest, faults, index_answers, tried

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="pip install 'relatome[dev]'")
    return build(tmp_path_factory.mktemp("dist"))


def test_it_holds_what_it_should(wheel: Path) -> None:
    assert faults(wheel) == []
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        about = archive.read(f"relatome-{__version__}.dist-info/METADATA").decode()
    assert {
        path.relative_to(SOURCE).as_posix() for path in (SOURCE / "relatome").rglob("*.py")
    } == {name for name in names if name.endswith(".py")}
    assert f"Version: {__version__}\n" in about
    assert "License-Expression: Apache-2.0\n" in about


def test_what_should_not_be_there_is_named(wheel: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(spoilt, "w") as new:
        for name in old.namelist():
            if name != "relatome/py.typed" and not name.endswith(".onnx"):
                new.writestr(name, old.read(name))
        new.writestr("tests/test_one.py", "")
        new.writestr("relatome/corpora/Train.PubTator.gz", "")
    found = faults(spoilt)
    assert "missing: relatome/py.typed" in found
    assert "missing: relatome/runtime/weights/small/encoder.int8.onnx" in found
    assert "not wanted: tests/test_one.py" in found
    assert "not wanted: relatome/corpora/Train.PubTator.gz" in found


@pytest.mark.slow
def test_it_is_the_same_every_time(wheel: Path, tmp_path: Path) -> None:
    assert digest(build(tmp_path)) == digest(wheel)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_installed_it_says_what_the_source_tree_says(wheel: Path, tmp_path: Path) -> None:
    if not index_answers():
        pytest.skip("no package index answers, so nothing can be installed")
    assert COMMANDS[0] == ("--version",)
    assert tried(wheel, tmp_path / "fresh") == []
