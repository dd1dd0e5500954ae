from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from relatome.corpora.unpack import MOST_BYTES, unpack
from relatome.errors import WorkError

from .conftest import zipped


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_files_and_folders_arrive(tmp_path: Path) -> None:
    archive = write(tmp_path / "a.zip", zipped({"a/": b"", "a/b/c.txt": b"C", "d.txt": b"D"}))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/d.txt").write_bytes(b"old")
    unpack(archive, tmp_path / "out")
    files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*")}
    assert files == {"a", "a/b", "a/b/c.txt", "d.txt"}
    assert (tmp_path / "out/d.txt").read_bytes() == b"D"


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:evil", "a/..", "./../evil"]
)
def test_members_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    archive = write(tmp_path / "a.zip", zipped({"good.txt": b"G", name: b"E"}))
    with pytest.raises(WorkError, match="R812") as caught:
        unpack(archive, tmp_path / "deep/out")
    assert repr(caught.value.values["member"]) in str(caught.value)
    assert list((tmp_path / "deep/out").iterdir()) == []
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo("link")
        member.external_attr = (kind | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(WorkError, match="R812"):
        unpack(write(tmp_path / "a.zip", buffer.getvalue()), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def claiming(size: int) -> bytes:
    """An archive of a few bytes whose directory says that its member has `size` bytes."""
    content = bytearray(zipped({"bomb": b"0" * 100}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = size.to_bytes(4, "little")
    return bytes(content)


def test_an_archive_that_claims_a_hundred_gigabytes_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(25):
            archive.writestr(f"bomb{number}", b"0")
    content = bytearray(buffer.getvalue())
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 24 : start + 28] = (4 * 1024**3 - 2).to_bytes(4, "little")
        start += 4
    with pytest.raises(WorkError, match=r"R813.*25 files of 107,374,182,350 bytes"):
        unpack(write(tmp_path / "a.zip", bytes(content)), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_member_larger_than_it_says_is_not_written(tmp_path: Path) -> None:
    # Inflates to 3 MB and says 5 bytes: reading stops there, and the checksum does not fit.
    content = bytearray(zipped({"bomb": b"0" * 3_000_000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(signature) + at
        content[start : start + 4] = (5).to_bytes(4, "little")
    with pytest.raises(WorkError, match="R811"):
        unpack(write(tmp_path / "a.zip", bytes(content)), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_one_member_over_the_bound_is_refused(tmp_path: Path) -> None:
    archive = write(tmp_path / "a.zip", claiming(MOST_BYTES + 1))
    with pytest.raises(WorkError, match="R813"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>not found</html>"])
def test_what_is_no_archive_is_an_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WorkError, match="R811"):
        unpack(write(tmp_path / "a.zip", content), tmp_path / "out")
