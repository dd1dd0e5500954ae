"""Counting, against a count written another way."""

from __future__ import annotations

import doctest
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document
from relatome.data.schema import BIORED
from relatome.errors import InputError, UsageError
from relatome.scoring import Counts, score, scorer

from .build import ENTITIES, corpora, document, judged_rows, rows

PROTOCOLS = st.sampled_from(("biored-8", "biored-5", "bc8"))


FIVE = {"CC", "CD", "CG", "DG", "GG"}

Statement = tuple[str, str, str | None, str | None]


def states(side: Document | None, statement: Statement, unjudged: str) -> bool:
    """Whether a document makes a statement; None in it stands for anything."""
    one, other, label, novelty = statement
    return any(
        {relation.head, relation.tail} == {one, other}
        and label in (None, relation.type)
        and novelty in (None, {True: "yes", False: "no", None: unjudged}[relation.novel])
        for relation in (side.relations if side else ())
    )


def brute_force(gold: list[Document], predicted: list[Document], rule: str, name: str) -> Counts:
    """Ask of every conceivable statement whether each side makes it.

    A missing novelty label is a statement only one side can make, which is why each side has its
    own name for it.
    """
    answers = {each.id: each for each in predicted}
    pairs = [
        (one, other)
        for one, other in combinations_with_replacement(ENTITIES, 2)
        if rule != "biored-5" or "".join(sorted(one[0] + other[0])) in FIVE
    ]
    labels = BIORED.labels if name in ("pair+type", "all") else (None,)
    novelties = ("yes", "no", "gold?", "predicted?") if name in ("pair+novelty", "all") else (None,)
    true_positive = false_positive = false_negative = 0
    for annotated in gold:
        for pair, label, novelty in product(pairs, labels, novelties):
            statement = (*pair, label, novelty)
            wanted = states(annotated, statement, "gold?")
            found = states(answers.get(annotated.id), statement, "predicted?")
            true_positive += wanted and found
            false_positive += found and not wanted
            false_negative += wanted and not found
    return Counts(true_positive, false_positive, false_negative)


@settings(deadline=None)
@given(corpora(rows), corpora(rows), PROTOCOLS)
def test_against_brute_force(gold: list[Document], predicted: list[Document], rule: str) -> None:
    result = score(gold, predicted, rule, extra="ignore")
    for name in result.scores:
        assert result.counts(name) == brute_force(gold, predicted, rule, name), name


@settings(deadline=None)
@given(corpora(judged_rows), PROTOCOLS)
def test_gold_against_itself_is_perfect(gold: list[Document], rule: str) -> None:
    result = score(gold, gold, rule)
    for name in result.scores:
        counts = result.counts(name)
        assert counts.false_positive == counts.false_negative == 0
        assert result.f1(name) == (1.0 if counts.gold else 0.0)


@settings(deadline=None)
@given(corpora(rows), corpora(rows), PROTOCOLS)
def test_swapping_arguments_changes_nothing(
    gold: list[Document], predicted: list[Document], rule: str
) -> None:
    turned = [
        document(each.id, [(r.tail, r.head, r.type, r.novel) for r in each.relations])
        for each in predicted
    ]
    result = score(gold, predicted, rule, extra="ignore")
    assert score(gold, turned, rule, extra="ignore") == result


@settings(deadline=None)
@given(corpora(judged_rows), corpora(judged_rows), PROTOCOLS)
def test_exchanging_sides_exchanges_precision_and_recall(
    gold: list[Document], predicted: list[Document], rule: str
) -> None:
    predicted = [
        next((p for p in predicted if p.id == each.id), document(each.id)) for each in gold
    ]
    one, other = score(gold, predicted, rule), score(predicted, gold, rule)
    for name in one.scores:
        assert one.precision(name) == other.recall(name)
        assert one.f1(name) == other.f1(name)


