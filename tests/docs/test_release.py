"""The steps of docs/release.md are commands that do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from relatome import __version__

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", PAGE, re.MULTILINE | re.DOTALL)


def commands(step: str) -> str:
    """The shell blocks of a step."""
    return "".join(re.findall(r"```sh\n(.*?)```", step, re.DOTALL))


def test_every_step_has_a_command() -> None:
    assert [number for number, _ in STEPS] == [str(n + 1) for n in range(len(STEPS))]
    assert all(commands(step) for _, step in STEPS)


def test_every_target_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {
        name
        for line in re.findall(r"^ *make ([a-z -]+)", PAGE, re.MULTILINE)
        for name in line.split()
    }
    assert {"wheel", "sbom", "readme", "mutation", "test-all"} <= named
    assert named <= set(targets)


@pytest.mark.skipif(shutil.which("sed") is None, reason="needs sed")
def test_the_version_the_changelog_and_what_comes_next(tmp_path: Path) -> None:
    for name in ("src/relatome/__init__.py", "CHANGELOG.md", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)

    def run(step: str) -> str:
        done = subprocess.run(
            ["sh", "-euc", step], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    by_number = {int(number): commands(step) for number, step in STEPS}
    run(by_number[2])
    run(by_number[3])
    code = (tmp_path / "src/relatome/__init__.py").read_text("utf-8")
    assert code == (ROOT / "src/relatome/__init__.py").read_text("utf-8").replace(
        f'"{__version__}"', '"1.0.0"'
    )
    assert "5 - Production/Stable" in (tmp_path / "pyproject.toml").read_text("utf-8")
    changes = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## 1\.0\.0 — \d{4}-\d\d-\d\d$", changes, re.MULTILINE)
    assert "unreleased" not in changes
    (notes,) = re.findall(r"awk .*", by_number[11])
    assert run(notes).startswith("## 1.0.0 — ")
    run(by_number[12])
    changes = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (.*?) —", changes, re.MULTILINE)[:2] == ["next", "1.0.0"]
