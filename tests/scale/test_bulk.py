"""A scan as a whole: what comes of it, of running it again, and of everything in its way."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from relatome.errors import UsageError, WorkError
from relatome.formats import jsonl, write
from relatome.graph.tables import DELETIONS, DOCUMENTS, ENTITIES, ERRORS, RELATIONS, SCHEMAS
from relatome.scale import ScanReport, State
from relatome.scale.bulk import carry_out
from relatome.scale.manifest import Manifest
from relatome.scale.schedule import Ready
from relatome.scale.worker import Worker
from tests.formats.test_pubmed_xml import record, whole
from tests.scale.stub import StubWork, document, tables, write_inputs

Scan = Callable[..., ScanReport]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return write_inputs(tmp_path / "in")


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of these tests are not about processes: a worker in this one is quicker."""
    monkeypatch.setattr("relatome.scale.bulk.LocalEngine", _Inline)


class _Inline:
    most = 2

    def __init__(self, work: StubWork, identity: dict[str, object]) -> None:
        self._make = lambda: Worker(work, identity)  # type: ignore[arg-type]
        self._workers: dict[int, object] = {}
        self._events: list[tuple[int, object]] = []

    def start(self, worker: int) -> None:
        made = self._make()
        self._workers[worker] = made
        failure = made.begin()
        self._events.append((worker, failure or Ready()))

    def give(self, worker: int, task: object) -> None:
        made = self._workers[worker]
        self._events += [(worker, step) for step in made.do(task)]  # type: ignore[attr-defined]

    def events(self, timeout: float) -> list[tuple[int, object]]:
        found, self._events = self._events, []
        return found

    def close(self) -> None:
        pass


