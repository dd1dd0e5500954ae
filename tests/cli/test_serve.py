"""What ``relatome serve`` refuses before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Relatome

pytest.importorskip("fastapi", reason="needs relatome[serve]")


@pytest.mark.parametrize(
    "origin", ["example.org", "https://example.org/page", "*", "ftp://example.org", "https://["]
)
def test_what_is_no_origin(relatome: Relatome, origin: str) -> None:
    ran = relatome("serve", "--cors", origin)
    assert ran.code == 2
    assert "[R959]" in ran.err


def test_keys_that_are_not_there(relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("serve", "--api-keys", tmp_path / "keys")
    assert ran.code == 2
    assert "[R955]" in ran.err


def test_a_model_that_is_not_there(relatome: Relatome) -> None:
    ran = relatome("serve", "--port", 0, "--model", "nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err


@pytest.mark.parametrize("host", ["nowhere.invalid", "256.1.1.1", "192.0.2.1"])
def test_an_address_that_is_not_ours(relatome: Relatome, host: str) -> None:
    ran = relatome("serve", "--host", host, "--port", 0)
    assert ran.code == 2
    assert "[R956]" in ran.err


@pytest.mark.parametrize("option", [("--port", "70000"), ("--workers", "0"), ("--timeout", "0")])
def test_impossible_values(relatome: Relatome, option: tuple[str, str]) -> None:
    ran = relatome("serve", *option)
    assert ran.code == 2
    assert "Invalid value" in ran.err
