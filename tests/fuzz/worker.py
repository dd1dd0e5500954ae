"""Read damaged files under limits of time and memory; one JSON line tells what came of them.

    python -m tests.fuzz.worker FIRST LAST [CORPORA]

Cases are numbers: each picks a source and its damage, the same every time. A case is well if the
reader yields documents that pass their check, or an error that names the file. It fails if
anything else is raised, an error does not say where, time is up, or memory is.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from relatome.errors import InputError

from .mutations import damaged
from .sources import Fuzzed, examples, real

SECONDS = 20  # of one case; a hundred times what the slowest should need, for busy machines
MEGABYTES = 1024  # beyond what the worker needs to start


class TimeIsUpError(Exception):
    """A case took longer than `SECONDS`."""


def _peak_megabytes() -> int:
    """The most memory this process had.

    On Linux, ``ru_maxrss`` would count what the process had that started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Run the cases the command line names."""
    first, last = int(sys.argv[1]), int(sys.argv[2])
    sources = gathered(sys.argv[3:])
    limit_memory(MEGABYTES)

    def run(case: int) -> tuple[int, int]:
        source, content, _ = built(sources, case)
        documents, problems = read(source, content, Random(case).random() < 0.5)
        return len(documents), len(problems)

    told = watched(range(first, last), SECONDS, run, lambda case: _described(sources, case))
    print(json.dumps(told | {"sources": sorted({source.name for source in sources})}))


def gathered(corpora: list[str]) -> list[Fuzzed]:
    """Our own examples, and the files of a folder of corpora if one is named."""
    return [*examples(), *(real(Path(corpora[0])) if corpora else ())]


def watched(
    cases: range,
    seconds: float,
    run: Callable[[int], tuple[int, int]],
    describe: Callable[[int], dict[str, Any]],
) -> dict[str, Any]:
    """Run cases, none longer than `seconds`, and tell what came of them.

    Args:
        cases: their numbers.
        seconds: the most one may take.
        run: runs a case; how many documents came of it, and how many errors as they should be.
        describe: says of a failed case what it was.
    """
    signal.signal(signal.SIGALRM, time_is_up)
    outcomes = {"documents": 0, "problems": 0}
    failures: list[dict[str, Any]] = []
    slowest = (0.0, -1)
    for case in cases:
        started = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            documents, problems = run(case)
            outcomes["documents"] += documents
            outcomes["problems"] += problems
        except Exception:
            error = traceback.format_exc(limit=-4)
            failures.append({"case": case, **describe(case), "error": error})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, (time.perf_counter() - started, case))
    return {
        "cases": len(cases),
        **outcomes,
        "failures": failures,
        "slowest": {"seconds": round(slowest[0], 2), "case": slowest[1]},
        "peak_megabytes": _peak_megabytes(),
    }


def _described(sources: list[Fuzzed], case: int) -> dict[str, Any]:
    source, _, damage = built(sources, case)
    return {"source": source.name, "damage": damage}


def built(sources: list[Fuzzed], case: int) -> tuple[Fuzzed, dict[str, bytes], list[str]]:
    """The source of a case, its files with one of them damaged, and how."""
    source = sources[case % len(sources)]
    random = Random(case)
    name = random.choice(sorted(source.files))
    content, damage = damaged(source.files[name], random)
    return source, {**source.files, name: content}, [name, *damage]


def read(source: Fuzzed, files: dict[str, bytes], stop: bool) -> tuple[list[Any], list[InputError]]:
    """Documents and problems, each verified.

    Args:
        source: what is read, and how.
        files: its files, damaged.
        stop: stop at the first problem, as without `on_error`.
    """
    problems: list[InputError] = []
    try:
        documents = source.read(files, None if stop else problems.append)
    except InputError as error:
        documents = []
        problems.append(error)
    for document in documents:
        document.check()
    for problem in problems:
        assert problem.place.path, f"no file is named: {problem}"
        assert len(str(problem)) < 2000, f"a message of {len(str(problem))} characters"
        assert problem.next_step
        assert str(problem).encode(), "no message"  # and one that can be printed
    return documents, problems


def limit_memory(megabytes: int) -> None:
    """Let the process grow by so much and no more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def time_is_up(number: int, frame: FrameType | None) -> None:
    """Handle the alarm."""
    raise TimeIsUpError


if __name__ == "__main__":
    main()
