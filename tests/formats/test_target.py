"""Output files and folders: whole or not there."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relatome.data.document import Document, Passage
from relatome.errors import InputError, UsageError, WorkError
from relatome.formats import Problems, WriteReport, read, write
from relatome.formats.target import new_folder, replaced
from tests.formats.examples import DOCUMENTS, PUBTATOR, path_with


def _interrupted() -> Iterator[Document]:
    yield DOCUMENTS[0]
    raise KeyboardInterrupt


def test_a_file_appears_only_when_whole(tmp_path) -> None:
    target = path_with(tmp_path, "out.pubtator", b"old")
    with pytest.raises(KeyboardInterrupt):
        write(_interrupted(), target, "pubtator")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    write(DOCUMENTS, target, "pubtator")
    assert target.read_text() == PUBTATOR
    assert list(tmp_path.iterdir()) == [target]


def test_gzip_by_name_and_reproducible(tmp_path) -> None:
    targets = [tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.GZ"]
    for target in targets:
        write(DOCUMENTS, str(target), "jsonl")
    first, second = (target.read_bytes() for target in targets)
    assert first == second
    assert gzip.decompress(first).count(b"\n") == 2
    assert list(read(targets[0])) == list(DOCUMENTS)


def test_a_file_can_be_converted_onto_itself(tmp_path) -> None:
    path = path_with(tmp_path, "x", PUBTATOR.encode())
    write(read(path), path, "jsonl")
    assert list(read(path)) == list(DOCUMENTS)


def test_what_cannot_be_written_is_left_out_and_reported(tmp_path) -> None:
    odd = Document("a|b", (Passage("title", 0, "x", {"key": "value"}),))
    target = tmp_path / "x.pubtator"
    problems = Problems()
    report = write([odd, *DOCUMENTS], target, "pubtator", on_error=problems)
    assert report == WriteReport("pubtator", 2, 7, 2)
    (problem,) = problems.errors
    assert (problem.code, str(problem.place)) == ("R140", f"{target}, document a|b")
    with pytest.raises(InputError):
        write([odd], target, "pubtator")
    assert target.read_text() == PUBTATOR


def test_a_folder_that_is_not_there_and_a_format_that_is_not_known(tmp_path) -> None:
    with pytest.raises(WorkError) as caught:
        write(DOCUMENTS, tmp_path / "nowhere" / "x", "jsonl")
    assert caught.value.code == "R111"
    with pytest.raises(UsageError) as usage:
        write(DOCUMENTS, tmp_path / "x", "pdf")
    assert usage.value.code == "R125"
    assert os.listdir(tmp_path) == []


def test_a_closed_output_is_one_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="space"):
        write(DOCUMENTS, full, "jsonl")


def _interrupted_in(target: Path) -> None:
    with new_folder(target) as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt


def test_a_folder_appears_only_when_whole(tmp_path: Path) -> None:
    target = tmp_path / "a" / "new"
    with pytest.raises(KeyboardInterrupt):
        _interrupted_in(target)
    assert list((tmp_path / "a").iterdir()) == []
    with new_folder(target) as folder:
        (folder / "whole").write_text("x")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["whole"]
    with pytest.raises(UsageError, match="R156"), new_folder(target):
        pass
    with pytest.raises(UsageError, match="R156"), new_folder(target / "whole"):
        pass
    assert (target / "whole").read_text() == "x"
    with pytest.raises(WorkError, match="R111"), new_folder(target / "whole" / "below"):
        pass


def test_what_a_killed_process_left_is_removed_but_not_what_another_is_writing(
    tmp_path: Path,
) -> None:
    target, other = tmp_path / "a[b]", tmp_path / "a[b].other"
    writes = """
import sys, time
from pathlib import Path
from relatome.formats.target import new_folder
with new_folder(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("x")
    print("writing", flush=True)
    time.sleep(600)
"""
    running = []
    for path in (target, other, target):
        command = [sys.executable, "-c", writes, str(path)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stream = running[-1].stdout
        assert stream is not None
        assert stream.readline() == "writing\n"
    for process in running[:2]:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(list(tmp_path.iterdir())) == 3
    with new_folder(target) as folder:
        (folder / "whole").write_text("x")
    left = {path.name.rsplit(".", 2)[1] for path in tmp_path.glob(".*")}
    assert left == {str(process.pid) for process in running[1:]}
    running[2].kill()
    for process in running:
        process.communicate()


def test_an_empty_folder_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with new_folder(Path()) as folder:
        (folder / "whole").write_text("x")
    assert (tmp_path / "empty" / "whole").is_file()


def test_a_link_stays_and_leads_to_the_new_content(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "there" / "file")
    for content in (b"first", b"second"):
        with replaced(link) as stream:
            stream.write(content)
        assert link.is_symlink()
        assert (tmp_path / "there" / "file").read_bytes() == content


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read_end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with replaced(pipe) as stream:
        stream.write(b"content")
    assert os.read(read_end, 100) == b"content"
    os.close(read_end)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
    assert not pipe.is_file()
