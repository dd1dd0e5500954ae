"""BioRED with the subject of each relation."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome import formats
from relatome.data import Document, Relation
from relatome.data.schema import BIORED
from relatome.scoring import Counts, score

from .build import document

Row = tuple[str, str, str, bool, str | None]


def directed(rows: list[Row]) -> Document:
    relations = (Relation(h, t, type_, novel=novel, subject=s) for h, t, type_, novel, s in rows)
    return document("1").with_relations(tuple(relations))


def test_by_hand() -> None:
    gold = directed(
        [
            ("C1", "D1", "Association", True, "C1"),
            ("C1", "C2", "Cotreatment", True, None),
            ("G1", "D1", "Association", False, "G1"),
            ("G2", "D1", "Bind", False, None),
        ]
    )
    predicted = directed(
        [
            ("D1", "C1", "Association", True, "C1"),  # right
            ("C1", "C2", "Cotreatment", True, None),  # right to have no direction
            ("G1", "D1", "Association", False, "D1"),  # the wrong way
            ("G2", "D1", "Bind", True, "G2"),  # novel, and directed, and neither
        ]
    )
    result = score([gold], [predicted], "biored-direction")
    expected = {
        "pair": Counts(4, 0, 0),
        "pair+type": Counts(4, 0, 0),
        "pair+novelty": Counts(3, 1, 1),
        "pair+type+novelty": Counts(3, 1, 1),
        "pair+type+direction": Counts(2, 2, 2),
        "all": Counts(2, 2, 2),
    }
    assert {name: result.counts(name) for name in result.scores} == expected
    assert result.notes == {
        "gold relations without a subject, compared as undirected": 2,
        "predicted relations without a subject, compared as undirected": 1,
    }


def test_on_the_published_roles(corpora_dir: Path) -> None:
    gold = list(formats.read(corpora_dir / "biored_bc8" / "bioredirect_test.pubtator.gz"))
    result = score(gold, gold, "biored-direction")
    assert result.counts() == Counts(1163, 0, 0)
    assert result.notes["gold relations without a subject, compared as undirected"] == 1163 - 1045
    flat = [
        each.with_relations(tuple(msgspec.structs.replace(r, subject=None) for r in each.relations))
        for each in gold
    ]
    assert score(gold, flat, "biored-direction").counts() == Counts(118, 1045, 1045)


ENDS = ("C1", "D1", "G1")
rows = st.lists(
    st.tuples(
        st.sampled_from(ENDS),
        st.sampled_from(ENDS),
        st.sampled_from(BIORED.labels[:2]),
        st.booleans(),
        st.sampled_from((*ENDS, None)),
    ),
    max_size=8,
)


@given(rows, rows)
@settings(deadline=None)
def test_against_sets_of_strings_and_the_plain_rule(gold: list[Row], predicted: list[Row]) -> None:
    def written(side: list[Row]) -> set[str]:
        return {f"{min(h, t)} {max(h, t)} {type_} {novel} {s}" for h, t, type_, novel, s in side}

    sides = [directed(gold)], [directed(predicted)]
    result = score(*sides, "biored-direction")
    wanted, found = written(gold), written(predicted)
    assert result.counts() == Counts.of(wanted, found)
    plain = score(*sides, "biored-8")
    for name, same in {
        "pair+type+novelty": "all",
        "pair": "pair",
        "pair+type": "pair+type",
    }.items():
        assert result.counts(name) == plain.counts(same)
