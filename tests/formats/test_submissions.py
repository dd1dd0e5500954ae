"""Answers to shared tasks: the lines of each, and reading them back beside the gold."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, Relation
from relatome.data.schemas import BC5CDR, BIORED, CHEMPROT, DDI, DRUGPROT
from relatome.errors import InputError, UsageError
from relatome.formats.report import WriteReport
from relatome.formats.submissions import LAYOUTS, is_submission, read_submission, require_task
from tests.scoring.build import marked

CHEMPROT_TYPES = {"T1": "CHEMICAL", "T2": "CHEMICAL", "T3": "GENE"}
DRUGS = {f"DDI.d7.s{s}.e{e}": "drug" for s in (0, 1) for e in (0, 1, 2)}
CID_TYPES = {"D003924": "Chemical", "D009369": "Disease"}


def lines(documents: list[Document], format: str) -> str:
    report = WriteReport(format)
    return b"".join(LAYOUTS[format].document(each, report) for each in documents).decode()


def through(documents: list[Document], format: str, folder: Path) -> list[Document]:
    path = folder / "answer.tsv"
    path.write_text(lines(documents, format), "utf-8")
    return read_submission(path, [each.with_relations(()) for each in documents])


def test_drugprot_names_the_chemical_first() -> None:
    document = marked(
        "1", CHEMPROT_TYPES, [("T1", "T3", "INHIBITOR"), ("T3", "T2", "SUBSTRATE_PRODUCT-OF")]
    )
    assert lines([document], "drugprot-submission") == (
        "1\tINHIBITOR\tArg1:T1\tArg2:T3\n1\tSUBSTRATE_PRODUCT-OF\tArg1:T2\tArg2:T3\n"
    )


def test_chemprot() -> None:
    document = marked("1", CHEMPROT_TYPES, [("T1", "T3", "CPR:4")])
    assert lines([document], "chemprot-submission") == "1\tCPR:4\tArg1:T1\tArg2:T3\n"


def test_bc5cdr() -> None:
    document = marked("1", CID_TYPES, [("D003924", "D009369", "CID")])
    assert lines([document], "bc5cdr-submission") == "1\tCID\tD003924\tD009369\n"


def test_ddi_lists_every_pair_of_each_sentence() -> None:
    document = marked("DDI.d7", DRUGS, [("DDI.d7.s0.e2", "DDI.d7.s0.e0", "effect")])
    assert lines([document], "ddi-submission") == (
        "DDI.d7.s0|DDI.d7.s0.e0|DDI.d7.s0.e1|0|null\n"
        "DDI.d7.s0|DDI.d7.s0.e0|DDI.d7.s0.e2|1|effect\n"
        "DDI.d7.s0|DDI.d7.s0.e1|DDI.d7.s0.e2|0|null\n"
        "DDI.d7.s1|DDI.d7.s1.e0|DDI.d7.s1.e1|0|null\n"
        "DDI.d7.s1|DDI.d7.s1.e0|DDI.d7.s1.e2|0|null\n"
        "DDI.d7.s1|DDI.d7.s1.e1|DDI.d7.s1.e2|0|null\n"
    )


def test_an_answer_fits_its_own_task_alone() -> None:
    tasks = (DRUGPROT, CHEMPROT, BC5CDR, DDI)
    for format in LAYOUTS:
        for schema in (*tasks, BIORED):
            if format.startswith(schema.name):
                require_task(format, schema)
            else:
                with pytest.raises(UsageError, match=f"R678.*relation type {schema.labels[0]}"):
                    require_task(format, schema)
    fewer = msgspec.structs.replace(DRUGPROT, labels=(*DRUGPROT.labels[:2], "None-DDI"))
    require_task("drugprot-submission", fewer)
    pooled = msgspec.structs.replace(DDI, unit="concept")
    with pytest.raises(UsageError, match=r"R678.*concepts, where it takes mentions"):
        require_task("ddi-submission", pooled)


@pytest.mark.parametrize(
    ("format", "document", "message"),
    [
        ("drugprot-submission", marked("1", CHEMPROT_TYPES, [("T1", "T3", "Bind")]), "type 'Bind'"),
        ("chemprot-submission", marked("1", CHEMPROT_TYPES, [("T1", "T3", "CPR:11")]), "CPR:11"),
        ("bc5cdr-submission", marked("1", CID_TYPES, [("D003924", "D009369", "Bind")]), "'Bind'"),
        ("bc5cdr-submission", marked("1", CID_TYPES, [("D1\t", "D2", "CID")]), "identifier"),
        ("ddi-submission", marked("1", {"T1": "drug"}), "mention id 'T1'"),
        (
            "ddi-submission",
            marked("d", DRUGS, [("DDI.d7.s0.e0", "DDI.d7.s1.e0", "int")]),
            "pair outside a sentence",
        ),
    ],
)
def test_what_a_task_has_no_line_for_is_refused(
    format: str, document: Document, message: str
) -> None:
    with pytest.raises(InputError, match=f"{message}.* cannot be written as {format}"):
        lines([document], format)


def test_losses_are_counted() -> None:
    document = marked("1", CID_TYPES).with_relations((Relation("D003924", "D009369", "CID", 0.5),))
    report = WriteReport("bc5cdr-submission")
    LAYOUTS["bc5cdr-submission"].document(document, report)
    assert report.lost == {"text of a document": 1, "mention offset": 2, "relation score": 1}


# ------------------------------------------------------------------------------------ reading

ends = st.tuples(st.sampled_from(["T1", "T2"]), st.just("T3"))
typed = st.lists(st.tuples(ends, st.sampled_from(["INHIBITOR", "PART-OF"])), max_size=5)


@given(st.lists(typed, min_size=1, max_size=4).filter(any))
@settings(deadline=None)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[tuple[tuple[str, str], str]]]
) -> None:
    documents = [
        marked(str(index), CHEMPROT_TYPES, [(*ends, label) for ends, label in each])
        for index, each in enumerate(rows)
    ]
    folder = tmp_path_factory.mktemp("answers")
    assert through(documents, "drugprot-submission", folder) == documents


def test_answers_of_the_other_tasks_are_read(tmp_path: Path) -> None:
    ddi = marked("DDI.d7", DRUGS, [("DDI.d7.s0.e0", "DDI.d7.s0.e2", "effect")])
    assert through([ddi], "ddi-submission", tmp_path) == [ddi]
    cid = [marked("1", CID_TYPES, [("D003924", "D009369", "CID")]), marked("2", CID_TYPES)]
    assert through(cid, "bc5cdr-submission", tmp_path) == cid


def answer(folder: Path, content: str | bytes) -> Path:
    path = folder / "answer"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_unknown_documents_come_last_and_without_text(tmp_path: Path) -> None:
    gold = [marked("1", CID_TYPES), marked("2", CID_TYPES)]
    path = answer(tmp_path, "9\tCID\tD1\tD2\r\n\r\n2\tCID\tD1\tD2\r\n")
    found = read_submission(path, gold)
    assert [each.id for each in found] == ["1", "2", "9"]
    assert [len(each.relations) for each in found] == [0, 1, 1]
    assert found[2] == Document("9", (), relations=(Relation("D1", "D2", "CID"),))


def test_sentences_of_unknown_documents(tmp_path: Path) -> None:
    path = answer(tmp_path, "a.d1.s0|a.d1.s0.e0|a.d1.s0.e1|1|int\n")
    assert read_submission(path, []) == [
        Document("a.d1", (), relations=(Relation("a.d1.s0.e0", "a.d1.s0.e1", "int"),))
    ]


def test_novelty_may_follow_and_gzip_is_recognized(tmp_path: Path) -> None:
    path = answer(tmp_path, gzip.compress(b"1\tBind\t26151\t3887\tNovel\n1\tBind\t1\t2\tNo\n"))
    assert is_submission(path)
    (document,) = read_submission(path, [])
    assert [r.novel for r in document.relations] == [True, False]


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        ("1\tINHIBITOR\tArg1:T1\tArg2:T3\n", True),
        ("1\tCID\tD1\tD2", True),
        ("\n\n1\tCID\tD1\tD2", True),
        ("s0|s0.e0|s0.e1|0|null\n", True),
        ("1|t|A title\n1|a|An abstract\n", False),
        ("1\t0\t7\tAspirin\tChemical\tD001241\n", False),
        ("1\tD1\tD2\tSubject:D1\n", False),
        ("1\tINHIBITOR\tArg1:T1\tT3\n", False),
        ('{"id": "1"}', False),
        ("A title.\n\nAn abstract.\n", False),
        ("", False),
    ],
)
def test_recognition(tmp_path: Path, content: str, is_one: bool) -> None:
    assert is_submission(answer(tmp_path, content)) is is_one


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("1\tPART-OF\tArg1:T1\tArg2:T3\n1\tPART-OF\tArg1:T1\n", 2),
        ("1\tPART-OF\tArg1:T1\tArg2:T3\n\n1\tCID\tD1\tD2\n", 3),
        ("s0|s0.e0|s0.e1|0|null\ns0|s0.e0|s0.e1|2|null\n", 2),
        ("what is this\n", 1),
    ],
)
def test_a_line_unlike_the_first_is_named(tmp_path: Path, content: str, line: int) -> None:
    path = answer(tmp_path, content)
    with pytest.raises(InputError, match=rf"{path}:{line}: the line '.*' is not like") as caught:
        read_submission(path, [])
    assert caught.value.code == "R170"


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = answer(tmp_path, b"1\tCID\tD1\tD2\n1\tCID\tD\xff\tD2\n")
    with pytest.raises(InputError, match=r"answer:2.*is not UTF-8"):
        read_submission(path, [])


def test_a_missing_file_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        is_submission(tmp_path / "absent")
