"""BioREx's table: a line per pair, put together to documents."""

from __future__ import annotations

import pytest

from relatome.data.document import Document, Mention, Passage, Relation
from relatome.formats import detect
from tests.formats.examples import problems_of, read_bytes, whereabouts

QUESTION = "What is [OURS] between @DrugSrc$ X @/DrugSrc$ and @GeneTgt$ KCN9 @/GeneTgt$ ? [SEP] "


def line(
    marked: str, label: str = "Association", ids: str = "D1\t99", document: str = "7"
) -> bytes:
    columns = (document, "Drug", "Gene", ids, "True", "0", QUESTION + marked, "1 1", label)
    return ("\t".join(columns) + "\n").encode()


FIRST = line("@DrugSrc$ X @/DrugSrc$ binds @GeneTgt$ KCN9 @/GeneTgt$ and YAP .")
SECOND = line(
    "@DrugSrc$ X @/DrugSrc$ binds KCN9 and @GeneTgt$ YAP @/GeneTgt$ .", "None-OURS", "D1\t50"
)
OTHER = line("@GeneTgt$ the @DrugSrc$ X @/DrugSrc$ receptor @/GeneTgt$ .", "Bind", "D2\t98", "8")
EXPECTED = [
    Document(
        "7",
        (Passage("text", 0, "X binds KCN9 and YAP ."),),
        (
            Mention("M0", 0, 1, "X", "Drug", ("D1",)),
            Mention("M1", 8, 12, "KCN9", "Gene", ("99",)),
            Mention("M2", 17, 20, "YAP", "Gene", ("50",)),
        ),
        (Relation("D1", "99", "Association"),),
        {"unrelated": "D1:50:None-OURS"},
    ),
    Document(
        "8",
        (Passage("text", 0, "the X receptor ."),),
        (
            Mention("M0", 4, 5, "X", "Drug", ("D2",)),
            Mention("M1", 0, 14, "the X receptor", "Gene", ("98",)),
        ),
        (Relation("D2", "98", "Bind"),),
    ),
]


def test_lines_of_a_document_may_stand_anywhere() -> None:
    assert read_bytes(FIRST + OTHER + SECOND) == EXPECTED
    assert read_bytes(FIRST + b"\n" + SECOND.replace(b"\n", b"\r\n") + OTHER) == EXPECTED


def test_it_is_recognized_by_its_columns() -> None:
    assert detect(FIRST) == "biorex"
    assert detect(b"a\tb\tc\n") is None


def test_a_mention_of_two_entities_carries_both() -> None:
    marked = "@DrugSrc$ X @/DrugSrc$ binds @GeneTgt$ KCN9-11 @/GeneTgt$"
    (document,) = read_bytes(line(marked) + line(marked, ids="D1\t100"))
    assert document.mentions[1].entity_ids == ("99", "100")
    assert len(document.relations) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\tTrue", b""),
        (b"[SEP]", b"and"),
        (b"\tAssociation", b"\t"),
        (b"D1\t99", b"\t99"),
        (b" @/GeneTgt$ and", b" and"),
        (b"binds @GeneTgt$ KCN9", b"binds KCN9"),
        (b"KCN9 @/GeneTgt$ and", b"@/GeneTgt$ and"),
        (b"binds @GeneTgt$ KCN9 @/GeneTgt$", b"binds @DrugTgt$ KCN9 @/DrugTgt$"),
    ],
)
def test_a_line_that_does_not_fit(old: bytes, new: bytes) -> None:
    assert old in FIRST
    content = OTHER + FIRST.replace(old, new)
    documents, (problem,) = problems_of(content, "biorex")
    assert documents == EXPECTED[1:]
    assert whereabouts(problem) == ("R162", 2, "7")


def test_a_document_whose_lines_have_different_texts() -> None:
    documents, (problem,) = problems_of(FIRST + SECOND.replace(b"YAP", b"YAZ") + OTHER)
    assert documents == EXPECTED[1:]
    assert whereabouts(problem) == ("R162", 2, "7")
    assert "line 1" in str(problem)


def test_an_argument_without_marker_is_an_argument_without_mention() -> None:
    _, (problem,) = problems_of(line("X binds @GeneTgt$ KCN9 @/GeneTgt$"))
    assert whereabouts(problem) == ("R106", 1, "7")


def test_lines_without_document_and_what_is_not_utf8() -> None:
    content = line("X", document="") + FIRST.replace(b"YAP", b"\xe4") + OTHER
    documents, problems = problems_of(content, "biorex")
    assert documents == EXPECTED[1:]
    assert [whereabouts(p) for p in problems] == [("R162", 1, None), ("R122", 2, None)]
