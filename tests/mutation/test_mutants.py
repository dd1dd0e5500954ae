"""The mutants of small modules, and that the command tells survivors from the others."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.mutants import difference, mutants
from tests.mutation.survivors import survivors

SCORING = Path(__file__).parents[2] / "src" / "relatome" / "scoring"


def changed(body: str) -> set[str]:
    """The bodies of the mutants of a function of one line."""
    source = f"def f(a, b):\n    {body}\n"
    return {ast.unparse(mutant.tree).partition("\n    ")[2] for mutant in mutants(source)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a < b", {"return a <= b", "return a >= b", "return None"}),
        ("return a in b", {"return a not in b", "return None"}),
        ("return a and (not b)", {"return a or not b", "return a and (not not b)", "return None"}),
        ("return min(a, -1)", {"return max(a, -1)", "return min(a, +1)", "return min(a, -2)"}
         | {"return min(a, -0)", "return None"}),
        ("a += 1", {"a -= 1", "a += 2", "a += 0", "pass"}),
        ("raise a", {"pass"}),
        ("return a if b else True", {"return a if not b else True", "return a if b else False"}
         | {"return None"}),
        ("return 'key', 'some prose', ''", {"return ('keyX', 'some prose', '')", "return None"}),
        ("return zip(a, b, strict=True)", {"return None"}),
        ("return [x for x in a if x]", {"return [x for x in a if not x]", "return None"}),
        ("return None", set()),
    ],
)  # fmt: skip
def test_changes(body: str, expected: set[str]) -> None:
    assert changed(body) == expected


def test_docstrings_annotations_and_decorators_are_left_alone() -> None:
    source = '"""Doc."""\nclass A(B, frozen=True):\n    """Doc."""\n    x: "int"\n'
    source += '    @d("deco")\n    def f(self, y: "str" | None) -> "int":\n        """Doc."""\n'
    assert list(mutants(source)) == []


def test_names_tell_where_and_what() -> None:
    source = "class A:\n    def f(self, a):\n        return a[0] + a[0]\n"
    named = [(mutant.where, mutant.name, mutant.line) for mutant in mutants(source)]
    assert named[0] == ("A.f", "A.f: return {a[0] + a[0] → None}", 3)
    assert named[1] == ("A.f", "A.f: return a[0] {+ → -} a[0]", 3)
    assert len({name for _, name, _ in named}) == len(named) == 6
    assert difference("x = f(a)", "x = f(b)") == "x = f({a → b})"
    assert difference("a" * 90 + " + 1", "a" * 90 + " + 2") == "…" + "a" * 37 + " + {1 → 2}"


def test_every_reason_is_given_for_a_file_that_is_there() -> None:
    known = survivors()
    assert all((SCORING / file).is_file() for file, _ in known)
    assert all(reason.endswith(".") for reason in known.values())


@pytest.mark.slow
def test_a_module_whose_every_change_is_noticed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutation", "counts.py"],
        cwd=SCORING.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "31 mutants, 0 not noticed" in done.stdout