def rows(scan: Path, table: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for path in sorted((scan / table).iterdir()):
        found += pq.read_table(path).to_pylist()
    return found


def test_the_tables_say_what_was_read(tmp_path: Path) -> None:
    source = tmp_path / "one.jsonl"
    made = document("7", "Aspirin saves\n\nHearts and Aspirin.", year="1999", journal="J")
    write([made], source, "jsonl")
    report = carry_out(StubWork(), [str(source)], tmp_path / "out")
    (about,) = rows(tmp_path / "out", DOCUMENTS)
    assert about == {
        "document": "7",
        "version": 1,
        "position": 0,
        "title": "Aspirin saves",
        "journal": "J",
        "year": 1999,
        "retracted": False,
        "characters": 34,
        "entities": 2,
        "relations": 1,
    }
    first, second = rows(tmp_path / "out", ENTITIES)
    assert first["name"] == "Aspirin"
    assert first["mentions"] == [
        {"start": 0, "end": 7, "text": "Aspirin"},
        {"start": 26, "end": 33, "text": "Aspirin"},
    ]
    assert second["id"] == "hearts"
    (relation,) = rows(tmp_path / "out", RELATIONS)
    assert (relation["head"], relation["tail"], relation["type"]) == (
        "aspirin",
        "hearts",
        "Next_To",
    )
    assert relation["head_name"] == "Aspirin"
    assert relation["evidence"] == [{"start": 0, "end": 34, "text": made.text}]
    assert (relation["model"], relation["model_version"]) == ("stub", "1")
    assert report.summary()[0] == "1 shard of 1 done."
    for name, schema in SCHEMAS.items():
        path = tmp_path / "out" / name / "000000-one.jsonl.parquet"
        assert pq.read_schema(path).equals(schema)


def test_errors_are_rows_and_lose_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    texts = ["Alpha and Beta", "Bad one", "Odd one", "Gamma and Delta"]
    lines = [msg(str(n), text) for n, text in enumerate(texts)]
    lines.insert(1, b"{}\n")
    (source / "a.jsonl").write_bytes(b"".join(lines))
    (source / "empty.xml").touch()
    (source / "notes.docx").touch()
    report = carry_out(StubWork(), [str(source)], tmp_path / "out", max_error_rate=1)
    assert [d["position"] for d in rows(tmp_path / "out", DOCUMENTS)] == [0, 4]
    errors = rows(tmp_path / "out", ERRORS)
    assert [(e["document"], e["position"], e["line"], e["code"]) for e in errors] == [
        (None, 1, 2, "R137"),
        ("1", 2, 3, "R999"),
        ("2", 3, 4, "R916"),
        (None, 0, None, "R120"),
    ]
    assert errors[2]["reason"] == "an error nobody expected, ValueError: odd\nin two lines."
    assert report.counts.errors == 4
    said = "\n".join(report.summary())
    assert "4 records could not be used (1 × R137, 1 × R916, 1 × R999, 1 × R120)" in said
    assert "1 file of the input passed over (1 × .docx): no format" in said
    name = source / "a.jsonl"
    assert report.first_errors == [
        f"{name}:2: R137 this line is not a document: it has none of `passages`, `title`, "
        "`abstract`, `text`.",
        f"{name}:3: R999 this document is bad.",
        f"{name}:4: R916 an error nobody expected, ValueError: odd in two lines.",
        f"{source / 'empty.xml'}: R120 the file is empty.",
    ]
    assert f"errors:\n  {name}:2: R137 this" in said
    assert carry_out(StubWork(), [str(source)], tmp_path / "out", max_error_rate=1).summary() == [
        said.splitlines()[0][:-1] + ", 2 of them done before.",
        *said.splitlines()[1:],
    ]


def test_of_many_errors_the_first_are_shown(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for shard in range(3):
        (source / f"{shard}.jsonl").write_bytes(b"{}\n" * 2)
    for number in range(7):
        (source / f"{number}.x{number}").touch()
    (source / "README").touch()
    (source / "b.X5").touch()
    report = carry_out(StubWork(), [str(source)], tmp_path / "out", max_error_rate=1)
    assert [each.partition(": ")[0] for each in report.first_errors] == [
        f"{source}/{shard}.jsonl:{line}" for shard in range(3) for line in (1, 2)
    ][:5]
    said = "\n".join(report.summary())
    assert "errors, the first of them:\n" in said
    assert (
        "9 files of the input passed over (2 × .x5, 1 × no ending, 1 × .x0, 1 × .x1, 1 × .x2, …)"
        in said
    )


def msg(id: str, text: str) -> bytes:
    return jsonl.line(document(id, text))


def test_what_stands_before_damage_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    many = whole(*(record(str(n + 1)) for n in range(400)))
    packed = gzip.compress(many, mtime=0)
    (source / "cut.xml.gz").write_bytes(packed[: len(packed) * 9 // 10])
    broken = whole(*(record(str(n + 1)) for n in range(300)), "<b></c>", record("999"))
    (source / "wrong.xml").write_bytes(broken)
    carry_out(StubWork(), [str(source)], tmp_path / "out")
    cut, wrong = (pq.read_table(p) for p in sorted((tmp_path / "out" / DOCUMENTS).iterdir()))
    assert 300 <= len(cut) < 400
    assert wrong["document"].to_pylist() == [str(n + 1) for n in range(300)]
    codes = [(e["code"], e["position"]) for e in rows(tmp_path / "out", ERRORS)]
    assert codes == [("R123", len(cut)), ("R134", 300)]


def test_update_files_keep_versions_deletions_and_repeats(tmp_path: Path) -> None:
    gone = "<DeleteCitation><PMID>5</PMID><PMID>6</PMID></DeleteCitation>"
    bare = "<PubmedArticle><MedlineCitation><PMID>9</PMID><Article/></MedlineCitation>"
    content = whole(
        record("1"), record("1", version="2"), record("1"), f"{bare}</PubmedArticle>", gone
    )
    (tmp_path / "update.xml").write_bytes(content)
    report = carry_out(StubWork(), [str(tmp_path / "update.xml")], tmp_path / "out")
    found = rows(tmp_path / "out", DOCUMENTS)
    assert [(d["document"], d["version"], d["position"]) for d in found] == [
        ("1", 1, 0),
        ("1", 2, 1),
        ("1", 1, 2),
        ("9", 1, 3),
    ]
    assert found[3]["characters"] == 0
    assert rows(tmp_path / "out", DELETIONS) == [{"document": "5"}, {"document": "6"}]
    assert (report.counts.without_text, report.counts.deletions) == (1, 2)


def test_a_second_run_does_nothing_and_new_inputs_are_added(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    carry_out(StubWork(), [str(inputs)], out)
    before = tables(out)
    again = carry_out(StubWork(), [str(inputs)], out)
    assert (again.before, again.done) == (4, 0)
    assert again.counts.documents == 48
    (inputs / "part-9.jsonl").write_bytes(msg("new", "Alpha Beta"))
    more = carry_out(StubWork(), [str(inputs / "part-9.jsonl")], out)
    assert (more.before, more.done, more.shards) == (4, 1, 5)
    assert before.items() < tables(out).items()
    assert "000004-part-9.jsonl" in "".join(tables(out))
    (inputs / "part-5.jsonl").write_bytes(msg("late", "Alpha Beta"))
    with pytest.raises(UsageError, match=r"R908.*part-5.*part-9"):
        carry_out(StubWork(), [str(inputs)], out)


def test_what_is_damaged_is_done_again(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    carry_out(StubWork(), [str(inputs)], out)
    before = tables(out)
    (out / RELATIONS / "000001-part-1.jsonl.parquet").unlink()
    (out / ERRORS / "000002-part-2.jsonl.parquet").write_bytes(b"x")
    (out / "shards" / "000003-part-3.jsonl.json").write_bytes(b"{")
    report = carry_out(StubWork(), [str(inputs)], out)
    assert (report.before, report.done) == (1, 3)
    assert tables(out) == before


def test_another_command_is_refused_until_fresh(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    carry_out(StubWork(), [str(inputs)], out)
    before = tables(out)
    with pytest.raises(UsageError, match=r"R906.*option was as ever, is new"):
        carry_out(StubWork(option="new"), [str(inputs)], out)
    assert tables(out) == before
    carry_out(StubWork(option="new"), [str(inputs / "part-1.jsonl")], out, fresh=True)
    assert {Path(name).name for name in tables(out)} == {"000000-part-1.jsonl.parquet"}


def test_records_without_a_field_that_came_later_still_count(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    carry_out(StubWork(), [str(inputs)], out)
    for path in (out / "shards").iterdir():
        record = json.loads(path.read_bytes())
        assert record["tally"].pop("linked") == 0
        path.write_text(json.dumps(record))
    report = carry_out(StubWork(), [str(inputs)], out)
    assert (report.before, report.done) == (4, 0)


def test_changed_inputs_are_refused(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    carry_out(StubWork(), [str(inputs)], out)
    path = inputs / "part-2.jsonl"
    os.utime(path, (1, 1))
    assert carry_out(StubWork(), [str(inputs)], out).done == 0  # touched, not changed
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Alpha", b"Omega"))
    with pytest.raises(UsageError, match=r"R907.*part-2.*content is another"):
        carry_out(StubWork(), [str(inputs)], out)
    path.unlink()
    assert carry_out(StubWork(), [str(inputs / "part-1.jsonl")], out).done == 0
    (out / "shards" / "000002-part-2.jsonl.json").unlink()
    path.write_bytes(content + b"\n")
    with pytest.raises(UsageError, match=r"R907.*part-2.*bytes"):
        carry_out(StubWork(), [str(inputs)], out)


def test_a_pipe_is_refused(inputs: Path, tmp_path: Path) -> None:
    os.mkfifo(inputs / "part-5.jsonl")
    for named in (inputs, "/dev/null"):
        with pytest.raises(UsageError, match=r"R902.*no file"):
            carry_out(StubWork(), [str(named)], tmp_path / "out")


def test_a_manifest_of_another_version_is_refused(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    carry_out(StubWork(), [str(inputs)], out)
    path = out / "scan.json"
    written = path.read_bytes()
    path.write_bytes(written.replace(b'"format": 1', b'"format": 7, "new": []'))
    with pytest.raises(UsageError, match=r"R905.*format 7; this is relatome"):
        carry_out(StubWork(), [str(inputs)], out)
    path.write_bytes(b"[")
    with pytest.raises(UsageError, match="R905"):
        carry_out(StubWork(), [str(inputs)], out)
    assert carry_out(StubWork(), [str(inputs)], out, fresh=True).done == 4
    assert Manifest.decode(path.read_bytes(), path) == Manifest.decode(written, path)


def test_a_folder_of_something_else_is_left_alone(inputs: Path, tmp_path: Path) -> None:
    for fresh in (False, True):
        with pytest.raises(UsageError, match="R917"):
            carry_out(StubWork(), [str(inputs / "part-0.jsonl")], inputs, fresh=fresh)
    assert len(list(inputs.glob("*.jsonl"))) == 4


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("theirs", ["documents/thesis.txt", "documents/a/b", ".work/x\0other"])
def test_folders_of_something_else_keep_what_is_named_as_tables_are(
    theirs: str, fresh: bool, inputs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "home"
    for name in theirs.split("\0"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).touch()
    with pytest.raises(UsageError, match="R917"):
        carry_out(StubWork(), [str(inputs)], out, fresh=fresh)
    assert all((out / name).exists() for name in theirs.split("\0"))
    assert not (out / ".lock").exists()


def test_two_scans_cannot_share_a_folder(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with FileLock(out / ".lock"), pytest.raises(UsageError, match="R904"):
        carry_out(StubWork(), [str(inputs)], out)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file of one document and three lines that are none."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(msg("1", "Alpha Beta") + b"{}\n" * 3)
    return path


def test_too_many_errors_stop_the_run(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(WorkError, match=r"R910.*3 of 4 documents.*rate 0.5"):
        carry_out(StubWork(), [str(bad)], out)
    assert carry_out(StubWork(), [str(bad)], out, max_error_rate=0.75).before == 1


def test_after_too_many_errors_the_advice_leads_on(bad: Path, tmp_path: Path) -> None:
    """A shard with errors is done, so its corrected input is another: only --fresh takes it."""
    out = tmp_path / "out"
    with pytest.raises(WorkError, match=r"R910.*correct the input and begin anew with --fresh"):
        carry_out(StubWork(), [str(bad)], out)
    bad.write_bytes(msg("1", "Alpha Beta"))
    with pytest.raises(UsageError, match=r"R907.*if it was corrected, begin anew with --fresh"):
        carry_out(StubWork(), [str(bad)], out)
    assert carry_out(StubWork(), [str(bad)], out, fresh=True).counts.errors == 0


def test_what_killed_runs_left_is_removed(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for table in (*SCHEMAS, "shards"):  # a run that was killed before its manifest
        (out / table).mkdir(parents=True)
    left = out / ".work" / "other" / "000000-part-0.jsonl.0"
    left.mkdir(parents=True)
    (left / "documents.parquet").touch()
    carry_out(StubWork(), [str(inputs / "part-0.jsonl")], out)
    assert not (out / ".work").exists()
    left.mkdir(parents=True)
    (out / "shards" / ".000001-part-1.jsonl.json.part").touch()
    carry_out(StubWork(), [str(inputs)], out)
    assert not (out / ".work").exists()
    assert not list(out.rglob("*.part"))


def test_a_model_that_workers_lack_is_said(inputs: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=r"R915.*R999"):
        carry_out(StubWork(missing=True), [str(inputs)], tmp_path / "out")


def test_a_worker_with_another_model_is_refused() -> None:
    failure = Worker(StubWork(option="its own"), {"option": "ours"}).begin()
    assert failure is not None
    assert failure.fatal
    assert failure.error.code == "R915"
    assert "option was ours, is its own" in str(failure.error)
    assert Worker(StubWork(), {"option": "as ever"}).begin() is None


def test_an_input_that_cannot_be_read_is_given_up_and_the_others_are_done(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Path.open

    def failing(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "part-1.jsonl":
            raise PermissionError(13, "Permission denied")
        return kept(path, *arguments, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", failing)
        with pytest.raises(WorkError, match=r"R911.*1 of 4.*part-1.*R902.*Permission denied"):
            carry_out(StubWork(), [str(inputs)], tmp_path / "out")
    assert len(list((tmp_path / "out" / "shards").iterdir())) == 3
    assert carry_out(StubWork(), [str(inputs)], tmp_path / "out").done == 1


def test_of_many_shards_that_cannot_be_done_some_are_named(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4, 9):
        (inputs / f"part-{number}.jsonl").write_bytes(msg(str(number), "Alpha"))

    kept = Path.open

    def gone(path: Path, *arguments: object, **options: object) -> object:
        if path.parent == inputs:
            raise OSError(107, "Transport endpoint is not connected")
        return kept(path, *arguments, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", gone)
        with pytest.raises(WorkError, match=r"R911.*9 of 9.*part-4.jsonl and 4 more\. The first"):
            carry_out(StubWork(), [str(inputs)], tmp_path / "out")


def test_progress_is_told(inputs: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []

    def watch(state: State) -> None:
        seen.append((state.done, state.documents, state.errors))
        assert state.bytes_done <= state.bytes

    carry_out(StubWork(), [str(inputs)], tmp_path / "out", workers=1, watch=watch)
    assert seen[-1] == (4, 48, 4)
    assert seen == sorted(seen)


def full(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def test_a_full_disk_is_named_and_nothing_half_written_counts(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writing fails the same way."""
    source = write_inputs(tmp_path / "in", shards=2)
    lines = [msg(str(n), f"Alpha meets Beta{os.urandom(40).hex()}") for n in range(800)]
    (source / "part-2.jsonl").write_bytes(b"".join(lines))
    command = [sys.executable, "-m", "tests.scale.stub", str(tmp_path / "out"), str(source)]
    command += ["--workers", "1"]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=lambda: full(25_000)
    )
    assert ran.returncode == 1
    assert "error: [R909] there is no room left to write" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out" / "shards" / "000002-part-2.jsonl.json").exists()
    assert not (tmp_path / "out" / ".work").exists()
    done = carry_out(StubWork(), [str(source)], tmp_path / "out")
    assert done.before + done.done == 3
    carry_out(StubWork(), [str(source)], tmp_path / "unbroken")
    assert tables(tmp_path / "out") == tables(tmp_path / "unbroken")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_full_file_system(tmp_path: Path) -> None:
    source = write_inputs(tmp_path / "in", shards=3)
    lines = [msg(str(n), f"Alpha meets Beta{os.urandom(40).hex()}") for n in range(1200)]
    (source / "part-1.jsonl").write_bytes(b"".join(lines))
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=112k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        out = small / "out"
        with pytest.raises(WorkError, match=r"R909.*No space left on device"):
            carry_out(StubWork(), [str(source)], out)
        records = [path.name for path in (out / "shards").glob("*.json")]
        assert "000001-part-1.jsonl.json" not in records
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
        assert carry_out(StubWork(), [str(source)], out).before == len(records)
        carry_out(StubWork(), [str(source)], tmp_path / "unbroken")
        assert tables(out) == tables(tmp_path / "unbroken")
    finally:
        subprocess.run(["umount", str(small)], check=True)
