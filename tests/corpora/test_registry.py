from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from relatome.corpora import (
    CORPORA,
    Corpus,
    copies,
    corpus,
    data_hash,
    directories,
    load,
    names_corpus,
    parts,
    present,
)
from relatome.corpora.places import user_directory
from relatome.data import Document, Mention, Passage
from relatome.data.schemas import SCHEMAS
from relatome.errors import InputError, UsageError

from .conftest import TEST, TRAIN, zipped


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name",
    [
        "tiny/Tiny/Train.PubTator",
        "tiny/Tiny/Train.PubTator.gz",
        "tiny/Train.PubTator",
        "tiny/Train.PubTator.gz",
        "tiny_old/Train.PubTator.gz",
    ],
)
def test_every_documented_layout_is_read(tiny: Corpus, tmp_path: Path, name: str) -> None:
    put(tmp_path / name, gzip.compress(TRAIN) if name.endswith(".gz") else TRAIN)
    split = load("tiny", "train", tmp_path)
    assert (split.name, split.role) == ("tiny:train", "train")
    assert [document.id for document in split.documents] == ["1"]


def test_the_archive_is_read_without_unpacking(
    tiny: Corpus, archive: bytes, tmp_path: Path
) -> None:
    put(tmp_path / "tiny/TINY.zip", archive)
    assert [d.id for d in load("tiny", "test", tmp_path).documents] == ["2"]
    (copy,) = copies(tiny, tiny.splits[1], tmp_path) or ()
    assert str(copy) == f"{tmp_path / 'tiny/TINY.zip'}:Tiny/Test.PubTator"


def test_types_are_the_schemas_own(tiny: Corpus, tmp_path: Path) -> None:
    put(tmp_path / "tiny/Train.PubTator", TRAIN)
    (document,) = load("tiny", "train", tmp_path).documents
    assert [m.type for m in document.mentions] == ["ChemicalEntity", "DiseaseOrPhenotypicFeature"]


def test_search_order_is_argument_environment_user_folder(
    tiny: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATOME_CORPORA", str(tmp_path / "environment"))
    order = [tmp_path / "argument", tmp_path / "environment", user_directory()]
    assert directories(tmp_path / "argument") == order
    for parent in reversed(order):
        put(parent / "tiny/Train.PubTator", TRAIN)
        (copy,) = copies(tiny, tiny.splits[0], tmp_path / "argument") or ()
        assert copy.path == parent / "tiny/Train.PubTator"


def test_a_missing_corpus_says_what_was_sought_where(tiny: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load("tiny", "train", tmp_path)
    message = str(caught.value)
    assert "TINY.zip or Tiny/Train.PubTator" in message
    assert str(tmp_path / "tiny") in message
    assert str(user_directory() / "tiny_old") in message
    assert "`relatome corpora get tiny`" in message


def test_a_corpus_without_an_address_says_where_to_put_it(
    tiny: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CORPORA, "tiny", msgspec.structs.replace(tiny, downloads=()))
    with pytest.raises(UsageError, match=r"Download it from https://example\.org/tiny/ into "):
        load("tiny", "train", tmp_path)


def test_unknown_names_list_the_known_ones(tiny: Corpus) -> None:
    with pytest.raises(UsageError, match=r"R801.*'biord'.*biored"):
        load("biord", "train")
    for split in ("dev", ""):
        with pytest.raises(UsageError, match=rf"R802.*'{split}'.*train, test"):
            load("tiny", split)


def test_an_altered_file_is_refused(tiny: Corpus, tmp_path: Path) -> None:
    put(tmp_path / "tiny/Train.PubTator", TRAIN.replace(b"Novel", b"No"))
    with pytest.raises(InputError, match=r"R804.*SHA-256"):
        load("tiny", "train", tmp_path)


def test_damaged_archives_are_named(tiny: Corpus, archive: bytes, tmp_path: Path) -> None:
    target = tmp_path / "tiny/TINY.zip"
    for content in (archive[:-30], b"", b"not a zip", zipped({"Tiny/Other": TEST})):
        put(target, content)
        with pytest.raises(InputError, match=r"R805.*TINY\.zip"):
            load("tiny", "train", tmp_path)


def test_a_cut_gzip_is_named(tiny: Corpus, tmp_path: Path) -> None:
    put(tmp_path / "tiny/Train.PubTator.gz", gzip.compress(TRAIN)[:-12])
    with pytest.raises(InputError, match=r"R805.*Train\.PubTator\.gz"):
        load("tiny", "train", tmp_path)


def test_parts_reads_a_corpus_and_its_split(tiny: Corpus) -> None:
    assert [s.name for s in parts("tiny")[1]] == ["train", "test"]
    assert [s.name for s in parts("tiny:test")[1]] == ["test"]


def test_what_is_meant_as_a_corpus(
    tiny: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("tiny", "tiny:train", "TINY:test", "biorex:train", "my/own.toml", "own.toml:dev"):
        assert names_corpus(name), name
    for name in ("tiny.pubtator", "./tiny", "mini:train", ""):
        assert not names_corpus(name), name
    put(tmp_path / "tiny", b"a file of that name")
    assert not names_corpus("tiny")
    assert corpus("TINY") is tiny


def test_present_lists_what_is_there(tiny: Corpus, tmp_path: Path) -> None:
    put(tmp_path / "tiny/Test.PubTator", TEST)
    assert [(c.name, s.name) for c, s in present(tmp_path)] == [("tiny", "test")]


def test_data_hash_names_content_and_order() -> None:
    one, two = (Document(id, (Passage("title", 0, "Text."),)) for id in "12")
    other = Document("1", (Passage("title", 0, "Text!"),))
    assert data_hash([one, two]) == data_hash(iter([one, two]))
    hashes = [data_hash(d) for d in ([], [one], [one, two], [two, one], [other])]
    assert len(set(hashes)) == len(hashes)


def test_data_hash_is_stable_between_processes() -> None:
    code = (
        "from relatome.corpora import data_hash; from relatome.data import *;"
        "print(data_hash([Document('1', (Passage('title', 0, 'T', {'b': '1', 'a': '2'}),))]))"
    )
    seeds = ("1", "2")
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in seeds
    }
    assert len(runs) == 1


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_every_entry_is_complete(name: str) -> None:
    entry = CORPORA[name]
    assert entry.name == name
    assert entry.title
    assert entry.citation
    assert entry.terms
    assert entry.licence_url.startswith("https://")
    assert entry.homepage.startswith("https://")
    assert entry.schema in SCHEMAS.values()
    assert len({split.name for split in entry.splits}) == len(entry.splits)
    files = {(file.path, file.sha256) for split in entry.splits for file in split.files}
    archives = {(download.name, download.sha256) for download in entry.downloads}
    for download in entry.downloads:
        assert download.url.startswith("https://")
        assert download.bytes > 0
    # A file may be read by several splits, and may be fetched as it is.
    names = {(path.rsplit("/", 1)[-1], sha256) for path, sha256 in files} | archives
    assert len({path for path, _ in files}) == len(files)
    assert len({sha256 for _, sha256 in names}) == len(names)
    assert all(len(sha256) == 64 and int(sha256, 16) for _, sha256 in names)


def test_an_empty_fine_type_leaves_the_hash_as_it_was() -> None:
    def made(**extra: str) -> Document:
        mention = Mention("m", 0, 4, "Text", "Gene", **extra)
        return Document("1", (Passage("title", 0, 'Text,"fine_type":""'),), (mention,))

    assert data_hash([made()]).startswith("249b6a0ac64ba872")
    assert data_hash([made()]) != data_hash([made(fine_type="GENE-Y")])
