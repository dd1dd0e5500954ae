"""The sink for problems and its report."""

from __future__ import annotations

import json

from relatome.errors import DUPLICATE_DOCUMENT, MISSING_ENTITY, InputError, Place
from relatome.formats import Problems


def test_counts_and_writes(tmp_path) -> None:
    problems = Problems()
    assert problems.count == 0
    for document in ("a", "b"):
        place = Place("x.pubtator", 3, document)
        problems(InputError(DUPLICATE_DOCUMENT, at=place, document=document))
    problems(InputError(MISSING_ENTITY, at=Place("x.pubtator"), type="Bind", entity="1"))
    assert problems.summary() == "3 problems (2 × R107, 1 × R106)"
    path = tmp_path / "out.problems.jsonl"
    problems.write(path)
    first, _, last = [json.loads(line) for line in path.read_text().splitlines()]
    assert first == {
        "file": "x.pubtator",
        "line": 3,
        "document": "a",
        "code": "R107",
        "what": "document id 'a' occurs more than once.",
        "next_step": DUPLICATE_DOCUMENT.next_step,
    }
    assert (last["line"], last["document"], last["code"]) == (None, None, "R106")


def test_no_problem_leaves_no_report_not_even_an_older_one(tmp_path) -> None:
    path = tmp_path / "out.problems.jsonl"
    path.write_text("old")
    Problems().write(path)
    assert not path.exists()
