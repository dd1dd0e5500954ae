"""``relatome extract``: documents in, relations out, and one line for whatever is wrong."""

from __future__ import annotations

import gzip
import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")  # the tiny model is made with it

from relatome import formats
from relatome.data import Document
from relatome.data.predicates import with_predicates
from relatome.data.schemas import BIORED
from relatome.formats import read, write
from relatome.pipeline import GIVEN, find_model, load
from relatome.runtime import ModelFolder
from tests.cli.conftest import Ran, Relatome
from tests.tiny import DOCUMENTS, document

EXAMPLES = Path(__file__).parents[2] / "examples" / "annotated.pubtator"
HOME = str(Path.home())

GOOD = """\
10|t|KCN9 in ketosis.
10|a|It binds TPO2.
10	0	4	KCN9	Gene	99
10	8	15	ketosis	Disease	D1
10	26	30	TPO2	Gene	98

"""
BROKEN = {
    "R103": GOOD.replace("10\t0\t4\tKCN9\tGene", "10\t0\t4\tKCN9\tProtein"),
    "R104": GOOD.replace("10\t8\t15", "10\t7\t14"),
    "R105": GOOD.replace("10\t26\t30", "10\t26\t300"),
    "R106": GOOD.replace("98\n\n", "98\n10\tAssociation\tD1\tD7\tNovel\n\n"),
    "R130": GOOD.replace("10\t8\t15\tketosis", "10\teight\t15\tketosis"),
}


