from __future__ import annotations

from relatome import __version__

from .conftest import Relatome


def test_the_version_is_the_package_s(relatome: Relatome) -> None:
    assert relatome("--version") == (0, f"relatome {__version__}\n", "")


def test_without_a_command_there_is_help(relatome: Relatome) -> None:
    ran = relatome()
    assert "extract" in ran.out + ran.err
    assert "Typed, scored" in ran.out + ran.err
