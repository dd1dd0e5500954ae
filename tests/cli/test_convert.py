"""``relatome convert``: formats by name and content, losses, problems, exit codes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from relatome.formats import read

EXAMPLE = Path(__file__).parents[2] / "examples" / "annotated.pubtator"
BAD = b"1|t|Gene\n1\t0\t4\tgene\tGene\t1\n\n2|t|Title\n\n3|x|Title\n\n2|t|Title\n"


def convert(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from relatome.cli import main; main()", "convert"]
        + [str(argument) for argument in arguments],
        input=stdin,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "format"),
    [("x.json.gz", "bioc-json"), ("x.xml", "bioc-xml"), ("x.jsonl", "jsonl"), ("x", "pubtator")],
)
def test_through_another_format_and_back(tmp_path: Path, name: str, format: str) -> None:
    between, back = tmp_path / name, tmp_path / "back.pubtator"
    done = convert(EXAMPLE, between, "--to", format)
    assert (done.returncode, done.stdout) == (0, b"")
    assert f"written as {format}" in done.stderr.decode()
    assert b"not held" not in done.stderr
    assert between.read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")
    assert convert(between, back).returncode == 0
    assert back.read_bytes() == EXAMPLE.read_bytes()
    assert list(read(between)) == list(read(EXAMPLE))


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    done = convert(EXAMPLE, tmp_path / "table.tsv")
    documents = list(read(EXAMPLE))
    mentions = sum(len(document.mentions) for document in documents)
    relations = sum(len(document.relations) for document in documents)
    assert done.stderr.decode().splitlines() == [
        f"{len(documents)} documents, {mentions} mentions, {relations} relations written as tsv",
        f"not held by tsv: {len(documents)} × text of a document",
        f"not held by tsv: {mentions} × mention offset",
    ]


def test_standard_input_and_output() -> None:
    done = convert("-", "-", "--to", "pubtator", stdin=gzip.compress(EXAMPLE.read_bytes()))
    assert done.stdout == EXAMPLE.read_bytes()
    done = convert("-", "-", "--to", "jsonl", stdin=b"A title\n\nAn abstract.")
    assert json.loads(done.stdout)["passages"][1]["text"] == "An abstract."


def test_several_inputs_become_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A title\n\nAn abstract.")
    (tmp_path / "b.txt").write_text("Another.")
    target = tmp_path / "all.jsonl"
    done = convert(tmp_path / "a.txt", "-", tmp_path / "b.txt", target, stdin=b"7|t|Title\n")
    assert (done.returncode, done.stdout) == (0, b"")
    assert [document.id for document in read(target)] == ["a", "7", "b"]
    # Without OUT, the last input must not be written over.
    done = convert(EXAMPLE, target)
    assert done.returncode == 0
    before = target.read_bytes()
    done = convert(tmp_path / "a.txt", tmp_path / "b.txt", target)
    assert done.returncode == 2
    assert f"error: [R143] {target} is there already".encode() in done.stderr
    assert target.read_bytes() == before
    done = convert(tmp_path / "a.txt", tmp_path / "nothing.txt", tmp_path / "new.jsonl")
    assert (done.returncode, done.stderr[:13]) == (2, b"error: [R101]")


def test_ids_of_two_inputs_are_told_apart(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text("A note.")
    inputs = [tmp_path / folder / "note.txt" for folder in ("x", "y")]
    target = tmp_path / "all.jsonl"
    done = convert(*inputs, target)
    assert done.returncode == 1
    assert f"error: [R107] {inputs[1]}, document note".encode() in done.stderr
    assert not target.exists()
    done = convert(*inputs, target, "--on-error", "report")
    assert done.returncode == 0
    assert b"1 problem (1 \xc3\x97 R107)" in done.stderr
    assert [document.id for document in read(target)] == ["note"]


def test_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "bad"
    source.write_bytes(BAD)
    done = convert(source, tmp_path / "out.jsonl")
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"error: [R104] {source}:2, document 1: mention 0-4 says 'gene'")
    assert list(tmp_path.iterdir()) == [source]


def test_report_goes_on_and_writes_every_problem(tmp_path: Path) -> None:
    source, target = tmp_path / "bad", tmp_path / "out.jsonl"
    source.write_bytes(BAD)
    done = convert(source, target, "--on-error", "report")
    assert done.returncode == 0
    assert [document.id for document in read(target)] == ["2"]
    report = tmp_path / "out.jsonl.problems.jsonl"
    assert done.stderr.decode().splitlines() == [
        "1 document, 0 mentions, 0 relations written as jsonl",
        f"3 problems (1 × R104, 1 × R130, 1 × R107), written to {report}",
    ]
    problems = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert [(p["file"], p["line"], p["document"], p["code"]) for p in problems] == [
        (str(source), 2, "1", "R104"),
        (str(source), 6, "3", "R130"),
        (str(source), 8, "2", "R107"),
    ]
    # A later run without problems leaves no stale report.
    source.write_bytes(b"2|t|Title\n")
    assert convert(source, target, "--on-error", "report").returncode == 0
    assert not report.exists()


def test_report_without_any_document_is_a_failure() -> None:
    done = convert("-", "-", "--to", "jsonl", "--on-error", "report", stdin=b"<collection><docu")
    assert done.returncode == 1
    assert b"left out: [R123] standard input:1: the file ends in the middle" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing.txt", "out.jsonl"), "R101"),
        (("docs", "out.jsonl"), "R154"),
        (("docs", "out.jsonl", "--from", "pubtator"), "R127"),
        ((EXAMPLE, "out.pdf"), "R142"),
        ((EXAMPLE, "-"), "R142"),
        ((EXAMPLE, "out", "--to", "pdf"), "R125"),
        ((EXAMPLE, "out.jsonl", "--from", "tsv"), "R125"),
    ],
)
def test_misuse(tmp_path: Path, arguments: tuple[str | Path, ...], code: str) -> None:
    done = convert(*arguments)
    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 2
    assert line.startswith(f"error: [{code}]")
    assert not Path("out").exists()
    assert not Path("out.jsonl").exists()


def test_plain_text_takes_one_document(tmp_path: Path) -> None:
    done = convert(EXAMPLE, tmp_path / "out.txt")
    assert done.returncode == 1
    assert b"[R141]" in done.stderr
    assert list(tmp_path.iterdir()) == []
