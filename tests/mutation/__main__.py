"""Change every line of the scorers, and see that a test fails each time.

    python -m tests.mutation [FILE...]

The files of src/relatome/scoring (all, or the named ones) are mutated one change at a time, and the
tests of tests/scoring run against each mutant in a process of its own. A mutant that no test
notices must stand in survivors.toml with the reason why it counts no other way, and what stands
there must still survive. Corpora are not used, so the outcome is the same on every machine.

Ours, because mutmut 3.8 leaves out properties and what stands outside functions, which here is
precision and recall and the type pairs of a protocol.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from tests.mutation.judging import SCORING, Outcome, judge
from tests.mutation.survivors import survivors


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if no mutant survives without a reason, and no reason is out of date."""
    parser = argparse.ArgumentParser(prog="tests.mutation")
    parser.add_argument("files", nargs="*", help="names in src/relatome/scoring")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    paths = [SCORING / name for name in options.files] or sorted(SCORING.glob("*.py"))
    outcomes = []
    for outcome in judge(paths, options.workers):
        outcomes.append(outcome)
        if not outcome.noticed:
            task = outcome.task
            print(f"survives: {task.path.name}:{task.mutant.line}  {task.mutant.name}", flush=True)
        if len(outcomes) % 100 == 0:
            print(f"{len(outcomes)} mutants done", flush=True)
    return _report(outcomes)


def _report(outcomes: Sequence[Outcome]) -> int:
    files: dict[str, list[bool]] = {}
    for outcome in outcomes:
        files.setdefault(outcome.task.path.name, []).append(outcome.noticed)
    survived = {(o.task.path.name, o.task.mutant.name) for o in outcomes if not o.noticed}
    known = {key for key in survivors() if key[0] in files}
    for file, noticed in sorted(files.items()):
        print(f"{file}: {len(noticed)} mutants, {noticed.count(False)} not noticed")
    for file, name in sorted(survived - known):
        print(f"No test notices, and no reason is given: {file}: {name}")
    for file, name in sorted(known - survived):
        print(f"In survivors.toml, and noticed or gone: {file}: {name}")
    print(f"{len(outcomes)} mutants, {len(survived)} not noticed")
    return int(not outcomes or survived != known)


if __name__ == "__main__":
    sys.exit(main())
