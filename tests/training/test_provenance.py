"""Provenance: the commit that is named is that of the code that ran."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("torch")

import relatome
from relatome.training import provenance

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's repository with one commit, in which the package lies."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    git(tmp_path, "init", "--quiet")
    (tmp_path / "notes.txt").write_text("theirs")
    git(tmp_path, "add", "notes.txt")
    git(tmp_path, "commit", "--quiet", "--message", "theirs")
    place = tmp_path / ".venv" / "provenance.py"
    place.parent.mkdir()
    place.write_text("")
    monkeypatch.setattr(provenance, "__file__", str(place))
    return tmp_path


def test_the_commit_of_a_repository_around_it_is_not_named(project: Path) -> None:
    assert provenance.code_version() == relatome.__version__


def test_the_commit_of_its_own_repository_is(project: Path) -> None:
    git(project, "add", "--force", ".venv/provenance.py")
    git(project, "commit", "--quiet", "--message", "ours")
    commit = git(project, "describe", "--always")
    assert provenance.code_version() == f"{relatome.__version__}+{commit}"


def test_outside_any_repository_there_is_the_version_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "provenance.py"))
    assert provenance.code_version() == relatome.__version__
