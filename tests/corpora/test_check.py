from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.corpora.check import Report, examine
from relatome.corpora.layouts.biorex import UNMENTIONED
from relatome.data import Document, Mention, Passage, Relation, Split
from relatome.data.schemas import BIORED, BIOREDIRECT
from relatome.errors import OFFSET_MISMATCH, UNKNOWN_TYPE, InputError, Place

GENE, DISEASE, DRUG = "GeneOrGeneProduct", "DiseaseOrPhenotypicFeature", "ChemicalEntity"


def document(
    id: str, text: str, mentions: Sequence[tuple[str, str, str]], *relations: Relation
) -> Document:
    """A document with mentions given as (words, type, identifier), found in the text in turn."""
    made, end = [], 0
    for number, (words, type, entity) in enumerate(mentions):
        start = text.index(words, end)
        ids = (entity,) if entity else ()
        made.append(Mention(f"M{number}", start, start + len(words), words, type, ids))
        end = start
    return Document(id, (Passage("title", 0, text),), tuple(made), relations)


CLEAN = document(
    "1",
    "KCN9 in ketosis.",
    [("KCN9", GENE, "99"), ("ketosis", DISEASE, "D1")],
    Relation("99", "D1", "Association", novel=True),
)


def looked_over(*documents: Document) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Level and cases of each finding but the few examples, which every tiny file has."""
    report = examine("f", [Split("f", "dev", documents)], BIORED)
    return {finding.kind: (finding.level, finding.cases) for finding in report.findings}


def test_a_clean_document_has_no_findings() -> None:
    report = examine("f", [Split("f", "dev", (CLEAN,))], BIORED)
    assert report.findings == ()
    assert (report.errors, report.notes) == (0, 0)
    assert (report.candidates, report.gold, report.unreachable) == (1, 1, 0)


def test_every_reading_problem_is_an_error_with_its_place() -> None:
    def wrong(line: int) -> InputError:
        place = Place("f.txt", line, "7")
        return InputError(OFFSET_MISMATCH, at=place, start=1, end=4, expected="abc", found="bcd")

    unknown = InputError(UNKNOWN_TYPE, at=Place("f.txt", 9, "8"), type="X", known="Y")
    report = examine("f", [Split("f", "dev", ())], BIORED, problems=[wrong(3), unknown, wrong(5)])
    assert report.errors == 3
    assert [finding.kind for finding in report.findings] == ["R104", "R103"]
    assert report.findings[0].cases == (
        "f.txt:3, document 7: mention 1-4 says 'abc', but the text there is 'bcd'.",
        "f.txt:5, document 7: mention 1-4 says 'abc', but the text there is 'bcd'.",
    )
    assert report.findings[1].text.startswith("Known types: Y.")


def changed(*relations: Relation) -> Document:
    return CLEAN.with_relations(relations)


ASSOCIATION = Relation("99", "D1", "Association", novel=True)


@pytest.mark.parametrize(
    ("found", "kind", "level", "case"),
    [
        (
            changed(ASSOCIATION, Relation("D1", "99", "Positive_Correlation", novel=True)),
            "relations that contradict each other",
            "error",
            "99 and D1: Association, Positive_Correlation",
        ),
        (
            changed(ASSOCIATION, Relation("99", "D1", "Association", novel=False)),
            "relations that contradict each other",
            "error",
            "99 and D1: Association both novel and not",
        ),
        (
            changed(ASSOCIATION, Relation("D1", "99", "Association", novel=True)),
            "repeated relations",
            "note",
            "Association between 99 and D1, 2 times",
        ),
        (
            changed(Relation("99", "D1", "Association")),
            "relations without novelty",
            "note",
            "Association between 99 and D1",
        ),
        (changed(), "documents without relations", "note", "no relations"),
        (
            changed(Relation("99", "99", "Association", novel=True)),
            "unreachable gold: an entity related to itself",
            "note",
            "Association between 99 and 99",
        ),
        (
            changed(Relation("99", "D1", "Bind", novel=True)),
            f"unreachable gold: label Bind is not legal for {GENE}–{DISEASE}",
            "note",
            "Bind between 99 and D1",
        ),
        (
            document("1", "KCN9 in ketosis.", [("KCN9", GENE, "")], ASSOCIATION),
            "unreachable gold: an argument has no mention",
            "note",
            "Association between 99 and D1",
        ),
        (
            document("1", "KCN9.", [("KCN9", GENE, "")]),
            "mentions without identifier",
            "note",
            "GeneOrGeneProduct 'KCN9' at 0-4",
        ),
        (
            document("1", "KCN9, KCN9.", [("KCN9,", DRUG, "9"), (" KCN9", GENE, "9")]),
            "identifiers with several entity types",
            "note",
            "9: 1 ChemicalEntity, 1 GeneOrGeneProduct, read as ChemicalEntity",
        ),
        (
            document("1", "diabetic ketosis", [("diabetic ketosis", DISEASE, "D1"),
                                               ("ketosis", DISEASE, "D2")]),
            "nested mentions",
            "note",
            "DiseaseOrPhenotypicFeature 'ketosis' at 9-16 in "
            "DiseaseOrPhenotypicFeature 'diabetic ketosis' at 0-16",
        ),
        (
            document("1", "KCN9", [("KCN9", GENE, "9"), ("KCN9", DRUG, "C1")]),
            "nested mentions",
            "note",
            "ChemicalEntity 'KCN9' at 0-4 in GeneOrGeneProduct 'KCN9' at 0-4",
        ),
        (
            document("1", "severe fatty liver", [("severe fatty", DISEASE, "D1"),
                                                 ("fatty liver", DISEASE, "D2")]),
            "crossing mentions",
            "note",
            "DiseaseOrPhenotypicFeature 'severe fatty' at 0-12 and "
            "DiseaseOrPhenotypicFeature 'fatty liver' at 7-18",
        ),
        (
            document("1", "KCN9", [("KCN9", GENE, "9"), ("KCN9", GENE, "9")]),
            "repeated mentions",
            "note",
            "'KCN9' at 0-4, 2 times",
        ),
        (document("1", " ", []), "documents without text", "note", "no text"),
        (document("1", "Nothing.", []), "documents without mentions", "note", "no mentions"),
    ],
)  # fmt: skip
def test_each_kind_is_found(found: Document, kind: str, level: str, case: str) -> None:
    assert looked_over(found)[kind] == (level, (f"f, document 1: {case}",))


def test_a_label_the_schema_lacks_is_an_error() -> None:
    found = looked_over(changed(Relation("99", "D1", "Causes", novel=True)))
    assert found["unknown labels"] == (
        "error",
        ("f, document 1: Causes between 99 and D1",),
    )


def test_several_labels_are_right_where_the_schema_allows_them() -> None:
    several = msgspec.structs.replace(BIORED, multi_label=True)
    found = changed(ASSOCIATION, Relation("99", "D1", "Positive_Correlation", novel=True))
    assert examine("f", [Split("f", "dev", (found,))], several).errors == 0


def test_labels_with_few_training_examples_are_counted() -> None:
    many = tuple(msgspec.structs.replace(CLEAN, id=str(n)) for n in range(10))
    (finding,) = examine("f", [Split("f", "train", many)], BIORED).findings
    assert finding.kind == "labels with fewer than 10 training examples"
    assert "f: Bind, 0" in finding.cases
    assert len(finding.cases) == len(BIORED.labels) - 1  # Association has ten


# ---------------------------------------------------------------- overlap


def split(name: str, role: str, *ids: str) -> Split:
    made = (document(id, f"Text of number {id}.", []) for id in ids)
    return msgspec.convert({"name": name, "role": role, "documents": list(made)}, Split)


def overlaps(report: Report) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(f.level, f.kind): f.cases for f in report.findings if f.kind.startswith("documents ")
            and "without" not in f.kind}  # fmt: skip


def test_documents_in_two_of_its_own_splits_are_errors() -> None:
    report = examine("c", [split("c:train", "train", "1", "2"), split("c:dev", "dev", "2")], BIORED)
    assert overlaps(report) == {
        ("error", "documents in several splits"): ("c:train, document 2: also in c:dev",)
    }


def test_overlap_with_known_corpora_is_noted_where_the_use_differs() -> None:
    known = [split("k:train", "train", "1"), split("k:test", "test", "2"), split("k:dev", "dev")]
    report = examine("c", [split("c:train", "train", "1", "2")], BIORED, known=known)
    assert overlaps(report) == {
        ("note", "documents shared with other corpora"): ("c:train, document 2: also in k:test",)
    }
    assert report.compared_with == ("k:test", "k:dev")


def test_the_other_direction_is_noted_too() -> None:
    report = examine(
        "c", [split("c:test", "test", "1")], BIORED, known=[split("k:train", "train", "1")]
    )
    assert overlaps(report) == {
        ("note", "documents shared with other corpora"): ("c:test, document 1: also in k:train",)
    }


def test_overlap_that_was_asked_about_is_an_error_whatever_the_use() -> None:
    report = examine(
        "c", [split("c:train", "train", "1")], BIORED, against=[split("k:train", "train", "1")]
    )
    assert overlaps(report) == {
        ("error", "documents shared with --against"): ("c:train, document 1: also in k:train",)
    }


def test_a_split_is_not_compared_with_itself() -> None:
    own = split("c:test", "test", "1")
    assert overlaps(examine("c", [own], BIORED, against=[own])) == {}


def test_a_document_under_another_id_is_found_by_its_text() -> None:
    renamed = Document(
        "Doc7",
        (
            Passage("title", 0, "TEXT of number;"),
            Passage("abstract", 16, "1"),
        ),
    )
    report = examine(
        "c", [Split("c:train", "train", (renamed,))], BIORED, known=[split("k:test", "test", "1")]
    )
    assert overlaps(report) == {
        ("note", "documents shared with other corpora"): (
            "c:train, document Doc7: same text as 1 in k:test",
        )
    }


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_overlap_is_the_same_in_both_directions(left: set[str], right: set[str]) -> None:
    a, b = split("a:train", "train", *sorted(left)), split("b:test", "test", *sorted(right))
    there = overlaps(examine("a", [a], BIORED, known=[b])).values()
    back = overlaps(examine("b", [b], BIORED, known=[a])).values()
    shared = len(left & right)
    assert (
        [len(cases) for cases in there] == [len(cases) for cases in back] == [shared] * (shared > 0)
    )


def test_errors_come_before_notes() -> None:
    found = changed(ASSOCIATION, ASSOCIATION, Relation("99", "D1", "Causes", novel=True))
    levels = [f.level for f in examine("f", [Split("f", "dev", (found,))], BIORED).findings]
    assert levels == sorted(levels)
    assert set(levels) == {"error", "note"}


def test_relations_without_subject_are_noted_where_there_is_direction() -> None:
    relations = (
        Relation("99", "D1", "Association", novel=True, subject="99"),
        Relation("99", "D1", "Association", novel=True),
    )
    split = Split("f", "dev", (CLEAN.with_relations(relations),))
    findings = {f.kind: f.cases for f in examine("f", [split], BIOREDIRECT).findings}
    assert findings["relations without subject"] == (
        "f, document 1: Association between 99 and D1",
    )
    without = {f.kind for f in examine("f", [split], BIORED).findings}
    assert "relations without subject" not in without


def test_what_a_reader_left_out_is_noted() -> None:
    given = msgspec.structs.replace(CLEAN, infons={UNMENTIONED: "Bind 1 2; Bind 3 4"})
    assert looked_over(given)["relations of what is not mentioned"] == (
        "note",
        ("f, document 1: Bind 1 2", "f, document 1: Bind 3 4"),
    )
