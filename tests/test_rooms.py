"""The rooms of the house import only downwards, and the light ones stay light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from relatome.cli import app

SOURCE = Path(__file__).parents[1] / "src" / "relatome"

# Every room and the rooms it may import, as in docs/design.md; the upper rooms first. `errors` and
# `data` are open to all but `errors`. A module that is a room by itself stands without its `.py`.
ROOMS: dict[str, set[str]] = {
    "cli": set(),  # everything, filled in below
    # sources, entities: articles by id, and the pages that identifiers lead to.
    "serve": {"pipeline", "graph", "entities", "sources", "formats"},
    # runtime: cores, devices, hashes of models. entities: dictionaries.
    "scale": {"pipeline", "runtime", "entities", "formats", "graph"},
    "report": {"scoring"},
    "graph": {"formats"},
    # encode: what a model reads is counted in its units.
    "pipeline": {"runtime", "entities", "encode", "sources", "formats"},
    # corpora: a recipe names splits. runtime: an exported model is compared with the trained one.
    "training": {"models", "losses", "encode", "recipes", "scoring", "runtime", "corpora"},
    "recipes": {"encode"},
    "models": {"encode"},
    "losses": {"encode"},
    # scoring: what a model's scores mean is fitted to how right they are. entities: what it
    # says of mentions, to how well these are grouped.
    "runtime": {"entities", "encode", "scoring"},
    "entities": set(),
    "encode": set(),
    "scoring": set(),
    "sources": {"formats"},
    "corpora": {"formats"},
    "formats": set(),
    "data": set(),
    "errors": set(),
}
ROOMS["cli"] = set(ROOMS) - {"cli", "data", "errors"}

# Libraries that come with an extra, and the only rooms that may import them.
EXTRAS: dict[str, set[str]] = {
    "torch": {"training", "models", "losses"},
    "transformers": {"training", "models", "losses"},
    "accelerate": {"training"},
    "safetensors": {"training", "models"},
    "onnx": {"training", "runtime"},
    "openvino": {"runtime"},
    "onnxscript": {"training"},
    "matplotlib": {"training", "report"},
    "scipy": set(),
    "sklearn": set(),
    "pandas": set(),
    "pyarrow": {"scale", "graph"},
    "duckdb": {"scale", "graph"},
    "ray": {"scale"},
    "fastapi": {"serve"},
    "uvicorn": {"serve"},
    "prometheus_client": {"serve"},
}

# Their modules import the libraries of an extra as they load.
EXTRA_ROOMS = {"training", "models", "losses", "serve", "scale", "graph"}

# What the list of commands must not wait for.
SLOW = ("numpy", "msgspec", "lxml", "onnxruntime", "tokenizers", "sentencex", "pooch", "httpx2")


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def room(module: str) -> str:
    """The room a module of relatome belongs to; empty for the package itself."""
    return ".".join(module.split(".")[1:2])


def imported(tree: ast.AST, *, at_load: bool) -> Iterator[str]:
    """Names of the modules that are imported, when the module loads or anywhere in it."""
    for node in _running_at_load(tree) if at_load else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports inside relatome are absolute"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in MODULES else str(node.module)


def _running_at_load(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes outside functions and outside ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        deferred = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not deferred and not for_types:
            yield node
            yield from _running_at_load(node)


def imports_of(module: str, *, at_load: bool = False) -> set[str]:
    return set(imported(ast.parse(MODULES[module].read_text("utf-8")), at_load=at_load))


def test_every_room_is_known() -> None:
    assert {room(module) for module in MODULES} - {"", "__main__"} <= set(ROOMS)
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders <= set(ROOMS)


def test_the_table_goes_down_only() -> None:
    order = list(ROOMS)
    for name, allowed in ROOMS.items():
        assert all(order.index(name) < order.index(other) for other in allowed), name


def test_the_design_page_says_the_same() -> None:
    page = SOURCE.parents[1] / "docs" / "design.md"
    if not page.exists():
        pytest.skip("docs/design.md is not written yet")
    told: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`.*`) \|.*\| (.*) \|$", page.read_text("utf-8"), re.MULTILINE):
        for name in re.findall(r"`(\w+)(?:/|\.py)`", row[0]):
            every = set(ROOMS) - {name} if row[1] == "everything" else set()
            told[name] = (every | set(re.findall(r"\w+", row[1]))) - {"everything"}
    assert list(told) == [*ROOMS]
    for name, allowed in ROOMS.items():
        assert told[name] - {"data", "errors"} == allowed, name


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imports_only_what_it_may(name: str) -> None:
    allowed = ROOMS[name] | {name, ""} | ({"errors", "data"} if name != "errors" else set())
    if name == "data":
        allowed -= {""}
    wrong = [
        f"{module} imports {other}"
        for module in MODULES
        if room(module) == name
        for other in imports_of(module)
        if other.split(".")[0] == "relatome" and room(other) not in allowed
    ]
    assert not wrong


def test_no_module_imports_itself_through_others() -> None:
    graph = {
        module: {other for other in imports_of(module, at_load=True) if other in MODULES}
        for module in MODULES
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path[path.index(module) :], module))
        if module not in done:
            for other in sorted(graph[module]):
                visit(other, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("library", EXTRAS)
def test_a_library_of_an_extra_stays_in_its_rooms(library: str) -> None:
    wrong = [
        module
        for module in MODULES
        if room(module) not in EXTRAS[library]
        and any(other.split(".")[0] == library for other in imports_of(module))
    ]
    assert not wrong


def test_a_command_file_imports_nothing_heavy_at_the_top() -> None:
    light = {"typer", "click", "rich", *sys.stdlib_module_names}
    wrong = [
        f"{module} imports {other}"
        for module in MODULES
        if room(module) == "cli" and "._" not in module  # what commands share is loaded by them
        for other in imports_of(module, at_load=True)
        if other.split(".")[0] not in light and room(other) not in {"cli", "errors"}
    ]
    assert not wrong


def loaded_after(code: str) -> set[str]:
    """Names of the top-level packages that a fresh interpreter has loaded after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name.split(".")[0] for name in done.stderr.split()}


def test_the_core_rooms_load_no_library_of_an_extra() -> None:
    core = [module for module in MODULES if room(module) not in EXTRA_ROOMS]
    loaded = loaded_after("\n".join(f"import {module}" for module in core))
    assert "numpy" in loaded
    assert not loaded & set(EXTRAS)


HELP = """
import sys
from relatome.cli import main
sys.argv = {argv!r}
try:
    main()
except SystemExit as exit:
    assert not exit.code, exit.code
"""


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_after(HELP.format(argv=["relatome", "--help"]))
    assert "typer" in loaded
    assert not loaded & {*EXTRAS, *SLOW}


def test_the_help_of_every_command_loads_nothing_heavy() -> None:
    commands = list(typer.main.get_command(app).commands)
    code = "\n".join(HELP.format(argv=["relatome", name, "--help"]) for name in commands)
    assert not loaded_after(code) & {*EXTRAS, *SLOW}
