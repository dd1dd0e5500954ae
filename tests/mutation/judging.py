"""The tests of the scorers against one mutant after the other.

The tests are collected once. For a changed function a fork of that process gives the live function
the changed code and runs the tests that call it; where more than a function changes, a fork from
before the collection imports the changed module and collects the tests itself.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
SCORING = ROOT / "src" / "relatome" / "scoring"
TESTS = ROOT / "tests" / "scoring"

_SECONDS = 60  # of processor time for the tests of one mutant; all of them need a fraction
_MEMORY = 6 << 30  # bytes
_OPTIONS = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "_hypothesis_pytestplugin",
    "--hypothesis-profile=mutation",
    "-k",
    "not under_a_second",  # what a busy machine decides is not asked
)


class Outcome(NamedTuple):
    """What the tests said of a mutant."""

    file: str
    mutant: Mutant
    noticed: bool


class _Task(NamedTuple):
    path: Path
    mutant: Mutant
    code: CodeType


def judge(paths: Sequence[Path], workers: int) -> Iterator[Outcome]:
    """Every mutant of the files, in the order in which they are done.

    Raises:
        RuntimeError: if the tests fail without any change.
    """
    _prepare()
    functions, others = [], []
    for path in paths:
        source = path.read_text("utf-8")
        original = compile(source, str(path), "exec")
        for mutant in mutants(source):
            code = compile(mutant.tree, str(path), "exec")
            before, after = (_within(each, mutant.where) for each in (original, code))
            alone = before is not None and before != after
            (functions if alone else others).append(_Task(path, mutant, code))
    yield from _each(others, workers, lambda task: _imported_anew(task.path.stem, task.code))
    session = _Session(functions, workers)
    pytest.main([*_OPTIONS, str(TESTS)], plugins=[session])
    if session.outcomes is None:
        raise RuntimeError("The tests of the scorers fail without any change: mend that first.")
    yield from session.outcomes


def _prepare() -> None:
    """Load what all tests need but the scorers, so that each process need not."""
    os.environ["RELATOME_CORPORA"] = str(ROOT / "no-corpora")
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(ROOT)
    settings.register_profile(
        "mutation",
        max_examples=40,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
    )
    for name in ("hypothesis.extra.numpy", "nervaluate", "rich.table", "relatome.formats"):
        importlib.import_module(name)


# ------------------------------------------------------------------------- changed functions


class _Session:
    """A plugin that runs the collected tests once as they are, and then against each mutant."""

    def __init__(self, tasks: Sequence[_Task], workers: int) -> None:
        self._tasks = tasks
        self._workers = workers
        self._calls: dict[CodeType, set[pytest.Item]] = {}
        self._seconds: dict[pytest.Item, float] = {}
        self.outcomes: list[Outcome] | None = None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        for item in session.items:
            if not self._watched(item):
                return True
        self.outcomes = []
        for outcome in _each(self._tasks, self._workers, self._noticed):
            self.outcomes.append(outcome)
            if not outcome.noticed:
                mutant = outcome.mutant
                print(f"survives: {outcome.file}:{mutant.line} {mutant.name}", file=sys.__stdout__)
        return True

    def _watched(self, item: pytest.Item) -> bool:
        """Run a test, remember which functions of the scorers it calls; whether it passes."""
        folder = str(SCORING)

        def called(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code.co_filename.startswith(folder):
                self._calls.setdefault(frame.f_code, set()).add(item)

        started = time.perf_counter()
        sys.setprofile(called)
        try:
            passed = _passes(item)
        finally:
            sys.setprofile(None)
        self._seconds[item] = time.perf_counter() - started
        return passed

    def _noticed(self, task: _Task) -> bool:
        function = _live(task.path.stem, task.mutant.where)
        tests = self._calls.get(function.__code__, set())
        own = f"test_{task.path.stem}.py"
        function.__code__ = _within(task.code, task.mutant.where)  # type: ignore[assignment]
        ordered = sorted(tests, key=lambda item: (item.path.name != own, self._seconds[item]))
        return not all(_passes(item) for item in ordered)


def _passes(item: pytest.Item) -> bool:
    reports = []
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, nextitem=None, log=False)
    return not any(report.failed for report in reports)


def _within(code: CodeType, where: str) -> CodeType | None:
    """The code of a function, or of a method of a class, by its dotted name."""
    names = where.split(".")
    for name in names:
        found = [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name]
        if len(found) != 1:
            return None
        code = found[0]
        if code.co_flags & 0x1:  # CO_OPTIMIZED: a function; what is in it is part of it
            return code
    return None


def _live(stem: str, where: str) -> FunctionType:
    found: object = importlib.import_module(f"relatome.scoring.{stem}")
    for name in where.split("."):
        found = vars(found)[name]
        found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
        if isinstance(found, FunctionType):
            return found
    raise LookupError(where)


# --------------------------------------------------------------------------- changed modules


def _imported_anew(stem: str, code: CodeType) -> bool:
    sys.meta_path.insert(0, _Replaced(stem, code))
    own = [str(path) for path in (TESTS / f"test_{stem}.py",) if path.is_file()]
    rest = [str(path) for path in sorted(TESTS.glob("test_*.py")) if str(path) not in own]
    return any(pytest.main([*_OPTIONS, *files]) != 0 for files in (own, rest) if files)


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of scoring the code of a mutant."""

    def __init__(self, stem: str, code: CodeType) -> None:
        self.package = stem == "__init__"
        self.name = "relatome.scoring" + ("" if self.package else f".{stem}")
        self.code = code

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Answer for the one module."""
        if fullname != self.name:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, is_package=self.package)
        if self.package:
            spec.submodule_search_locations = [str(SCORING)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant's code as the module."""
        exec(self.code, module.__dict__)


# --------------------------------------------------------------------------------- processes


def _each(
    tasks: Sequence[_Task], workers: int, noticed: Callable[[_Task], bool]
) -> Iterator[Outcome]:
    """The outcome of each task, each in a process of its own, so many at a time."""
    running: dict[int, _Task] = {}
    waiting = list(tasks)[::-1]
    while waiting or running:
        while waiting and len(running) < workers:
            task = waiting.pop()
            child = os.fork()
            if child == 0:
                _run(task, noticed)
            running[child] = task
        child, status = os.wait()
        done = running.pop(child)
        yield Outcome(done.path.name, done.mutant, status != 0)


def _run(task: _Task, noticed: Callable[[_Task], bool]) -> None:
    """Judge a task and end the process: with 0 if no test noticed."""
    status = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        status = int(noticed(task))
    finally:
        os._exit(status)