@pytest.fixture
def extract(relatome: Relatome, tiny_model: Path) -> Relatome:
    """``relatome extract`` with the tiny model with fp32 weights."""

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        return relatome(
            "extract", *arguments, "--model", tiny_model, "--weights", "fp32", stdin=stdin
        )

    return run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of hand-made documents."""
    path = tmp_path / "source.jsonl"
    write(DOCUMENTS, path, "jsonl")
    return path


def expected(tiny_model: Path, documents: object) -> list[Document]:
    return list(load(tiny_model, weights="fp32", threads=1)(documents))  # type: ignore[arg-type]


# The tiny model's weights are always the same: this changes only with the model's architecture.
GOLDEN = """\
treat  Abadol treats fever.
┏━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ head      ┃ relation             ┃ tail     ┃ score ┃      novel ┃ evidence                                                              ┃
┡━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ Abadol C1 │ Negative_Correlation │ fever D1 │  1.00 │ known 0.43 │ In patients with fever, abadol was given after KCN9 and TPO2 did not. │
│ Abadol C1 │ Cotreatment          │ TPO2 G2  │  0.99 │ known 0.16 │ In patients with fever, abadol was given after KCN9 and TPO2 did not. │
│ Abadol C1 │ Bind                 │ KCN9 G1  │  0.70 │ known 0.02 │ In patients with fever, abadol was given after KCN9 and TPO2 did not. │
│ fever D1  │ Negative_Correlation │ TPO2 G2  │  0.40 │ known 0.39 │ In patients with fever, abadol was given after KCN9 and TPO2 did not. │
└───────────┴──────────────────────┴──────────┴───────┴────────────┴───────────────────────────────────────────────────────────────────────┘
alone  KCN9 was given to mice.
┏━━━━━━┳━━━━━━━━━━┳━━━━━━┳━━━━━━━┳━━━━━━━┓
┃ head ┃ relation ┃ tail ┃ score ┃ novel ┃
┡━━━━━━╇━━━━━━━━━━╇━━━━━━╇━━━━━━━╇━━━━━━━┩
└──────┴──────────┴──────┴───────┴───────┘
no relation found
"""  # noqa: E501


def test_the_table_to_the_letter(extract: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    write([DOCUMENTS[0], DOCUMENTS[3]], path, "jsonl")
    ran = extract(path)
    assert ran.code == 0
    assert [line.rstrip() for line in ran.out.splitlines()] == GOLDEN.splitlines()
    assert ran.err.splitlines()[0].startswith("2 documents, 8 mentions, 6 candidate pairs")


@pytest.mark.parametrize("format", ["jsonl", "pubtator", "bioc-json", "bioc-xml"])
def test_documents_with_relations(
    format: str, extract: Relatome, source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    target = tmp_path / f"out.{format}"
    ran = extract(source, "--format", format, "-o", target)
    assert (ran.code, ran.out) == (0, "")
    wanted = expected(tiny_model, DOCUMENTS)
    found = list(read(target, schema=BIORED))
    assert [d.id for d in found] == [d.id for d in wanted]
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.text.strip() == theirs.text  # PubTator gives every document a title
        assert {(r.head, r.tail, r.type, r.novel) for r in ours.relations} == {
            (r.head, r.tail, r.type, r.novel) for r in theirs.relations
        }
    if format == "jsonl":
        assert found == wanted
    # To the terminal goes what goes into the file.
    assert extract(source, "--format", format).out.encode() == target.read_bytes()


def test_a_table_of_relations(
    extract: Relatome, source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    ran = extract(source, "--format", "tsv")
    header, *rows = (line.split("\t") for line in ran.out.splitlines())
    assert header[:3] == ["document", "head_id", "head_type"]
    wanted = [(d.id, r) for d in expected(tiny_model, DOCUMENTS) for r in d.relations]
    assert len(rows) == len(wanted)
    for row, (id, relation) in zip(rows, wanted, strict=True):
        cells = dict(zip(header, row, strict=True))
        assert (cells["document"], cells["head_id"]) == (id, relation.head)
        assert (cells["tail_id"], cells["type"]) == (relation.tail, relation.type)
        assert float(cells["score"]) == pytest.approx(relation.score, abs=1e-4)


def test_the_table_goes_into_a_file_too(extract: Relatome, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "table.txt"
    assert extract(source, "-o", target).out == ""
    assert target.read_text(encoding="utf-8") == extract(source).out


@pytest.mark.parametrize("name", ["out.tsv", "out.jsonl", "out.pubtator.gz", "out.xml", "out.txt"])
def test_the_ending_names_the_format(
    name: str, extract: Relatome, source: Path, tmp_path: Path
) -> None:
    by_ending, asked = tmp_path / name, tmp_path / f"asked-{name}"
    format = "table" if name == "out.txt" else formats.format_of_name(name)
    assert extract(source, "-o", by_ending).code == 0
    assert extract(source, "-o", asked, "--to", format).code == 0
    assert by_ending.read_bytes() == asked.read_bytes()
    read_back = gzip.decompress if name.endswith(".gz") else bytes
    assert b"C1" in read_back(by_ending.read_bytes())


def test_a_folder_is_brat(extract: Relatome, source: Path, tmp_path: Path) -> None:
    ran = extract(source, "-o", f"{tmp_path / 'out'}/", "--on-error", "report")
    assert ran.code == 0
    assert len(list(read(tmp_path / "out"))) == len(DOCUMENTS)
    # Again: the folder is not empty, and nothing in it is replaced.
    ran = extract(source, "-o", f"{tmp_path / 'out'}/")
    assert ran.code == 2
    assert "[R156]" in ran.err


def test_problems_stand_beside_a_folder(extract: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "broken.pubtator"
    path.write_text(BROKEN["R104"] + GOOD.replace("10", "11"))
    assert extract(path, "-o", f"{tmp_path / 'out'}/", "--on-error", "report").code == 0
    assert (tmp_path / "out.problems.jsonl").is_file()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["11.ann", "11.txt"]


def test_an_ending_that_names_no_format_is_misuse(extract: Relatome, source: Path) -> None:
    ran = extract(source, "-o", source.with_name("out.pdf"))
    assert ran.code == 2
    assert "[R142]" in ran.err
    ran = extract(source, "-o", source.with_name("out.pdf"), "--format", "text")
    assert ran.code == 2
    assert "[R125]" in ran.err
    assert extract(source, "-o", "-").out == extract(source).out


@pytest.mark.parametrize("on_error", ["stop", "report"])
def test_relations_of_other_types_are_replaced_too(
    on_error: str, extract: Relatome, tmp_path: Path
) -> None:
    plain, other = tmp_path / "plain.pubtator", tmp_path / "other.pubtator"
    plain.write_text(GOOD)
    lines = "10\tFriendship\tD1\t99\tNovel\n10\tAssociation\tD1\t98\tNo\n"
    other.write_text(GOOD.replace("98\n\n", f"98\n{lines}\n"))
    wanted = extract(plain, "--format", "jsonl")
    found = extract(other, "--format", "jsonl", "--on-error", on_error)
    assert (found.code, found.out) == (0, wanted.out)
    assert "2 relations of the input replaced, 1 of types the model does not know." in found.err
    assert "left out" not in found.err


def test_the_examples_in_int8(relatome: Relatome, tiny_model: Path) -> None:
    ran = relatome("extract", EXAMPLES, "--model", tiny_model, "--threads", 1)
    assert ran.code == 0
    assert "example-1" in ran.out
    assert "52 relations of the input replaced" in ran.err


def test_the_same_file_twice_gives_the_same_bytes(
    relatome: Relatome, tiny_model: Path, tmp_path: Path
) -> None:
    for weights in ("fp32", "int8"):
        outputs = []
        for number in range(2):
            target = tmp_path / f"{weights}{number}.jsonl"
            arguments = ("--model", tiny_model, "--weights", weights, "--format", "jsonl")
            assert relatome("extract", EXAMPLES, *arguments, "-o", target).code == 0
            outputs.append(target.read_bytes())
        assert outputs[0] == outputs[1]


def test_documents_alone_and_in_any_order(extract: Relatome, tmp_path: Path) -> None:
    def lines(documents: object) -> list[str]:
        path = tmp_path / "some.jsonl"
        write(documents, path, "jsonl")  # type: ignore[arg-type]
        return extract(path, "--format", "jsonl").out.splitlines()

    together = lines(DOCUMENTS)
    assert [json.loads(line)["id"] for line in together] == [d.id for d in DOCUMENTS]
    assert lines(DOCUMENTS[::-1]) == together[::-1]
    assert [line for d in DOCUMENTS for line in lines([d])] == together


def test_several_files_in_the_order_given(extract: Relatome, tmp_path: Path) -> None:
    paths = []
    for number, format in enumerate(("jsonl", "pubtator", "bioc-xml", "bioc-json")):
        paths.append(tmp_path / f"{number}.{format}")
        write([DOCUMENTS[number]], paths[-1], format)
    found = [
        json.loads(line)["id"] for line in extract(*paths, "--format", "jsonl").out.split("\n")[:-1]
    ]
    assert found == [d.id for d in DOCUMENTS[:4]]


def test_standard_input(extract: Relatome, source: Path) -> None:
    wanted = extract(source, "--format", "jsonl").out
    assert extract("-", "--format", "jsonl", stdin=source.read_bytes()).out == wanted
    packed = gzip.compress(source.read_bytes())
    assert extract("-", "--format", "jsonl", stdin=packed).out == wanted


def test_min_score(extract: Relatome, source: Path) -> None:
    def scores(least: float) -> list[float]:
        out = extract(source, "--format", "jsonl", "--min-score", least).out
        return [r["score"] for line in out.splitlines() for r in json.loads(line)["relations"]]

    assert scores(0.7) == [score for score in scores(0) if score >= 0.7]
    assert 0 < len(scores(0.7)) < len(scores(0))
    assert scores(1) == []


def test_nothing_found_is_said(extract: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "nothing.jsonl"
    write([DOCUMENTS[3]], path, "jsonl")
    ran = extract(path)
    assert ran.code == 0
    assert "no relation found" in ran.out
    assert "1 document without a pair of entities" in ran.err


def test_text_cannot_command_the_terminal(extract: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    marked = "{\x1b]0;owned\x07KCN9|G|1\x1b[1m} binds {[/b]|G|[2]}"
    hostile = document("\x1b[2J[red]id[/red]", marked)
    write([hostile], path, "jsonl")
    ran = extract(path)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out
    assert "[red]id[/red]" in ran.out


# ------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_document_stops_with_its_place(
    code: str, extract: Relatome, tmp_path: Path
) -> None:
    path = tmp_path / "broken.pubtator"
    path.write_text(GOOD.replace("10", "9") + BROKEN[code])
    target = tmp_path / "out.jsonl"
    ran = extract(path, "--format", "jsonl", "-o", target)
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert line.startswith(f"error: [{code}] {path}:")
    assert "document 10" in line
    assert not target.exists(), "half a result is none"
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_document_is_reported_and_the_others_processed(
    code: str, extract: Relatome, tmp_path: Path
) -> None:
    path = tmp_path / "broken.pubtator"
    path.write_text(GOOD.replace("10", "9") + BROKEN[code] + GOOD.replace("10", "11"))
    target = tmp_path / "out.jsonl"
    ran = extract(path, "--format", "jsonl", "-o", target, "--on-error", "report")
    assert ran.code == 0
    assert [d.id for d in read(target)] == ["9", "11"]
    report = tmp_path / "out.jsonl.problems.jsonl"
    (problem,) = (json.loads(line) for line in report.read_text().splitlines())
    assert (problem["code"], problem["document"], problem["file"]) == (code, "10", str(path))
    assert problem["line"] > 6
    assert f"1 problem (1 × {code})" in ran.err
    assert str(report) in ran.err


def test_problems_go_to_standard_error_where_there_is_no_file(
    extract: Relatome, tmp_path: Path
) -> None:
    path = tmp_path / "broken.pubtator"
    path.write_text(BROKEN["R104"] + GOOD.replace("10", "11"))
    ran = extract(path, "--format", "jsonl", "--on-error", "report")
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["11"]
    assert f"left out: [R104] {path}:4, document 10" in ran.err


def test_a_duplicate_document_within_a_file(extract: Relatome, tmp_path: Path) -> None:
    path = tmp_path / "twice.pubtator"
    path.write_text(GOOD + GOOD)
    ran = extract(path)
    assert ran.code == 1
    assert "[R107]" in ran.err
    assert "rename files of the same name" in ran.err
    assert "document 10" in ran.err


def test_a_duplicate_document_in_another_file(extract: Relatome, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(GOOD)
    (tmp_path / "c").write_text(GOOD.replace("10", "11"))
    files = [tmp_path / name for name in "abc"]
    ran = extract(*files)
    assert ran.code == 1
    assert f"[R107] {files[1]}, document 10" in ran.err
    ran = extract(*files, "--format", "jsonl", "--on-error", "report", "-o", tmp_path / "out")
    assert ran.code == 0
    assert [d.id for d in read(tmp_path / "out")] == ["10", "11"]
    assert "1 × R107" in ran.err


def _xml() -> bytes:
    import io

    stream = io.BytesIO()
    write(DOCUMENTS, stream, "bioc-xml")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "R120"),
        (b" \n\n", "R120"),
        (GOOD.encode().replace(b"ketosis.", b"k\xe9tosis."), "R122"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ""),
        (gzip.compress(GOOD.encode() * 50, mtime=0)[:80], ""),
        (_xml()[:2000], "R123"),
        (b'{"id": "1", "passages": [', ""),
        (b"{}\n", ""),
        (b"[]", ""),
        (b"\xff\xfeG\x00O\x00", ""),
        (b"\x00" * 100, ""),
    ],
    ids=[
        "empty",
        "blank",
        "latin-1",
        "picture",
        "torn gzip",
        "torn xml",
        "torn json",
        "other json",
        "json list",
        "utf-16",
        "zeros",
    ],
)
@pytest.mark.parametrize("on_error", ["stop", "report"])
def test_a_file_that_cannot_be_read(
    content: bytes, code: str, on_error: str, extract: Relatome, tmp_path: Path
) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    target = tmp_path / "out.jsonl"
    ran = extract(path, "--format", "jsonl", "-o", target, "--on-error", on_error)
    assert ran.code == (0 if target.exists() and list(read_any(target)) else 1)
    if on_error == "stop":
        assert ran.err.startswith(f"error: [{code}")
        assert str(path) in ran.err
        assert len(ran.err.splitlines()) == 1
        assert not target.exists()
    else:
        problems = (tmp_path / "out.jsonl.problems.jsonl").read_text().splitlines()
        assert [json.loads(line)["file"] for line in problems] == [str(path)]


def read_any(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_bad_standard_input(extract: Relatome) -> None:
    ran = extract("-", stdin=b"")
    assert ran.code == 1
    assert "[R120] standard input" in ran.err


def test_a_missing_file_is_misuse_before_any_work(extract: Relatome, source: Path) -> None:
    ran = extract(source, source.with_name("nowhere"))
    assert (ran.code, ran.out) == (2, "")
    assert "[R101]" in ran.err
    assert "nowhere" in ran.err


def test_a_folder_is_no_file(extract: Relatome, tmp_path: Path) -> None:
    ran = extract(tmp_path)
    assert ran.code == 2
    assert str(tmp_path) in ran.err


def test_a_target_that_cannot_be_written(extract: Relatome, source: Path, tmp_path: Path) -> None:
    for format in ("table", "jsonl"):
        ran = extract(source, "--format", format, "-o", tmp_path / "nowhere" / "out")
        assert ran.code == 1
        assert "[R111]" in ran.err
        assert len(ran.err.splitlines()) == 1


def test_predicates_name_the_relations(extract: Relatome, source: Path, tmp_path: Path) -> None:
    for format in ("pubtator", "bioc-json", "bioc-xml", "brat"):
        out = tmp_path / f"{format}.out"
        assert extract(source, "-o", out, "--format", format, "--predicates", "biolink").code == 0
        types = {r.type for d in read(out, format=format) for r in d.relations}
        assert types >= {"biolink:related_to", "biolink:physically_interacts_with"}
    plain, named = tmp_path / "plain.jsonl", tmp_path / "named.jsonl"
    assert extract(source, "-o", plain).code == 0
    assert extract(source, "-o", named, "--predicates", "pubtator3").code == 0
    expected = [with_predicates(document, "pubtator3") for document in read(plain)]
    assert list(read(named)) == expected
    assert {r.type for d in expected for r in d.relations} >= {"associate", "interact"}


def test_answers_have_the_labels_of_their_task(extract: Relatome, source: Path) -> None:
    ran = extract(source, "--format", "drugprot-submission", "--predicates", "biolink")
    assert (ran.code, ran.out) == (2, "")
    assert "[R381]" in ran.err


def test_a_precision_of_a_model_without_thresholds(extract: Relatome, source: Path) -> None:
    ran = extract(source, "--precision", "0.8")
    assert (ran.code, ran.out) == (2, "")
    assert "[R850]" in ran.err
    assert "relatome models calibrate" in ran.err


@pytest.mark.parametrize("precision", ["0.7", "0.9"])
def test_the_shipped_model_knows_precisions(
    precision: str, relatome: Relatome, tmp_path: Path
) -> None:
    found = tmp_path / "found.jsonl"
    ran = relatome("extract", EXAMPLES, "--precision", precision, "-o", found)
    assert ran.code == 0
    assert f"Precision {precision}0 as measured on biored:dev." in ran.err
    calibration = ModelFolder(find_model("small")).settings.calibration
    assert calibration is not None
    level = calibration.level(float(precision))
    assert level is not None
    kept = [relation for document in read(found) for relation in document.relations]
    assert kept
    for relation in kept:
        least = calibration.thresholds(relation.type).scores[level]
        assert least is not None
        assert relation.score is not None
        assert relation.score >= least
    every = [r for d in load(tagger=GIVEN)(read(EXAMPLES)) for r in d.relations]
    assert len(kept) < len(every)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("x", "--format", "pdf"),
        ("x", "--precision", "int8"),
        ("x", "--predicates", "umls"),
        ("x", "--min-score", "2"),
        ("x", "--min-score", "-1"),
        ("x", "--min-score", "much"),
        ("x", "--threads", "0"),
        ("x", "--weights", "int4"),
        ("x", "--on-error", "ignore"),
        ("x", "--nosuch"),
    ],
    ids=" ".join,
)
def test_misuse(arguments: tuple[str, ...], relatome: Relatome) -> None:
    assert relatome("extract", *arguments).code == 2


def test_an_unknown_model_is_misuse(relatome: Relatome, source: Path) -> None:
    ran = relatome("extract", source, "--model", "no-such-model")
    assert ran.code == 2
    assert "[R513]" in ran.err


def _change(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    return change


def _only_a_pickle(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({}))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda f: (f / "pairs.onnx").unlink(), "R507"),
        (lambda f: (f / "model.json").unlink(), "R507"),
        (_change("encoder.fp32.onnx"), "R510"),
        (_change("tokenizer.json"), "R510"),
        (lambda f: (f / "model.json").write_bytes(b"\xff"), "R509"),
        (_only_a_pickle, "R508"),
    ],
    ids=["no pairs", "no manifest", "encoder", "tokenizer", "manifest", "pickle"],
)
def test_a_damaged_model_is_one_line(
    damage: Callable[[Path], object],
    code: str,
    relatome: Relatome,
    source: Path,
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    damage(folder)
    ran = relatome("extract", source, "--model", folder, "--weights", "fp32")
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert line.startswith(f"error: [{code}] {folder}")


def test_a_reader_that_goes_away_is_no_error(source: Path, tiny_model: Path) -> None:
    arguments = ["relatome", "extract", str(source), "--model", str(tiny_model)]
    code = f"import sys; sys.argv = {arguments!r}; from relatome.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.wait()


def test_formats_offered_are_formats_there_are(relatome: Relatome) -> None:
    ran = relatome("extract", "x", "--format", "nosuch")
    assert "[R125] there is no output format 'nosuch'" in ran.err
    offered = set(re.findall(r"[a-z0-9-]+", ran.err.partition("Known: ")[2]))
    assert offered == {"table", *formats.WRITABLE, *formats.ANSWERS} - {"text"}
