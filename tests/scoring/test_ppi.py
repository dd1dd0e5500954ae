"""The rule for protein–protein interactions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.scoring import Counts, score

from .build import marked

PROTEINS = {f"e{number}": "protein" for number in range(4)}


def test_only_whether_there_is_an_interaction() -> None:
    gold = marked("s", PROTEINS, [("e0", "e1", "PPI"), ("e2", "e3", "PPI")])
    rows = [
        ("e1", "e0", "positive"),
        ("e0", "e1", "positive"),
        ("e0", "e2", "positive"),
        ("e2", "e3", "Negative"),
        ("e2", "e3", "false"),
        ("e1", "e3", "None-AIMed"),
        ("e1", "e9", "positive"),
    ]
    result = score([gold], [marked("s", PROTEINS, rows)], "ppi")
    assert result.counts() == Counts(1, 2, 1)
    assert result.notes == {
        "predicted interactions naming a mention the gold document does not have, all wrong": 1,
        "predicted interactions given more than once, counted once": 1,
    }


def test_a_sentence_of_one_pair_has_both_its_mentions() -> None:
    gold = marked("s", {"e0": "protein", "e1": "protein"}, [("e0", "e1", "PPI")])
    assert score([gold], [gold], "ppi").notes == {}


pairs = st.sets(st.frozensets(st.sampled_from([*PROTEINS]), min_size=2, max_size=2))


@given(pairs, pairs)
@settings(deadline=None)
def test_against_sets(annotated: set[frozenset[str]], answered: set[frozenset[str]]) -> None:
    gold, predicted = (
        marked("s", PROTEINS, [(*sorted(pair, reverse=turned), "PPI") for pair in side])
        for side, turned in ((annotated, False), (answered, True))
    )
    assert score([gold], [predicted], "ppi").counts() == Counts(
        len(annotated & answered), len(answered - annotated), len(annotated - answered)
    )