@settings(deadline=None)
@given(corpora(rows), corpora(rows))
def test_order_among_scores(gold: list[Document], predicted: list[Document]) -> None:
    result = score(gold, predicted, "biored-8", extra="ignore")
    found = {name: result.counts(name).true_positive for name in result.scores}
    # Two labels on one pair may both be found, so the pair score can have fewer hits than
    # pair+type; with one label per pair it cannot, on either side.
    single = all(
        len({frozenset((r.head, r.tail)) for r in each.relations}) == len(each.relations)
        for each in (*gold, *predicted)
    )
    if single:
        assert found["pair"] >= max(found["pair+type"], found["pair+novelty"])
        assert min(found["pair+type"], found["pair+novelty"]) >= found["all"]
        assert result.f1("pair") >= result.f1("pair+type") >= result.f1("all")
    five = score(gold, predicted, "biored-5", extra="ignore")
    for name in result.scores:
        assert five.counts(name).gold <= result.counts(name).gold
        assert five.counts(name).true_positive <= found[name]


@settings(deadline=None)
@given(corpora(rows), corpora(rows), PROTOCOLS)
def test_groups_and_documents_add_up(
    gold: list[Document], predicted: list[Document], rule: str
) -> None:
    result = score(gold, predicted, rule, extra="ignore")
    for name in result.scores:
        assert len(result.per_document(name)) == len(gold)
        assert sum(result.per_document(name), Counts()) == result.counts(name)
    for by_score in result.groups.values():
        for name, groups in by_score.items():
            assert sum(groups.values(), Counts()) == result.counts(name)


def test_tallies_stand_beside_their_documents() -> None:
    gold = [document("b", [("G1", "D1", "Bind", True)]), document("a")]
    predicted = [document("a", [("G1", "D1", "Bind", True)]), document("b")]
    result = score(gold, predicted, "biored-8")
    assert result.documents == ("b", "a")
    assert result.per_document("pair") == (Counts(0, 0, 1), Counts(0, 1, 0))


def test_the_largest_groups_of_the_annotation_come_first_and_then_by_name() -> None:
    rows = [
        ("G1", "D1", "Bind", True),
        ("G2", "D1", "Bind", True),
        ("G1", "G2", "Cotreatment", True),
    ]
    gold = document("1", [*rows, ("C1", "D1", "Association", True)])
    found = document("1", [("C2", "D2", "Conversion", True)])
    groups = score([gold], [found], "biored-8").groups["label"]["pair+type"]
    assert list(groups) == ["Bind", "Association", "Cotreatment", "Conversion"]


def test_a_document_without_prediction_is_missed_and_noted() -> None:
    gold = [document("1", [("G1", "D1", "Bind", True)]), document("2")]
    result = score(gold, [document("2")], "biored-8")
    assert result.counts("all") == Counts(0, 0, 1)
    assert result.notes == {"gold documents without a prediction, counted as missed": 1}
    assert (result.gold_relations, result.predicted_documents) == (1, 1)


def test_documents_the_gold_lacks_are_named() -> None:
    extra = [document(str(number), [("G1", "D1", "Bind", True)]) for number in range(5)]
    with pytest.raises(InputError, match=r"4 predicted documents .* 1, 2, 3\. .*--extra ignore"):
        score(extra[:1], extra, "biored-8")
    result = score(extra[:1], extra, "biored-8", extra="ignore")
    assert result.counts("all") == Counts(1, 0, 0)
    assert result.notes == {"predicted documents that the gold does not have, ignored": 4}
    assert result.predicted_relations == 1


def test_a_document_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="document id '1' occurs more than once"):
        score([document("1")], [document("1"), document("1")], "biored-8")


def test_no_gold_is_refused() -> None:
    with pytest.raises(InputError, match="no annotated document"):
        score([], [], "biored-8")


def test_an_unknown_rule_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'biored'\. Known rules: biored-8, biored-5, bc8"):
        score([document("1")], [], "biored")


def test_an_unknown_score_names_the_known_ones() -> None:
    result = score([document("1")], [], "biored-8")
    with pytest.raises(UsageError, match=r"'type'\. Scores of this rule: pair, pair\+type"):
        result.f1("type")


def test_gold_without_relations_scores_zero() -> None:
    result = score([document("1")], [document("1")], "biored-8")
    assert result.f1("all") == 0.0
    assert result.macro_f1("label", "pair+type") == 0.0


def test_the_example_in_the_docstring() -> None:
    assert doctest.testmod(scorer) == (0, 4)
