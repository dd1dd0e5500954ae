"""The table of a document's relations."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from relatome.cli._relations import relation_table
from relatome.data import Document, Passage, Relation
from tests.tiny import document

SOURCE = document(
    "7", "{KCN9|G|99} in {ketosis|D|D1}. {Kcn9|G|99}; {Kcn9|G|99} [sic] {TPO2|G|98}.", title=16
)


def lines(made: Document) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=100, highlight=False, emoji=False).print(relation_table(made))
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
