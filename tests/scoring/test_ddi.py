"""The DDI rule by hand and by brute force."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.scoring import Counts, score
from relatome.scoring.ddi import TYPES as LABELS

from .build import marked

DRUGS = {f"s0.e{number}": "drug" for number in range(4)}
E0, E1, E2, E3 = DRUGS


def test_detection_and_classification() -> None:
    gold = marked("d", DRUGS, [(E0, E1, "effect"), (E1, E2, "int"), (E2, E3, "advise")])
    rows = [(E1, E0, "effect"), (E1, E2, "mechanism"), (E0, E3, "int")]
    result = score([gold], [marked("d", DRUGS, rows)], "ddi")
    assert result.counts("pair") == Counts(2, 1, 1)
    assert result.counts() == result.counts("pair+type") == Counts(1, 2, 2)
    assert result.groups["label"]["pair+type"] == {
        "effect": Counts(1, 0, 0),
        "advise": Counts(0, 0, 1),
        "int": Counts(0, 1, 1),
        "mechanism": Counts(0, 1, 0),
    }
    assert result.macro_f1("label", "pair+type") == 1 / 3


def test_interactions_without_a_type_count_in_detection() -> None:
    gold = marked("d", DRUGS, [(E0, E1, "true"), (E1, E2, "int")])
    rows = [(E0, E1, "effect"), (E2, E1, "interaction"), (E1, E2, "interaction"), (E0, "x", "int")]
    rows.append((E0, E1, "?"))
    result = score([gold], [marked("d", DRUGS, rows)], "ddi")
    assert result.counts("pair") == Counts(2, 1, 0)
    assert result.counts("pair+type") == Counts(0, 4, 1)
    assert result.notes == {
        "gold interactions of none of the four types, judged in detection only": 1,
        "predicted interactions of none of the four types, wrong in the type score": 3,
        "predicted interactions naming a mention the gold document does not have, all wrong": 1,
        "predicted interactions given more than once, counted once": 1,
    }


def test_a_document_of_one_pair_has_both_its_mentions() -> None:
    gold = marked("d", {E0: "drug", E1: "drug"}, [(E0, E1, "int")])
    assert score([gold], [gold], "ddi").notes == {}


rows = st.lists(
    st.tuples(
        st.sampled_from([*DRUGS]), st.sampled_from([*DRUGS]), st.sampled_from((*LABELS, "None"))
    ).filter(lambda row: row[0] != row[1]),
    max_size=10,
)


@given(rows, rows)
@settings(deadline=None)
def test_against_asking_for_every_statement(
    annotated: list[tuple[str, str, str]], answered: list[tuple[str, str, str]]
) -> None:
    def says(side: list[tuple[str, str, str]], pair: set[str], labels: tuple[str, ...]) -> bool:
        return any({row[0], row[1]} == pair and row[2] in labels for row in side)

    expected = {"pair": [0, 0, 0], "pair+type": [0, 0, 0]}
    for pair in combinations(DRUGS, 2):
        for name, labels in [("pair", LABELS)] + [("pair+type", (each,)) for each in LABELS]:
            wanted, found = (says(side, set(pair), labels) for side in (annotated, answered))
            expected[name][0] += wanted and found
            expected[name][1] += found and not wanted
            expected[name][2] += wanted and not found
    result = score([marked("d", DRUGS, annotated)], [marked("d", DRUGS, answered)], "ddi")
    for name, counts in expected.items():
        assert result.counts(name) == Counts(*counts)
