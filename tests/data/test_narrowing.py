"""The gene interval: how many genes lie between, on which side, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation, candidates, reach
from relatome.data.narrowing import Narrowing, within_gene_interval
from relatome.data.schema import BIORED
from relatome.data.schemas import DRUGPROT


def line(kinds: str, *related: tuple[int, int]) -> Document:
    """Mentions in a row, C or G, each with its place as id; relations by place."""
    types = {"C": "CHEMICAL", "G": "GENE"}
    mentions = tuple(
        Mention(str(i), 2 * i, 2 * i + 1, kind, types[kind], (str(i),))
        for i, kind in enumerate(kinds)
    )
    relations = tuple(Relation(str(c), str(g), "INHIBITOR") for c, g in related)
    return Document("d", (Passage("abstract", 0, " ".join(kinds)),), mentions, relations)


def kept(document: Document, low: int, high: int) -> list[tuple[int, int]]:
    asked = candidates(document, DRUGPROT)
    return [(c.head, c.tail) for c in within_gene_interval(document, asked, low, high)]


def cost(documents: Iterable[Document], low: int, high: int) -> tuple[int, int, int, int]:
    """Pairs before and within the interval, the relations they reach before, and those lost."""
    narrowing = Narrowing(interval=(low, high))
    before = kept = gold = lost = 0
    for document in documents:
        reached = reach(document, DRUGPROT)
        before += reached.candidates
        kept += len(narrowing.candidates(document, DRUGPROT))
        gold += reached.gold - len(reached.unreachable)
        lost += narrowing.lost(document, DRUGPROT)
    return before, kept, gold, lost


@pytest.mark.parametrize(
    ("low", "high", "genes"),
    [
        (0, 0, [2, 4]),  # the nearest gene on either side
        (0, 1, [2, 4, 6]),
        (-1, 0, [1, 2, 4]),
        (-2, 2, [0, 1, 2, 4, 6, 7]),
        (1, 2, [6, 7]),
        (-2, -1, [0, 1]),
    ],
)
def test_genes_between(low: int, high: int, genes: list[int]) -> None:
    document = line("GGGCGCGG")
    assert [g for c, g in kept(document, low, high) if c == 3] == genes


def test_candidates_stay_in_order() -> None:
    document = line("CGCGG")
    everything = candidates(document, DRUGPROT)
    assert within_gene_interval(document, everything, -9, 9) == everything
    assert within_gene_interval(document, everything[::-1], 0, 0) == [
        c for c in everything[::-1] if (c.head, c.tail) in ((0, 1), (2, 1), (2, 3))
    ]


def test_mentions_that_begin_together() -> None:
    chemical = Mention("c", 4, 6, "ab", "CHEMICAL", ("c",))
    genes = tuple(
        Mention(name, start, end, "abcdefghijkl"[start:end], "GENE", (name,))
        for name, start, end in (("in", 4, 5), ("out", 4, 8), ("after", 9, 10))
    )
    document = Document("d", (Passage("abstract", 0, "    abcdefgh"),), (chemical, *genes))
    asked = candidates(document, DRUGPROT)
    names = [e.id for e in document.entities]
    nearest = {names[c.tail] for c in within_gene_interval(document, asked, 0, 0)}
    assert nearest == {"in", "out"}


def test_an_entity_is_as_near_as_its_nearest_mention() -> None:
    kinds = ("C", "G1", "G2", "G3", "C", "G3")
    mentions = tuple(
        Mention(
            f"m{i}",
            3 * i,
            3 * i + 2,
            kind,
            "ChemicalEntity" if kind == "C" else "GeneOrGeneProduct",
            (kind,),
        )
        for i, kind in enumerate(kinds)
    )
    document = Document("d", (Passage("abstract", 0, " " * 18),), mentions)
    asked = [c for c in candidates(document, BIORED) if c.rule.head == "ChemicalEntity"]
    names = [e.id for e in document.entities]
    assert {names[c.tail] for c in within_gene_interval(document, asked, 0, 0)} == {"G1", "G3"}


def test_pairs_of_one_type_count_the_mentions_between_them() -> None:
    mentions = tuple(
        Mention(f"m{i}", 2 * i, 2 * i + 1, "g", "GeneOrGeneProduct", (f"G{i}",)) for i in range(4)
    )
    document = Document("d", (Passage("abstract", 0, "g g g g"),), mentions)
    asked = candidates(document, BIORED)
    assert [(c.head, c.tail) for c in within_gene_interval(document, asked, 0, 0)] == [
        (0, 1),
        (1, 2),
        (2, 3),
    ]


def test_the_cost_counts_relations() -> None:
    document = line("CGGGC", (0, 1), (0, 3), (4, 1))
    twice = document.with_relations((*document.relations, Relation("0", "3", "SUBSTRATE")))
    assert cost([document], -9, 9) == (6, 6, 3, 0)
    # From 0 only 1 is near enough, from 4 only 3.
    assert cost([document], 0, 0) == (6, 2, 3, 2)
    assert cost([document, twice], 0, 0) == (12, 4, 7, 5)


@given(st.text("CG", min_size=1, max_size=12), st.integers(-6, 0), st.integers(0, 6))
def test_as_counted_by_hand(kinds: str, low: int, high: int) -> None:
    expected = []
    for chemical, gene in ((c, g) for c in range(len(kinds)) for g in range(len(kinds))):
        if kinds[chemical] == "C" and kinds[gene] == "G":
            first, last = sorted((chemical, gene))
            between = kinds[first + 1 : last].count("G")
            if low <= (between if chemical < gene else -between) <= high:
                expected.append((chemical, gene))
    assert kept(line(kinds), low, high) == expected


def test_paper_bs_interval_on_drugprot(corpora_dir: Path) -> None:
    from relatome.corpora import load

    def of(split: str) -> tuple[int, int, int, int]:
        return cost(load("drugprot", split, corpora_dir).documents, -10, 16)

    # It spares an eighth of the pairs. Training text covers 1,989 of 3,500 documents; over the
    # annotations of all of them it costs 2 of 17,274 relations.
    assert of("train") == (329_208, 288_438, 9_602, 1)
    assert of("dev") == (116_887, 104_109, 3_761, 0)
