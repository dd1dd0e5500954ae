"""Which files are meant, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from relatome.errors import UsageError
from relatome.scale.inputs import find_inputs


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "updates/p2.xml.gz",
        "updates/p1.xml.gz",
        "updates/p1.xml.gz.md5",
        "baseline/b/z.jsonl",
        "baseline/a.txt",
        "baseline/.hidden.txt",
        "baseline/.git/c.txt",
        "baseline/out/documents/d.jsonl",
        "single.pubtator",
        "odd.name",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(place: Path, *named: str) -> list[str]:
    paths, _ = find_inputs(named, place / "baseline" / "out")
    return [str(path.relative_to(place)) for path in paths]


def test_arguments_keep_their_order_and_what_they_hold_is_sorted(place: Path) -> None:
    assert found(place, "updates", "baseline/", "single.pubtator") == [
        "updates/p1.xml.gz",
        "updates/p2.xml.gz",
        "baseline/a.txt",
        "baseline/b/z.jsonl",
        "single.pubtator",
    ]
    assert find_inputs(["updates"], place / "out").passed_over == {".md5": 1}


def test_a_file_that_is_named_is_taken_whatever_its_name_and_once(place: Path) -> None:
    assert found(place, "odd.name", "./odd.name", str(place / "odd.name")) == ["odd.name"]


def test_patterns_and_lists(place: Path) -> None:
    assert found(place, "**/*.xml.gz") == ["updates/p1.xml.gz", "updates/p2.xml.gz"]
    (place / "list.txt").write_text("\ufeff# the second first\nupdates/p2*\n\n  baseline\n")
    assert found(place, "@list.txt") == [
        "updates/p2.xml.gz",
        "baseline/a.txt",
        "baseline/b/z.jsonl",
    ]


def test_what_is_not_there_is_named(place: Path) -> None:
    for name in ("absent", "*.absent", "@absent"):
        with pytest.raises(UsageError, match=r"R901.*absent"):
            found(place, name)
    (place / "empty").mkdir()
    (place / "empty.txt").write_text("# nothing\n")
    for name in ("empty", "@empty.txt"):
        with pytest.raises(UsageError, match=r"R900.*empty"):
            found(place, name)
    (place / "bytes.txt").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"R902.*bytes.txt"):
        found(place, "@bytes.txt")


def test_brat_is_refused(place: Path) -> None:
    (place / "baseline" / "b" / "y.ann").touch()
    for name in ("baseline", "baseline/b/y.ann", "**/*.ann"):
        with pytest.raises(UsageError, match=r"R903.*y.ann"):
            found(place, name)


def test_a_folder_without_permission_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = os.scandir

    def refuse(path: str) -> object:  # root may read everything, so the system is played
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", str(path))
        return kept(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match=r"R902.*/b cannot be read: Permission denied"):
        found(place, "baseline")


def test_names_that_no_file_can_have(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"R902.*File name too long"):
        found(place, "a" * 5000)
    kept = os.stat

    def refuse(path: object, **options: object) -> object:  # as above
        if str(path).endswith("closed/a.txt"):
            raise PermissionError(13, "Permission denied", str(path))
        return kept(path, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(UsageError, match=r"R902.*closed/a.txt cannot be read: Permission denied"):
        found(place, "closed/a.txt")


def test_a_name_that_is_not_utf8_is_refused(place: Path) -> None:
    try:
        Path(os.fsdecode(b"caf\xe9.txt")).touch()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    with pytest.raises(UsageError, match=r"R902.*caf\\udce9.txt.*rename it"):
        found(place, ".")
