"""``relatome vote``: files in, one file out, and every refusal by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from relatome import formats
from relatome.data import Document, Relation
from tests.cli.conftest import Relatome
from tests.scoring.build import document, marked

Predicted = Callable[..., Path]


def _documents(*relations: Relation) -> list[Document]:
    return [document("1", entities=("G1", "G2", "C1")).with_relations(relations), document("2")]


BIND = Relation("G1", "G2", "Bind", 0.75)
SWAPPED = Relation("G2", "G1", "Bind", 0.5)
UP = Relation("G1", "C1", "Positive_Correlation", 0.5, novel=True)


@pytest.fixture
def predicted(tmp_path: Path) -> Predicted:
    """Writes one member's file of two documents, relations in the first."""

    def write(name: str, *relations: Relation) -> Path:
        path = tmp_path / name
        formats.write(_documents(*relations), path, formats.format_of_name(name) or "pubtator")
        return path

    return write


def test_three_files_make_one(relatome: Relatome, predicted: Predicted, tmp_path: Path) -> None:
    files = [
        predicted("a.jsonl", BIND, UP),
        predicted("b.jsonl", BIND),
        predicted("c.jsonl.gz", SWAPPED),
    ]
    target = tmp_path / "voted.jsonl"
    ran = relatome("vote", *files, "--schema", "biored", "--output", target)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        f"{files[0]}: 2 relations",
        f"{files[1]}: 1 relation",
        f"{files[2]}: 1 relation",
        "2 documents, 10 mentions, 1 relation written as jsonl",
    ]
    first, second = formats.read(target)
    assert first.relations == (Relation("G1", "G2", "Bind", pytest.approx(2 / 3)),)
    assert first.with_relations(()) == _documents()[0]
    assert second == _documents()[1]


def test_files_of_several_formats(relatome: Relatome, predicted: Predicted, tmp_path: Path) -> None:
    files = [
        predicted("a.pubtator", BIND),
        predicted("b.xml", BIND),
        predicted("c.json"),
        predicted("d.jsonl", BIND),
    ]
    target = tmp_path / "voted"
    ran = relatome("vote", *files, "-o", target, "--to", "pubtator", "--schema", "biored")
    assert ran.code == 0
    # PubTator keeps no scores, so shares are counted, and it says so.
    assert "note: not every relation has a score: the scores written are shares" in ran.err
    assert "1\tBind\tG1\tG2" in target.read_text("utf-8").splitlines()


def test_mean_and_its_threshold(relatome: Relatome, predicted: Predicted, tmp_path: Path) -> None:
    files = [predicted("a.jsonl", BIND, UP), predicted("b.jsonl", BIND)]
    target = tmp_path / "voted.jsonl"
    for arguments, labels in [
        ((), ["Bind"]),
        (("--threshold", "0.2"), ["Bind", "Positive_Correlation"]),
        (("--threshold", "0.8"), []),
    ]:
        ran = relatome("vote", *files, "--by", "mean", *arguments, "-o", target)
        assert ran.code == 0
        assert [r.type for r in next(iter(formats.read(target))).relations] == labels


def test_files_that_predict_the_same_are_named(
    relatome: Relatome, predicted: Predicted, tmp_path: Path
) -> None:
    files = [predicted("a.jsonl", BIND), predicted("b.jsonl", UP), predicted("c.jsonl", BIND)]
    ran = relatome("vote", *files, "-o", tmp_path / "voted.jsonl")
    notes = [line for line in ran.err.splitlines() if line.startswith("note")]
    assert notes == [f"note: {files[0]} and {files[2]} predict the same"]


