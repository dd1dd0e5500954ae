"""What relatome depends on has a licence that may be depended on, and docs/licences.md says so."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from release.dependencies import CORE, direct, extras, needed
from release.licences import ALLOWED, EXCEPTIONS, NVIDIA, PAGE, allowed, differing, licence, page


@pytest.mark.parametrize("extra", [CORE, *extras()])
def test_every_licence_may_be_depended_on(extra: str) -> None:
    found = needed(extra)
    missing = sorted(name for name, each in found.items() if each is None)
    judged = {name: licence(each) for name, each in found.items() if each is not None}
    refused = {
        name: said
        for name, said in judged.items()
        if not allowed(said) and EXCEPTIONS.get(name, ("",))[0] != said
        if not NVIDIA.fullmatch(name)
    }
    assert not refused
    if missing:
        pytest.skip(f"not installed, so not judged: {', '.join(missing)}")


def test_what_is_needed_is_found_through_others_and_not_told_twice() -> None:
    core, serve = needed(), needed("serve")
    assert {"numpy", "tokenizers"} <= direct() <= core.keys()
    assert "huggingface-hub" in core  # of tokenizers
    assert "huggingface-hub" not in direct()
    assert "fastapi" in serve
    assert "starlette" in serve
    assert not core.keys() & serve.keys()
    assert "relatome" not in {*core, *serve}


def test_exceptions_are_needed_and_are_exceptions() -> None:
    everything = {name for extra in (CORE, *extras()) for name in needed(extra)}
    assert EXCEPTIONS.keys() <= everything
    assert not any(allowed(said) for said, _ in EXCEPTIONS.values())
    assert all(reason.endswith(".") for _, reason in EXCEPTIONS.values())


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True),
        ("GPL-3.0", False),
        ("MIT AND GPL-3.0", False),
        ("GPL-3.0 OR MIT", True),
        ("MIT AND (GPL-3.0 OR BSD-3-Clause)", False),  # read strictly
        ("Apache-2.0 WITH LLVM-exception AND MIT", True),
        ("unknown", False),
    ],
)
def test_expressions(expression: str, may: bool) -> None:
    assert allowed(expression) is may


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("License-Expression: MIT", "License: whatever"), "MIT"),
        (("License: Apache 2.0",), "Apache-2.0"),
        (("License: see the file", "Classifier: License :: OSI Approved :: MIT License"), "MIT"),
        (("Classifier: License :: OSI Approved :: BSD License",), "BSD"),
        (("Classifier: Topic :: Text Processing",), "unknown"),
        ((), "unknown"),
    ],
)
def test_the_licence_of_a_distribution(lines: tuple[str, ...], said: str, tmp_path: Path) -> None:
    folder = tmp_path / "made-1.dist-info"
    folder.mkdir()
    header = ("Metadata-Version: 2.4", "Name: made", "Version: 1", *lines)
    (folder / "METADATA").write_text("\n".join(header) + "\n", encoding="utf-8")
    assert licence(Distribution.at(folder)) == said


def test_the_licence_of_relatome_itself() -> None:
    assert licence(distribution("relatome")) in ALLOWED


def test_the_page_is_of_what_is_installed() -> None:
    if other := differing():
        pytest.skip(f"other versions than those of constraints.txt: {'; '.join(other)}")
    assert PAGE.read_text(encoding="utf-8") == page(), "run make sbom"
