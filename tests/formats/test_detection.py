"""Formats recognized by content, and asked for by file name."""

from __future__ import annotations

import gzip

import pytest

from relatome.errors import InputError
from relatome.formats import WRITABLE, detect, format_of_name
from tests.formats.examples import DOCUMENTS, FULL, STREAMS, read_bytes, written


@pytest.mark.parametrize("format", [format for format in STREAMS if format != "text"])
@pytest.mark.parametrize("name", ["x", "x.txt", "x.foo.gz"])
def test_what_is_written_is_recognized(format: str, name: str) -> None:
    content, _ = written([FULL, *DOCUMENTS], format)
    assert detect(content, name) == format
    assert detect(b"\n\n" + content[:200], name) == format
    assert len(read_bytes(gzip.compress(content), name)) == 3


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        (b"1|t|title", "", "pubtator"),
        (b"BC8_Doc0|t|title|with bars", "x.txt", "pubtator"),
        (b"1|a|abstract before title", "x.txt", None),
        (b"1\t0\t6\tGene A\tGene\t10", "x.txt", None),
        (b"Some words.", "x.txt", "text"),
        (b"Some words.", "-", "text"),
        (b"Some words.", "README", "text"),
        (b"Some words.", "x.pubtator", None),
        (b"Some words.", "x.txt.gz", "text"),
        (b"%PDF-1.4", "x.pdf", None),
        (b"\x7fELF\0\0", "-", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "x", None),
        (b'{"id": "1", "passages": []}', "", "jsonl"),
        (b'{"passages": [{"offset": 0, "kind": "title", "text": ""}], "id": "1"}', "", "jsonl"),
        (b'{"id": "1", "passages": [{"kind": "title", "offset"', "", "jsonl"),
        (b'{"id": "1", "passages": [{"offset": 0, "text": ""}]}', "", "bioc-json"),
        (b'{\n "id": "1",\n "passages": [\n', "", "bioc-json"),
        (b'{"documents": []}', "", "bioc-json"),
        (b'{"PubTator3": [{"_id": ', "", "bioc-json"),
        (b'[{"id": "1", "passages": [', "", "bioc-json"),
        (b'{"model": "small"}', "", None),
        (b'{"model": "small"}', "x.jsonl", "jsonl"),
        (b'{"id": "1", "title": "T", "abstract": "A"}\n{"id"', "x.json", "jsonl"),
        (b'{"pmid": 1, "text": null}', "-", "jsonl"),
        (b'{"id": "1", "text": "A"}\n{"id": "2", "passages": [{"offset"', "", "jsonl"),
        (b'{"id": "1", "abstract": "A text that is longer than what is looked', "", "jsonl"),
        (b'{"documents": [{"id": "1", "passages": [{"text": "A"}]}]}', "", "bioc-json"),
        (b'{\n "id": "1",\n "title": "T"', "", None),
        (b"[1, 2]", "", None),
        (b"{", "", None),
        (
            b"<?xml version='1.0'?><!DOCTYPE collection SYSTEM 'BioC.dtd'><collection>",
            "",
            "bioc-xml",
        ),
        (b"<!-- x --><document>", "", "bioc-xml"),
        (b"<SomeArticleSet><collection>", "", None),
        (b"<html>", "x.txt", None),
        (b"", "", None),
    ],
)
def test_first_bytes(content: bytes, name: str, format: str | None) -> None:
    assert detect(content, name) == format


def test_an_unrecognized_file_says_how_it_begins() -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(b"\x7fELF-1.4 \xff\xff" + b"x" * 500, "program.o")
    assert caught.value.code == "R124"
    assert "ELF-1.4" in caught.value.what
    # Most commands have no --from.
    assert "relatome convert --from FORMAT" in caught.value.next_step
    assert "pubtator, bioc-xml" in caught.value.next_step
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("format", [None, "text", "pubtator"])
def test_text_in_another_unicode_encoding_says_how_to_convert_it(
    encoding: str, format: str | None
) -> None:
    content = "\ufeffAspirin relieves pain.".encode(encoding)
    with pytest.raises(InputError) as caught:
        read_bytes(content, "note.txt", format=format)
    name = encoding[:6].upper()
    assert caught.value.code == "R128"
    assert caught.value.what == f"the text is {name}, not UTF-8."
    assert f"iconv -f {name} -t UTF-8 OLD > NEW" in caught.value.next_step


@pytest.mark.parametrize("format", [None, "bioc-xml"])
def test_xml_may_be_utf16(format: str | None) -> None:
    content, _ = written(DOCUMENTS, "bioc-xml")
    spelled = content.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read_bytes(spelled.encode("utf-16"), format=format) == list(DOCUMENTS)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.4 only letters", "a PDF file"),
        (b"PK\x03\x04\x14\0\0\0word/document.xml\0", "a Word document (.docx)"),
        (b"PK\x03\x04\x14\0\0\0notes.txt\0", "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "an older Word"),
        (b"{\\rtf1\\ansi Aspirin}", "RTF"),
    ],
)
def test_a_file_that_is_no_text_says_what_it_is(content: bytes, what: str) -> None:
    for packed in (content, gzip.compress(content)):
        with pytest.raises(InputError) as caught:
            read_bytes(packed, "paper.txt")
        assert caught.value.code == "R129"
        assert what in caught.value.what
        assert "Export its text" in caught.value.next_step


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.pubtator", "pubtator"),
        ("a.PubTator.txt.gz", "pubtator"),
        ("folder.xml/a.txt", "text"),
        ("a.BioC.XML", "bioc-xml"),
        ("a.json.gz", "bioc-json"),
        ("a.jsonl", "jsonl"),
        ("a.tsv", "tsv"),
        ("a.doc", None),
        ("a", None),
        ("-", None),
    ],
)
def test_names(name: str, format: str | None) -> None:
    assert format_of_name(name) == format
    assert format is None or format in WRITABLE
