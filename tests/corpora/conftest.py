"""A tiny corpus of our own, registered for a test like the published ones."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from relatome.corpora import CORPORA, Corpus
from relatome.corpora.corpus import CorpusFile, Download, SplitEntry
from relatome.data.schema import BIORED

TRAIN = b"""\
1|t|Glumipride lowers ketone bodies.
1|a|In mice, glumipride lowered ketosis.
1\t0\t10\tGlumipride\tChemical\tC1
1\t61\t68\tketosis\tDisease\tD1
1\tNegative_Correlation\tC1\tD1\tNovel

"""
TEST = b"""\
2|t|Ketosis in KCN9 carriers.
2|a|KCN9 was linked to ketosis.
2\t0\t7\tKetosis\tDisease\tD1
2\t11\t15\tKCN9\tGene\t99
2\tAssociation\t99\tD1\tNo

"""


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    """The checksum as the registry writes it."""
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="session")
def archive() -> bytes:
    """The archive of the tiny corpus."""
    return zipped({"Tiny/Train.PubTator": TRAIN, "Tiny/Test.PubTator": TEST})


@pytest.fixture
def tiny(archive: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """The tiny corpus, registered; the search path is empty but for its own directories."""
    entry = Corpus(
        name="tiny",
        title="Two abstracts of our own",
        citation="Nobody, 2026.",
        licence="CC0",
        terms="Do what you like.",
        licence_url="https://example.org/cc0",
        homepage="https://example.org/tiny/",
        schema=BIORED,
        format="pubtator",
        splits=(
            SplitEntry("train", "train", 1, (CorpusFile("Tiny/Train.PubTator", sha256(TRAIN)),)),
            SplitEntry("test", "test", 1, (CorpusFile("Tiny/Test.PubTator", sha256(TEST)),)),
        ),
        folders=("tiny", "tiny_old"),
        downloads=(Download("https://example.org/TINY.zip", sha256(archive), len(archive)),),
    )
    monkeypatch.setitem(CORPORA, "tiny", entry)
    monkeypatch.delenv("RELATOME_CORPORA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return entry
