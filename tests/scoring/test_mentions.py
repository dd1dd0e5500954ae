"""Mentions found, invented and missed; our strict counts are those of nervaluate."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage
from relatome.scoring.counts import Counts
from relatome.scoring.mentions import compare_mentions, mention_counts

TYPES = ("Gene", "Disease")
TEXT = "x" * 40


def made(*spans: tuple[int, int, str]) -> Document:
    mentions = tuple(
        Mention(f"T{index}", start, end, TEXT[start:end], type)
        for index, (start, end, type) in enumerate(spans)
    )
    return Document("d", (Passage("abstract", 0, TEXT),), mentions)


def test_span_and_type_count() -> None:
    gold = [made((0, 3, "Gene"), (5, 9, "Disease"), (10, 12, "Species"))]
    found = [made((0, 3, "Gene"), (5, 8, "Disease"), (20, 22, "Gene"))]
    assert mention_counts(gold, found, TYPES) == {
        "all": Counts(1, 2, 1),
        "Gene": Counts(1, 1, 0),
        "Disease": Counts(0, 1, 1),
    }


def test_nothing_there() -> None:
    empty = msgspec.structs.replace(made(), id="empty")
    assert mention_counts([empty], [empty], TYPES)["all"].f1 == 0


def test_neighbours_do_not_overlap_and_others_do() -> None:
    pytest.importorskip("nervaluate")
    beside = compare_mentions([made((0, 3, "Gene"))], [made((3, 6, "Gene"))], TYPES)["Gene"]
    assert (beside["partial"], beside["ent_type"]) == (0.0, 0.0)
    within = compare_mentions([made((0, 3, "Gene"))], [made((2, 6, "Gene"))], TYPES)["Gene"]
    assert (within["partial"], within["ent_type"]) == (0.5, 1.0)


_cells = st.lists(
    st.tuples(st.sampled_from(range(0, 40, 5)), st.integers(1, 5), st.sampled_from(TYPES)),
    unique_by=lambda cell: cell[0],
    max_size=6,
)


@given(st.lists(st.tuples(_cells, _cells), min_size=1, max_size=3))
def test_the_strict_comparison_is_ours(pairs: list[tuple[list, list]]) -> None:
    pytest.importorskip("nervaluate")
    gold = [made(*((s, s + n, t) for s, n, t in sorted(one))) for one, _ in pairs]
    found = [made(*((s, s + n, t) for s, n, t in sorted(other))) for _, other in pairs]
    ours = mention_counts(gold, found, TYPES)
    theirs = compare_mentions(gold, found, TYPES)
    for type in ("all", *TYPES):
        assert theirs[type]["strict"] == pytest.approx(ours[type].f1)
        assert theirs[type]["partial"] >= theirs[type]["exact"] - 1e-9
