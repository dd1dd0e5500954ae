"""The table of a document's relations."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from relatome.cli._relations import relation_table
from relatome.data import Document, Passage, Relation, Span
from tests.tiny import document

SOURCE = document(
    "7", "{KCN9|G|99} in {ketosis|D|D1}. {Kcn9|G|99}; {Kcn9|G|99} [sic] {TPO2|G|98}.", title=16
)


def lines(made: Document, width: int = 100) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, highlight=False, emoji=False).print(
        relation_table(made, width)
    )
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_to_the_letter() -> None:
    relations = (
        Relation("99", "D1", "Association", score=0.987, novel=True, novel_score=0.5),
        Relation("98", "99", "Bind", score=1.0, novel=False, novel_score=0.125),
        Relation("98", "D1", "Negative_Correlation", score=0.5),
        Relation("D1", "98", "Positive_Correlation", novel=True),
    )
    assert lines(SOURCE.with_relations(relations)) == [
        "7  KCN9 in ketosis.",
        "┏━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┳━━━━━━━━━━━━┓",
        "┃ head       ┃ relation             ┃ tail       ┃ score ┃      novel ┃",
        "┡━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━╇━━━━━━━━━━━━┩",
        "│ Kcn9 99    │ Association          │ ketosis D1 │  0.99 │ novel 0.50 │",
        "│ TPO2 98    │ Bind                 │ Kcn9 99    │  1.00 │ known 0.12 │",
        "│ TPO2 98    │ Negative_Correlation │ ketosis D1 │  0.50 │            │",
        "│ ketosis D1 │ Positive_Correlation │ TPO2 98    │       │      novel │",
        "└────────────┴──────────────────────┴────────────┴───────┴────────────┘",
    ]


def test_no_relation_is_said() -> None:
    assert lines(SOURCE.with_relations(()))[-1] == "no relation found"


def test_a_long_title_is_cut() -> None:
    made = Document("8", (Passage("title", 0, "x" * 300),))
    drawn = "".join(lines(made))
    assert drawn.count("x") == 99
    assert "x…" in drawn


def test_a_document_without_text() -> None:
    assert lines(Document("9", ()))[0].strip() == "9"


@pytest.mark.parametrize("name", ["[red]x[/red]", "[/]", ":smile:", "x\ny", "\x1b[2J", "\u2028"])
def test_names_are_shown_and_not_obeyed(name: str) -> None:
    made = document(name, f"{{{name}|G|{name}}} {{pain|D|2}}")
    drawn = lines(made.with_relations((Relation(name, "2", "Association", score=1.0),)))
    assert "\x1b" not in "".join(drawn)
    assert len(drawn) == 6
    if name.isprintable():
        assert name in drawn[0]
        assert f"{name} {name}" in drawn[4]


LONG = document(
    "1", "In a study of mice it was found that {KCN9|G|99} raises {fever|D|D1} and is not given."
)


def evident(subject: str | None = None, start: int = 0) -> Document:
    evidence = (Span(start, len(LONG.text)), Span(0, 4))
    relation = Relation("99", "D1", "Association", score=0.5, subject=subject, evidence=evidence)
    return LONG.with_relations((relation,))


def test_the_sentence_fills_what_is_left_of_the_line() -> None:
    assert lines(evident(), 140)[4] == (
        "│ KCN9 99 │ Association │ fever D1 │  0.50 │       │ "
        "In a study of mice it was found that KCN9 raises fever and is not given. │"
    )
    assert lines(evident(), 110)[4] == (
        "│ KCN9 99 │ Association │ fever D1 │  0.50 │       │ "
        "… it was found that KCN9 raises fever and is not given. │"
    )
    assert lines(evident(start=32), 110)[4].endswith("│ that KCN9 raises fever and is not given. │")


def test_every_width_keeps_both_mentions_in_view() -> None:
    for width in range(60, 160):
        drawn = lines(evident(), width)
        assert all(len(line) <= width for line in drawn)
        shown = "evidence" in drawn[2]
        assert shown == (width >= 85)
        assert not shown or "KCN9 raises fever" in drawn[4]


def test_a_sentence_that_mentions_one_of_the_two_is_shown_around_it() -> None:
    text = "x" * 100 + " {KCN9|G|99} " + "y" * 100 + "."
    made = document("1", text + " {Fever|D|D1}.")
    evidence = (Span(0, 207), Span(208, len(made.text)))
    relation = Relation("99", "D1", "Association", evidence=evidence)
    drawn = lines(made.with_relations((relation,)), 100)[-2]
    assert "x KCN9 y" in drawn


def test_an_arrow_leads_away_from_the_entity_that_acts() -> None:
    assert "│ Association → │" in lines(evident("99"))[4]
    assert "│ ← Association │" in lines(evident("D1"))[4]
