"""The DrugProt rule and the organisers' program, by hand, as published, and by brute force."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document
from relatome.errors import InputError
from relatome.scoring import Counts, score
from relatome.scoring.drugprot import LABELS

from .build import marked

TYPES = {"T1": "CHEMICAL", "T2": "CHEMICAL", "T3": "GENE-Y", "T4": "GENE"}


def test_several_types_on_one_pair_are_several_relations() -> None:
    gold = marked("1", TYPES, [("T1", "T3", "INHIBITOR"), ("T1", "T3", "PART-OF")])
    predicted = marked("1", TYPES, [("T1", "T3", "PART-OF"), ("T1", "T4", "AGONIST")])
    result = score([gold], [predicted], "drugprot")
    assert result.counts() == Counts(1, 1, 1)
    assert result.groups["label"]["pair+type"] == {
        "INHIBITOR": Counts(0, 0, 1),
        "PART-OF": Counts(1, 0, 0),
        "AGONIST": Counts(0, 1, 0),
    }
    assert result.macro_f1("label", "pair+type") == 0.5


def test_what_is_dropped_and_repaired_is_noted() -> None:
    gold = marked("1", TYPES, [("T1", "T3", "INHIBITOR")])
    rows = [
        ("T3", "T1", "INHIBITOR"),  # turned round
        ("T1", "T3", "INHIBITOR"),  # the same again
        ("T1", "T3", "SUPPRESSOR"),
        ("T1", "T9", "INHIBITOR"),
        ("T1", "T2", "INHIBITOR"),
        ("T3", "T4", "INHIBITOR"),
        ("T1", "T3", "None"),
    ]
    elsewhere = marked("2", TYPES, [("T1", "T3", "INHIBITOR")])
    result = score([gold], [marked("1", TYPES, rows), elsewhere], "drugprot")
    assert result.counts() == Counts(1, 0, 0)
    assert result.notes == {
        "predicted relations with the gene before the chemical, turned round": 1,
        "predicted relations given more than once, counted once": 1,
        "predicted relations of a type DrugProt does not have, dropped": 1,
        "predicted relations naming a mention the gold document does not have, dropped": 1,
        "predicted relations not between a chemical and a gene, dropped": 2,
        "predicted documents that the gold does not have, ignored": 1,
    }


def test_unknown_documents_may_still_be_refused() -> None:
    with pytest.raises(InputError, match="1 predicted documents are not in the gold"):
        score([marked("1", TYPES)], [marked("2", TYPES)], "drugprot", extra="refuse")


def test_gold_is_repaired_too_and_gold_of_unknown_type_refused() -> None:
    gold = marked("1", TYPES, [("T3", "T1", "INHIBITOR"), ("T1", "T2", "INHIBITOR")])
    predicted = marked("1", TYPES, [("T1", "T3", "INHIBITOR")])
    result = score([gold], [predicted], "drugprot")
    assert result.counts() == Counts(1, 0, 0)
    assert result.notes == {"gold relations not between a chemical and a gene, dropped": 1}
    with pytest.raises(InputError, match="document 1: unknown relation type 'Bind'"):
        score([marked("1", TYPES, [("T1", "T3", "Bind")])], [], "drugprot")


# ------------------------------------------------------------------ the organisers' program


def test_a_miss_hidden_by_the_shared_cell() -> None:
    # T2-T4 is the last pair of the first document, T1-T3 the first pair of the second.
    gold = [
        marked("1", TYPES, [("T2", "T4", "AGONIST")]),
        marked("2", TYPES, [("T1", "T3", "AGONIST")]),
    ]
    predicted = [marked("1", TYPES, [("T2", "T4", "AGONIST")])]
    assert score(gold, predicted, "drugprot").counts() == Counts(1, 0, 1)
    script = score(gold, predicted, "drugprot-script")
    assert script.counts() == Counts(1, 0, 0)
    assert script.f1() == 1.0
    assert script.per_document() == (Counts(), Counts(1, 0, 0))


def test_two_hits_that_count_once() -> None:
    gold = [
        marked("1", TYPES, [("T2", "T4", "AGONIST")]),
        marked("2", TYPES, [("T1", "T3", "AGONIST")]),
    ]
    assert score(gold, gold, "drugprot").counts() == Counts(2, 0, 0)
    assert score(gold, gold, "drugprot-script").counts() == Counts(1, 0, 0)


def test_an_invention_that_becomes_a_hit() -> None:
    gold = [marked("1", TYPES), marked("2", TYPES, [("T1", "T3", "AGONIST")])]
    predicted = [marked("1", TYPES, [("T2", "T4", "AGONIST")])]
    assert score(gold, predicted, "drugprot").counts() == Counts(0, 1, 1)
    assert score(gold, predicted, "drugprot-script").counts() == Counts(1, 0, 0)


def test_documents_are_taken_by_id_as_text_and_those_without_pairs_passed_over() -> None:
    no_gene = {"T1": "CHEMICAL"}
    gold = [
        marked("9", TYPES, [("T1", "T3", "AGONIST")]),
        marked("12", no_gene),
        marked("10", TYPES, [("T2", "T4", "AGONIST")]),
    ]
    assert score(gold, gold, "drugprot-script").counts() == Counts(1, 0, 0)
    apart = [gold[0], marked("99", TYPES, [("T2", "T4", "AGONIST")])]
    assert score(apart, apart, "drugprot-script").counts() == Counts(2, 0, 0)


def test_pairs_are_taken_by_the_numbers_of_their_mentions() -> None:
    # In the text T10 and T9 stand first; by number T2 and T3 do, and T10 and T9 are the last.
    types = {"T10": "CHEMICAL", "T9": "GENE", "T2": "CHEMICAL", "T3": "GENE"}
    gold = [
        marked("1", types, [("T10", "T9", "AGONIST")]),
        marked("2", types, [("T2", "T3", "AGONIST")]),
    ]
    assert score(gold, gold, "drugprot-script").counts() == Counts(1, 0, 0)
    others = [
        marked("1", types, [("T2", "T3", "AGONIST")]),
        marked("2", types, [("T10", "T9", "AGONIST")]),
    ]
    assert score(others, others, "drugprot-script").counts() == Counts(2, 0, 0)


def test_mentions_without_a_number_come_first() -> None:
    types = {"T1": "CHEMICAL", "T2": "GENE", "chemical": "CHEMICAL", "gene": "GENE"}
    gold = [
        marked("1", types, [("T1", "T2", "AGONIST")]),
        marked("2", types, [("chemical", "gene", "AGONIST")]),
    ]
    assert score(gold, gold, "drugprot-script").counts() == Counts(1, 0, 0)


@pytest.mark.parametrize(
    ("chemical", "gene"),
    [("CHEMICAL", "GENE-Y"), ("chemical", "gene-n"), ("ChemicalEntity", "GeneOrGeneProduct")],
)
def test_types_as_a_pool_spells_them(chemical: str, gene: str) -> None:
    types = {"T1": chemical, "T2": gene, "T3": "Disease"}
    gold = marked("1", types, [("T1", "T2", "AGONIST"), ("T1", "T3", "AGONIST")])
    result = score([gold], [gold], "drugprot")
    assert result.counts() == Counts(1, 0, 0)
    assert "gold relations not between a chemical and a gene, dropped" in result.notes


def test_a_document_of_one_pair_has_no_cell_of_its_own() -> None:
    single = {"T1": "CHEMICAL", "T2": "GENE"}
    gold = [
        marked("1", TYPES, [("T2", "T4", "AGONIST")]),
        marked("2", single),
        marked("3", TYPES, [("T1", "T3", "AGONIST")]),
    ]
    assert score(gold, gold, "drugprot-script").counts() == Counts(1, 0, 0)


# The example that comes with the organisers' program (DrugProt corpus, CC BY 4.0, Miranda-
# Escalada et al.): numbers of chemicals and genes of each document, mentions numbered in that
# order, and the relations. Published beside it: P 0.783, R 0.72, F1 0.75, and the types below.
EXAMPLE_MENTIONS = {
    "1279186": (0, 8),
    "1322047": (12, 5),
    "1356794": (11, 8),
    "1375507": (21, 13),
    "1435788": (2, 22),
}
EXAMPLE_GOLD = """
1322047 AGONIST 6-15 3-16 4-16
1322047 ACTIVATOR 12-17
1356794 AGONIST 11-18 7-16 8-16
1356794 ANTAGONIST 1-12 2-13 3-14
1375507 DIRECT-REGULATOR 17-33 18-33
1375507 INDIRECT-DOWNREGULATOR 10-26 12-28 13-32 14-32 15-32 20-34
1375507 INHIBITOR 5-24 6-25 7-25 8-25
1435788 PART-OF 2-10 2-11
1435788 INHIBITOR 2-11
"""
EXAMPLE_PREDICTED = """
1322047 AGONIST-INHIBITOR 6-15
1322047 AGONIST 4-15 4-15 4-16
1322047 ACTIVATOR 12-17
1356794 AGONIST 11-18 7-16 8-16
1356794 ANTAGONIST 1-12 2-13 3-14
1375507 DIRECT-REGULATOR 17-33 18-33 33-17 33-18
1375507 INDIRECT-DOWNREGULATOR 10-26 12-28 13-32
1375507 INDIRECT-UPREGULATOR 14-32 15-32 20-34
1375507 INHIBITOR 24-5 6-25 7-25 8-25
1375507 whatever 8-25
1435788 sdfcs 2-10
1435788 PART-OF 2-11
otherfile AGONIST 2-11
otherfile2 AGONIST 2-11
otherfile3 AGONIST 2-11
"""
# P, R, F1 as printed. AGONIST is published with P 0.8 and R 0.667: 4 of 5 and 4 of 6.
EXAMPLE_FIGURES = {
    "INDIRECT-DOWNREGULATOR": (1.0, 0.5, 0.667),
    "DIRECT-REGULATOR": (1.0, 1.0, 1.0),
    "ACTIVATOR": (1.0, 1.0, 1.0),
    "INHIBITOR": (1.0, 0.8, 0.889),
    "AGONIST": (0.8, 0.667, 0.727),
    "ANTAGONIST": (1.0, 1.0, 1.0),
    "PART-OF": (1.0, 0.5, 0.667),
}


def example(lines: str) -> list[Document]:
    relations: dict[str, list[tuple[str, str, str]]] = {name: [] for name in EXAMPLE_MENTIONS}
    for line in lines.split("\n")[1:-1]:
        name, label, *pairs = line.split(" ")
        for pair in pairs:
            first, second = pair.split("-")
            relations.setdefault(name, []).append((f"T{first}", f"T{second}", label))
    documents = []
    for name, rows in relations.items():
        chemicals, genes = EXAMPLE_MENTIONS.get(name, (0, 0))
        types = {
            f"T{number}": "CHEMICAL" if number <= chemicals else "GENE"
            for number in range(1, chemicals + genes + 1)
        }
        documents.append(marked(name, types, rows))
    return documents


@pytest.mark.parametrize("rule", ["drugprot", "drugprot-script"])
def test_the_organisers_example(rule: str) -> None:
    # No relation of the example touches a shared cell, so both rules give the published figures.
    result = score(example(EXAMPLE_GOLD), example(EXAMPLE_PREDICTED), rule)
    total = result.counts()
    assert [round(f, 3) for f in (total.precision, total.recall, total.f1)] == [0.783, 0.72, 0.75]
    printed = {
        label: tuple(round(f, 3) for f in (counts.precision, counts.recall, counts.f1))
        for label, counts in result.groups["label"]["pair+type"].items()
        if counts.gold
    }
    assert printed == EXAMPLE_FIGURES


# ------------------------------------------------------------------ brute force

MENTIONS = ("T1", "T2", "T3", "T4", "T5")
DRAWN = LABELS[:2]
rows = st.lists(
    st.tuples(
        st.sampled_from((*MENTIONS, "T9")),
        st.sampled_from((*MENTIONS, "T9")),
        st.sampled_from((*DRAWN, "None")),
    ),
    max_size=10,
)


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    gold, predicted = [], []
    for index in range(draw(st.integers(1, 5))):
        kinds = draw(st.lists(st.sampled_from(("CHEMICAL", "GENE")), min_size=5, max_size=5))
        count = draw(st.integers(1, 5))
        types = dict(zip(MENTIONS[:count], kinds, strict=False))
        legal = [row for row in draw(rows) if row[0] in types and row[1] in types]
        gold.append(marked(str(index), types, legal))
        predicted.append(marked(str(index), types, draw(rows)))
    return draw(st.permutations(gold)), predicted


def said(document: Document, chemical: str, gene: str, label: str) -> bool:
    return any({r.head, r.tail} == {chemical, gene} and r.type == label for r in document.relations)


def marks(document: Document, kind: str) -> list[str]:
    return [m.id for m in document.mentions if m.type == kind]


@given(corpora())
@settings(deadline=None)
def test_rule_against_asking_every_pair(sides: tuple[list[Document], list[Document]]) -> None:
    gold, predicted = sides
    answers = {each.id: each for each in predicted}
    counts = [0, 0, 0]
    for each in gold:
        pairs = product(marks(each, "CHEMICAL"), marks(each, "GENE"), DRAWN)
        for chemical, gene, label in pairs:
            wanted = said(each, chemical, gene, label)
            found = said(answers[each.id], chemical, gene, label)
            counts[0] += wanted and found
            counts[1] += found and not wanted
            counts[2] += wanted and not found
    assert score(gold, predicted, "drugprot").counts() == Counts(*counts)


@given(corpora())
@settings(deadline=None)
def test_program_against_rows_of_cells(sides: tuple[list[Document], list[Document]]) -> None:
    """One row of cells per type, filled pair by pair, as the program is described to do."""
    gold, predicted = sides
    answers = {each.id: each for each in predicted}
    filled: list[set[tuple[str, int]]] = [set(), set()]
    position = 0
    for each in sorted(gold, key=lambda document: document.id):
        pairs = list(product(marks(each, "CHEMICAL"), marks(each, "GENE")))
        for cell, (chemical, gene) in enumerate(pairs, position):
            for side, document in enumerate((each, answers[each.id])):
                filled[side] |= {(x, cell) for x in DRAWN if said(document, chemical, gene, x)}
        position += max(0, len(pairs) - 1)
    result = score(gold, predicted, "drugprot-script")
    assert result.counts() == Counts.of(*filled)
    assert sum(result.groups["label"]["pair+type"].values(), Counts()) == result.counts()
