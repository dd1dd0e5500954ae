"""Which errors come first."""

from __future__ import annotations

from relatome.data import Document, Relation
from relatome.report.judged import judge
from relatome.report.outcomes import outcomes
from relatome.report.ranking import most_confident
from relatome.scoring import find_rule
from tests.tiny import document


def read_first(gold: Document, predicted: Document) -> list[tuple[str, str]]:
    documents = judge([gold], [predicted], find_rule("biored-8"))
    found = most_confident(outcomes(documents, "all"), documents)
    return [(each.stated.relation.head, each.stated.relation.tail) for each in found]


def test_predictions_by_their_score_and_novelty_by_its_own() -> None:
    base = document("1", "{A|G|G1} {B|G|G2} {C|C|C1} {D|D|D1}")
    predicted = base.with_relations(
        (
            Relation("G1", "G2", "Bind", 0.6, True),
            Relation("C1", "D1", "Bind", 0.8, True),
            Relation("C1", "G1", "Bind", 0.7, True),
        )
    )
    assert read_first(base, predicted) == [("C1", "D1"), ("C1", "G1"), ("G1", "G2")]
    gold = base.with_relations(
        (Relation("G1", "G2", "Bind", novel=True), Relation("C1", "D1", "Bind", novel=True))
    )
    wrong = base.with_relations(
        (
            Relation("C1", "D1", "Bind", 0.9, False, 0.4),
            Relation("G1", "G2", "Bind", 0.3, False, 0.1),
        )
    )
    assert read_first(gold, wrong) == [("G1", "G2"), ("C1", "D1")]


def test_what_was_missed_by_how_easy_it_is_to_see() -> None:
    gold = document(
        "1",
        "{KCN9|G|G1} was seen with {TPO2|G|G2}. {Abadol|C|C1} was seen with {fever|D|D1}. "
        "{Abadol|C|C1} and {fever|D|D1} again.",
        ("G1", "D1", "Association", True),
        ("G1", "G2", "Bind", True),
        ("C1", "D1", "Association", True),
    )
    assert read_first(gold, gold.with_relations(())) == [("C1", "D1"), ("G1", "G2"), ("G1", "D1")]
