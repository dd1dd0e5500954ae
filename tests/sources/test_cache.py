"""The cache: whole, damaged, old and shared records, and names that would lead out of it."""

from __future__ import annotations

import gzip
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.errors import WorkError
from relatome.sources import Cache
from relatome.sources.cache import user_directory


def only_file(cache: Cache) -> Path:
    (path,) = (path for path in cache.folder.rglob("*") if path.is_file())
    return path


def test_a_record_comes_back_and_leaves_one_file(cache: Cache) -> None:
    assert cache.load("pubmed", "12345") is None
    cache.store("pubmed", "12345", b"<x/>\n")
    cache.store("pubmed", "12345", b"<y/>\n")
    assert cache.load("pubmed", "12345") == b"<y/>\n"
    assert cache.load("pubtator3", "12345") is None
    assert only_file(cache).relative_to(cache.folder) == Path("pubmed/45/12345.gz")


def test_a_record_grows_too_old(cache: Cache) -> None:
    cache.store("pubmed", "1", b"x")
    later = Cache(
        cache.folder, max_age=timedelta(days=2), now=lambda: time.time() + 86_400 * 2 + 60
    )
    assert later.load("pubmed", "1") is None
    assert later.load("pubmed", "1", any_age=True) == b"x"
    sooner = Cache(cache.folder, max_age=timedelta(days=2), now=lambda: time.time() + 86_400)
    assert sooner.load("pubmed", "1") == b"x"


@pytest.mark.parametrize("place", [0, 12, 25, -9, -1])
def test_a_changed_byte_is_damage(cache: Cache, place: int) -> None:
    cache.store("pubmed", "1", os.urandom(200))
    content = bytearray(only_file(cache).read_bytes())
    content[place] ^= 0xFF
    only_file(cache).write_bytes(content)
    assert cache.load("pubmed", "1") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"relatome 1 pubmed 1\n" + b"x" * 5000, mtime=0)[:-20],
        gzip.compress(b"relatome 1 pubmed 2\nx", mtime=0),
        gzip.compress(b"x", mtime=0),
    ],
    ids=["empty", "plain", "cut", "of another record", "foreign"],
)
def test_what_is_no_whole_record_of_it_is_none(cache: Cache, content: bytes) -> None:
    cache.store("pubmed", "1", b"x")
    only_file(cache).write_bytes(content)
    assert cache.load("pubmed", "1") is None
    cache.store("pubmed", "1", b"again")
    assert cache.load("pubmed", "1") == b"again"


@pytest.mark.parametrize("name", ["", ".", "..", "../1", "a/b", "/etc/passwd", "1\n", "a\0", "ü"])
def test_no_name_leads_out(cache: Cache, name: str) -> None:
    for kind, id in ((name, "1"), ("pubmed", name)):
        with pytest.raises(ValueError, match="no name for a file"):
            cache.store(kind, id, b"x")
        with pytest.raises(ValueError, match="no name for a file"):
            cache.load(kind, id)


@given(st.text())
def test_every_path_stays_below_the_folder(name: str) -> None:
    cache = Cache(Path("/nowhere/cache"))
    try:
        path = cache._path("pubmed", name)
    except ValueError:
        return
    assert Path(os.path.normpath(path)) == path
    assert path.is_relative_to("/nowhere/cache/pubmed")


def test_readers_meet_whole_records_only(cache: Cache) -> None:
    """Writers and readers at the same record, as in several processes."""
    contents = [bytes([65 + i]) * 50_000 for i in range(4)]
    cache.store("pubmed", "1", contents[0])
    met: set[bytes | None] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            met.add(cache.load("pubmed", "1"))

    reader = threading.Thread(target=read)
    reader.start()
    for content in contents * 10:
        cache.store("pubmed", "1", content)
    done.set()
    reader.join()
    assert met
    assert met <= set(contents)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file")
    with pytest.raises(WorkError, match="cannot be written"):
        cache.store("pubmed", "1", b"x")
    assert cache.load("pubmed", "1") is None


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELATOME_CACHE", str(tmp_path))
    assert user_directory() == Cache().folder == tmp_path
    monkeypatch.delenv("RELATOME_CACHE")
    assert user_directory().parts[-2:] == ("relatome", "services")
