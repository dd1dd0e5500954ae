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
from typing import NamedTuple, TextIO

import pytest
from _pytest.runner import runtestprotocol
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


class Task(NamedTuple):
    """A mutant of a file, compiled."""

    path: Path
    mutant: Mutant
    code: CodeType


class Outcome(NamedTuple):
    """What the tests said of a mutant."""

    task: Task
    noticed: bool


def judge(paths: Sequence[Path], workers: int) -> Iterator[Outcome]:
    """Every mutant of the files, in the order in which they are done.

    Raises:
        RuntimeError: if the tests fail without any change.
    """
    _prepare()
    functions: list[Task] = []
    others: list[Task] = []
    for path in paths:
        source = path.read_text("utf-8")
        original = compile(source, str(path), "exec")
        for mutant in mutants(source):
            code = compile(mutant.tree, str(path), "exec")
            before, after = (_within(each, mutant.where) for each in (original, code))
            alone = before is not None and before != after
            (functions if alone else others).append(Task(path, mutant, code))
    here, there = os.pipe()
    child = os.fork()  # what is collected there must not be here, where modules are changed
    if child == 0:
        os.close(here)
        _collected(functions, workers, there)
    os.close(there)
    with os.fdopen(here) as told:
        for line in told:
            number, noticed = line.split()
            yield Outcome(functions[int(number)], noticed == "1")
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("The tests of the scorers fail without any change: mend that first.")
    for number, noticed in _each(others, workers, _imported_anew):
        yield Outcome(others[number], noticed)


def _prepare() -> None:
    """Load what all tests need but the scorers, so that each process need not."""
    os.environ["RELATOME_CORPORA"] = str(ROOT / "no-corpora")
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(ROOT)
    settings.register_profile(
        "mutation",
        max_examples=30,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
    )
    for name in ("hypothesis.extra.numpy", "nervaluate", "rich.table", "relatome.formats"):
        importlib.import_module(name)


# ------------------------------------------------------------------------- changed functions


def _collected(tasks: Sequence[Task], workers: int, there: int) -> None:
    """Judge tasks in a process that has collected the tests; end it, with 0 if they pass unchanged.

    Args:
        tasks: the mutants.
        workers: how many at a time.
        there: where to write the number of each task that is done, and 1 if it was noticed, else 0.
    """
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what pytest says of no test at all
        with os.fdopen(there, "w", buffering=1) as told:
            session = _Session(tasks, workers, told)
            pytest.main([*_OPTIONS, str(TESTS)], plugins=[session])
            status = int(not session.passed)
    finally:
        os._exit(status)


class _Session:
    """A plugin that runs the collected tests once as they are, and then against each mutant."""

    def __init__(self, tasks: Sequence[Task], workers: int, told: TextIO) -> None:
        self._tasks = tasks
        self._workers = workers
        self._told = told
        self._calls: dict[CodeType, set[pytest.Item]] = {}
        self._seconds: dict[pytest.Item, float] = {}
        self.passed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        self.passed = bool(session.items) and all(self._watched(item) for item in session.items)
        if self.passed:
            for number, noticed in _each(self._tasks, self._workers, self._noticed):
                print(number, int(noticed), file=self._told)
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

    def _noticed(self, task: Task) -> bool:
        function = _live(task.path.stem, task.mutant.where)
        tests = self._calls.get(function.__code__, set())
        own = f"test_{task.path.stem}.py"
        function.__code__ = _within(task.code, task.mutant.where)  # type: ignore[assignment]
        ordered = sorted(tests, key=lambda item: (item.path.name != own, self._seconds[item]))
        return not all(_passes(item) for item in ordered)


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))


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


def _imported_anew(task: Task) -> bool:
    stem = task.path.stem
    sys.meta_path.insert(0, _Replaced(stem, task.code))
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
    tasks: Sequence[Task], workers: int, noticed: Callable[[Task], bool]
) -> Iterator[tuple[int, bool]]:
    """The number of each task and its outcome, each in a process of its own, so many at a time."""
    running: dict[int, int] = {}
    waiting = list(range(len(tasks)))[::-1]
    while waiting or running:
        while waiting and len(running) < workers:
            number = waiting.pop()
            child = os.fork()
            if child == 0:
                _run(tasks[number], noticed)
            running[child] = number
        child, status = os.wait()
        yield running.pop(child), status != 0


def _run(task: Task, noticed: Callable[[Task], bool]) -> None:
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