@pytest.mark.parametrize(
    ("second", "arguments", "code", "message"),
    [
        (None, (), 2, "[R211] 1 prediction was given to vote."),
        ("a.jsonl", (), 2, "[R212] {folder}/a.jsonl was named more than once."),
        ("../{name}/a.jsonl", (), 2, "[R212] {folder}/../{name}/a.jsonl was named"),
        ("absent.jsonl", (), 2, "[R101] there is no file or folder {folder}/absent.jsonl"),
        ("b.jsonl", ("--threshold", "0.4"), 2, "[R214] a majority is counted"),
        ("b.jsonl", ("--by", "mean", "--threshold", "0"), 2, "[R213] a threshold of 0 is not"),
        ("b.jsonl", ("--schema", "biordd"), 2, "[R814] there is no schema 'biordd'"),
        ("b.jsonl", ("--to", "word", "--schema", "biored"), 2, "[R125]"),
        ("b.jsonl", (), 1, "[R218] {folder}/b.jsonl, document 1: G2 is related to G1 here"),
        (
            "b.jsonl",
            ("--schema", "bc5cdr"),
            1,
            "[R103] {folder}/a.jsonl:1, document 1: unknown entity type 'GeneOrGeneProduct'",
        ),
        (
            "b.pubtator",
            ("--by", "mean", "--schema", "biored"),
            1,
            "[R220] {folder}/b.pubtator, document 1: Bind of G2 and G1 has no score",
        ),
        (
            "other.jsonl",
            (),
            1,
            "[R215] {folder}/other.jsonl: documents of {folder}/a.jsonl are missing here: 2, "
            "for example 1, 2.",
        ),
        (
            "label.jsonl",
            ("--schema", "biored"),
            1,
            "[R110] {folder}/label.jsonl:1, document 1: unknown relation type 'Binds'",
        ),
        ("broken.jsonl", (), 1, "[R137] {folder}/broken.jsonl:1: "),
    ],
)
def test_refusals(
    relatome: Relatome,
    predicted: Predicted,
    tmp_path: Path,
    second: str | None,
    arguments: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    predicted("a.jsonl", BIND)
    predicted("b.jsonl", SWAPPED)
    predicted("b.pubtator", SWAPPED)
    predicted("label.jsonl", Relation("G1", "G2", "Binds"))
    formats.write([document("3")], tmp_path / "other.jsonl", "jsonl")
    (tmp_path / "broken.jsonl").write_text('{"id": 1, "passages": [{"kind":\n')
    names = {"folder": str(tmp_path), "name": tmp_path.name}
    files = ["a.jsonl", *([] if second is None else [second.format(**names)])]
    target = tmp_path / "voted.jsonl"
    ran = relatome("vote", *(f"{tmp_path}/{name}" for name in files), *arguments, "-o", target)
    assert ran.code == code
    (line,) = ran.err.splitlines()
    assert line.startswith("error: " + message.format(**names))
    assert not target.exists()


def test_an_output_that_names_no_format(relatome: Relatome, tmp_path: Path) -> None:
    ran = relatome("vote", "a", "b", "-o", tmp_path / "voted.pdf")
    assert ran.code == 2
    assert "[R142]" in ran.err


# ------------------------------------------------------------------------------------- answers

ARGUMENTS = {"T1": "CHEMICAL", "T2": "GENE", "T3": "GENE"}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    documents = [marked("11", ARGUMENTS, [("T1", "T3", "AGONIST")]), marked("12", ARGUMENTS)]
    formats.write(documents, path, "jsonl")
    return path


def _answer(path: Path, *rows: str) -> Path:
    path.write_text("".join(row.replace(" ", "\t") + "\n" for row in rows), encoding="utf-8")
    return path


INHIBITOR, PART = "11 INHIBITOR Arg1:T1 Arg2:T2", "12 PART-OF Arg1:T1 Arg2:T2"


def test_answers_to_a_shared_task(relatome: Relatome, gold: Path, tmp_path: Path) -> None:
    files = [
        _answer(tmp_path / "a.tsv", INHIBITOR, PART),
        _answer(tmp_path / "b.tsv", INHIBITOR, "11 ACTIVATOR Arg1:T1 Arg2:T2"),
        _answer(tmp_path / "c.tsv", PART, "11 ACTIVATOR Arg1:T1 Arg2:T2"),
    ]
    target = tmp_path / "voted.tsv"
    options = ("--schema", "drugprot", "--to", "drugprot-submission", "-o", target)
    ran = relatome("vote", *files, "--gold", gold, *options)
    assert ran.code == 0
    # Two labels of one pair, each by two of three; the annotation itself is no prediction.
    assert target.read_text("utf-8").splitlines() == [
        "11\tINHIBITOR\tArg1:T1\tArg2:T2",
        "11\tACTIVATOR\tArg1:T1\tArg2:T2",
        "12\tPART-OF\tArg1:T1\tArg2:T2",
    ]


@pytest.mark.parametrize(
    ("row", "given", "code", "message"),
    [
        (PART, False, 2, "[R221] {folder}/a.tsv is an answer to a shared task"),
        (
            "99 PART-OF Arg1:T1 Arg2:T2",
            True,
            1,
            "[R215] {folder}/gold.jsonl: documents of {folder}/b.tsv are missing here: 1, for "
            "example 99.",
        ),
        (
            "12 PART-OF Arg1:T1 Arg2:T9",
            True,
            1,
            "[R106] {folder}/b.tsv, document 12: relation PART-OF refers to 'T9'",
        ),
        ("12 PARTS Arg1:T1 Arg2:T2", True, 1, "[R110] {folder}/b.tsv, document 12: unknown"),
    ],
)
def test_answers_that_do_not_fit(
    relatome: Relatome,
    gold: Path,
    tmp_path: Path,
    row: str,
    given: bool,
    code: int,
    message: str,
) -> None:
    files = [_answer(tmp_path / "a.tsv", INHIBITOR), _answer(tmp_path / "b.tsv", row)]
    target = tmp_path / "voted.jsonl"
    options = ["--schema", "drugprot", "-o", target]
    ran = relatome("vote", *files, *options, *(["--gold", gold] if given else []))
    assert ran.code == code
    (line,) = ran.err.splitlines()
    assert line.startswith("error: " + message.format(folder=tmp_path))
    assert not target.exists()


def test_help_states_the_rule_of_ties(relatome: Relatome) -> None:
    printed = " ".join(relatome("vote", "--help").out.split())
    assert "no relation wins every tie it is part of" in printed
    assert "seed-*.jsonl --schema biored" in printed
