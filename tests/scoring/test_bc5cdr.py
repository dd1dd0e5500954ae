"""The BC5CDR CID rule and the organisers' program, by hand and by brute force."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.scoring import Counts, score

from .build import marked

TYPES = {"D1": "Chemical", "D2": "Chemical", "D3": "Disease", "D4": "Disease"}


def test_pairs_are_ordered_and_prefixes_alike() -> None:
    gold = marked("1", TYPES, [("D1", "D3", "CID"), ("D2", "D3", "CID"), ("D2", "D4", "CID")])
    rows = [("MESH:D1", "D3", "CID"), ("D1", "MESH:D3", "CID"), ("D3", "D2", "CID")]
    result = score([gold], [marked("1", TYPES, rows)], "bc5cdr-cid")
    assert result.counts() == Counts(1, 1, 2)
    assert result.notes == {
        "predicted relations given more than once, counted once": 1,
        "predicted relations that are right but for the order of their arguments, wrong": 1,
    }


def test_null_identifiers_other_types_and_unknown_entities() -> None:
    gold = marked("1", TYPES, [("D1", "-1", "CID"), ("D1", "D3", "CID")])
    rows = [
        ("-1", "D3", "CID"),
        ("D1", "MESH:-1", "CID"),
        ("D1", "D3", "Positive_Correlation"),
        ("D1", "OMIM:3", "CID"),
    ]
    result = score([gold], [marked("1", TYPES, rows)], "bc5cdr-cid")
    assert result.counts() == Counts(0, 1, 1)
    assert result.notes == {
        "gold relations naming -1, which is no identifier, dropped": 1,
        "predicted relations naming -1, which is no identifier, dropped": 2,
        "predicted relations of other types than CID, not judged": 1,
        "predicted relations naming an entity the gold document does not have, all wrong": 1,
    }


def test_null_with_a_prefix_on_either_side() -> None:
    gold = marked("1", TYPES, [("D1", "D3", "CID")])
    found = marked("1", TYPES, [("MESH:-1", "D3", "CID"), ("D1", "MESH:-1", "CID")])
    assert score([gold], [found], "bc5cdr-cid").counts() == Counts(0, 0, 1)


def test_a_document_of_one_pair_has_both_its_entities() -> None:
    gold = marked("1", {"D1": "Chemical", "D3": "Disease"}, [("D1", "D3", "CID")])
    assert score([gold], [gold], "bc5cdr-cid").notes == {}


def test_the_program_drops_predictions_for_documents_without_gold() -> None:
    gold = [marked("1", TYPES, [("D1", "D3", "CID")]), marked("2", TYPES)]
    predicted = [
        marked("1", TYPES, [("D1", "D3", "CID")]),
        marked("2", TYPES, [("D1", "D3", "CID"), ("D2", "D3", "CID")]),
    ]
    assert score(gold, predicted, "bc5cdr-cid").counts() == Counts(1, 2, 0)
    script = score(gold, predicted, "bc5cdr-cid-script")
    assert script.counts() == Counts(1, 0, 0)
    assert script.notes == {
        "predicted relations in documents without annotated relation, dropped": 2
    }


IDS = ("D1", "MESH:D1", "D3", "OMIM:3", "-1")
rows = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(("CID", "None"))),
    max_size=8,
)


@given(rows, rows)
@settings(deadline=None)
def test_against_asking_for_every_statement(
    annotated: list[tuple[str, str, str]], answered: list[tuple[str, str, str]]
) -> None:
    names = {"D1": ("D1", "MESH:D1"), "D3": ("D3",), "OMIM:3": ("OMIM:3",)}
    counts = [0, 0, 0]
    for heads in names.values():
        for tails in names.values():
            wanted, found = (
                any(row[0] in heads and row[1] in tails and row[2] == "CID" for row in side)
                for side in (annotated, answered)
            )
            counts[0] += wanted and found
            counts[1] += found and not wanted
            counts[2] += wanted and not found
    gold, predicted = marked("1", TYPES, annotated), marked("1", TYPES, answered)
    assert score([gold], [predicted], "bc5cdr-cid").counts() == Counts(*counts)
    if counts[0] + counts[2] == 0:
        counts[1] = 0
    assert score([gold], [predicted], "bc5cdr-cid-script").counts() == Counts(*counts)
