"""IOB: sentences with labels become documents with mentions."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from relatome.errors import RelatomeError
from relatome.formats.iob import read_iob

TEXT = """#split train
KCN9\tB-Gene\tO
raises\tO\tO
heart\tO\tB-Disease
rate\tO\tI-Disease

TPO2\tI-Gene\tO
TPO3\tB-Gene\tO
"""


def test_sentences_become_documents(tmp_path: Path) -> None:
    path = tmp_path / "small.iob.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    first, second = read_iob(path)
    assert (first.id, first.text) == ("small:1", "KCN9 raises heart rate")
    assert [(m.text, m.type) for m in first.mentions] == [
        ("KCN9", "Gene"),
        ("heart rate", "Disease"),
    ]
    assert [m.text for m in second.mentions] == ["TPO2", "TPO3"]
    assert first.infons == {"split": "train"}
    for each in (first, second):
        each.check()


@pytest.mark.parametrize("text", ["a\n", "a\tO\nb\tO\tO\n"])
def test_a_line_that_does_not_fit(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.iob"
    path.write_text(text)
    with pytest.raises(RelatomeError) as caught:
        list(read_iob(path))
    assert caught.value.code == "R164"


@pytest.mark.parametrize("content", [gzip.compress(b"a\tO\n", mtime=0)[:-4], b"no gzip"])
def test_a_file_that_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.iob.gz"
    path.write_bytes(content)
    with pytest.raises(RelatomeError, match=r"bad\.iob\.gz"):
        list(read_iob(path))
    with pytest.raises(RelatomeError, match="nosuch"):
        list(read_iob(tmp_path / "nosuch"))
