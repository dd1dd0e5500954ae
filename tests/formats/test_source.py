"""Files that are missing, empty, packed, cut or damaged."""

from __future__ import annotations

import gzip
import io

import pytest

from relatome.errors import InputError, UsageError
from relatome.formats import read, read_stream, source
from tests.formats.examples import (
    DOCUMENTS,
    PUBTATOR,
    path_with,
    problems_of,
    read_bytes,
    whereabouts,
)

CONTENT = PUBTATOR.encode()


def test_gzip_is_recognized_by_content_whatever_the_name(tmp_path) -> None:
    packed = path_with(tmp_path, "plain.pubtator", gzip.compress(CONTENT))
    plain = path_with(tmp_path, "packed.pubtator.gz", CONTENT)
    assert list(read(packed)) == list(read(str(plain))) == list(DOCUMENTS)


def test_gzip_files_one_after_the_other_are_one_file() -> None:
    first, second = CONTENT.split(b"\n\n")[:2]
    content = gzip.compress(first + b"\n\n") + gzip.compress(second)
    assert read_bytes(content) == list(DOCUMENTS)


def test_a_byte_order_mark_is_dropped() -> None:
    assert read_bytes(b"\xef\xbb\xbf" + CONTENT) == list(DOCUMENTS)
    assert read_bytes(gzip.compress(b"\xef\xbb\xbf" + CONTENT)) == list(DOCUMENTS)


def test_a_stream_that_gives_little_at_a_time() -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self._rest = CONTENT

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:
            piece, self._rest = self._rest[:3], self._rest[3:]
            buffer[: len(piece)] = piece
            return len(piece)

    assert list(read_stream(Slow(), "slow")) == list(DOCUMENTS)


def test_missing_files_and_folders_are_misuse_at_once(tmp_path) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path / "nothing")
    assert caught.value.code == "R101"
    with pytest.raises(UsageError) as caught:
        read(tmp_path, format="pubtator")
    assert caught.value.code == "R127"
    with pytest.raises(UsageError) as caught:
        read(tmp_path)
    assert caught.value.code == "R154"
    assert f"{tmp_path}/*.txt" in caught.value.next_step
    with pytest.raises(UsageError) as caught:
        read(path_with(tmp_path, "x", CONTENT), format="pdf")
    assert caught.value.code == "R125"
    assert "pubtator, bioc-xml" in caught.value.next_step


@pytest.mark.parametrize("content", [b"", b" \r\n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_empty_files(content: bytes) -> None:
    documents, (problem,) = problems_of(content)
    assert documents == []
    assert whereabouts(problem) == ("R120", None, None)
    assert problem.place.path == "example"


def test_a_cut_gzip_file_is_reported_after_what_came_before() -> None:
    many = "".join(f"{i}|t|Title number {i}\n\n" for i in range(20_000)).encode()
    packed = gzip.compress(many)
    documents, (problem,) = problems_of(packed[: len(packed) // 2])
    assert 1_000 < len(documents) < 20_000
    assert [document.id for document in documents[:3]] == ["0", "1", "2"]
    assert documents[-1].text == f"Title number {len(documents) - 1}"
    assert problem.code == "R123"
    with pytest.raises(InputError, match="ends in the middle"):
        read_bytes(packed[:-4])


def test_a_damaged_gzip_file() -> None:
    packed = bytearray(gzip.compress(CONTENT))
    packed[len(packed) // 2] ^= 0xFF
    _, (problem,) = problems_of(bytes(packed))
    assert problem.code == "R121"
    _, (problem,) = problems_of(gzip.compress(CONTENT) + b"rubbish")
    assert problem.code == "R121"


def test_bytes_that_are_not_utf8_cost_one_document() -> None:
    first, second = CONTENT.split(b"\n\n")[:2]
    bad = first.replace(b"pain\t", b"p\xe4in\t")
    documents, (problem,) = problems_of(bad + b"\n\n" + second)
    assert documents == [DOCUMENTS[1]]
    assert (problem.code, problem.place.line) == ("R122", 6)
    assert "0xe4" in problem.what


@pytest.mark.parametrize("format", ["pubtator", "jsonl", "text", "bioc-json", "bioc-xml"])
def test_a_document_beyond_the_limit_is_refused(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("source", "pubtator", "text", "bioc_json", "xml_stream"):
        monkeypatch.setattr(f"relatome.formats.{module}.MAX_DOCUMENT_BYTES", 200_000)
    long = b"word " * 100_000
    content = {
        "pubtator": b"1|t|" + long,
        "jsonl": b'{"id": "' + long,
        "text": long,
        "bioc-json": b'{"documents": [{"id": "' + long,
        "bioc-xml": b"<collection><document><id>" + long,
    }[format]
    documents, (problem,) = problems_of(content, format)
    assert documents == []
    assert problem.code == "R126"


def test_many_short_lines_of_one_document_are_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relatome.formats.pubtator.MAX_DOCUMENT_BYTES", 2_000)
    content = b"1|t|Gene\n" + b"1\t0\t4\tGene\tGene\t1\n" * 1_000
    _, (problem,) = problems_of(content)
    assert problem.code == "R126"


def test_the_limit_is_generous() -> None:
    assert source.MAX_DOCUMENT_BYTES == 64 * 1024 * 1024
    (document,) = read_bytes(b"1|t|" + b"Gene " * 40_000 + b"\n1\t0\t4\tGene\tGene\t1\n")
    assert len(document.text) == 200_000
