"""The published corpora and the services' samples: read as they are, and through every format."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from relatome.data.document import Document
from relatome.data.schema import BIORED
from relatome.errors import InputError
from relatome.formats import read, read_stream
from tests.formats.examples import read_bytes, written
from tests.formats.strategies import bare

SPLITS = ("Train", "Dev", "Test")


@pytest.fixture(scope="module")
def biored(corpora_dir: Path) -> dict[str, list[Document]]:
    """BioRED's 600 documents as each of its three formats has them."""
    found: dict[str, list[Document]] = {}
    with zipfile.ZipFile(corpora_dir / "biored" / "BIORED.zip") as archive:
        for ending in ("PubTator", "BioC.XML", "BioC.JSON"):
            found[ending] = []
            for split in SPLITS:
                content = archive.read(f"BioRED/{split}.{ending}")
                found[ending] += read_stream(io.BytesIO(content), split, schema=BIORED)
    return found


def test_biored_is_whole(biored: dict[str, list[Document]]) -> None:
    documents = biored["PubTator"]
    relations = [relation for document in documents for relation in document.relations]
    assert len(documents) == 600
    assert sum(len(document.mentions) for document in documents) == 20_419
    assert len(relations) == 6_503
    assert Counter(relation.novel for relation in relations) == {True: 4_532, False: 1_971}


def test_biored_is_the_same_in_its_three_formats(biored: dict[str, list[Document]]) -> None:
    expected = [bare(document) for document in biored["PubTator"]]
    for documents in biored.values():
        assert [bare(document) for document in documents] == expected


@pytest.mark.parametrize("format", ["pubtator", "bioc-xml", "bioc-json", "jsonl"])
def test_biored_through_every_format(biored: dict[str, list[Document]], format: str) -> None:
    content, report = written(biored["PubTator"], format)
    assert not report.lost
    assert read_bytes(content) == biored["PubTator"]


def test_biored_from_xml_is_written_as_its_own_pubtator_file(corpora_dir: Path) -> None:
    with zipfile.ZipFile(corpora_dir / "biored" / "BIORED.zip") as archive:
        documents = read_bytes(archive.read("BioRED/Dev.BioC.XML"))
        published = archive.read("BioRED/Dev.PubTator").replace(b"\r\n", b"\n")
    assert written(documents, "pubtator")[0] == published


def test_bioredirect_roles(corpora_dir: Path) -> None:
    folder = corpora_dir / "biored_bc8"
    files = ("bioredirect_train_dev.pubtator.gz", "bioredirect_test.pubtator.gz")
    roles = [
        sum(r.subject is not None for document in read(folder / file) for r in document.relations)
        for file in files
    ]
    assert roles == [4_798, 1_045]
    documents = list(read(folder / files[1]))
    for format in ("pubtator", "bioc-xml", "bioc-json"):
        assert read_bytes(written(documents, format)[0]) == documents


@pytest.mark.parametrize(
    ("file", "mentions", "relations"),
    [("Training", 9_385, 1_038), ("Development", 9_591, 1_012), ("Test", 9_809, 1_066)],
)
def test_bc5cdr(corpora_dir: Path, file: str, mentions: int, relations: int) -> None:
    documents = list(read(corpora_dir / "bc5cdr" / f"CDR_{file}Set.PubTator.txt.gz"))
    assert len(documents) == 500
    assert sum(len(document.mentions) for document in documents) == mentions
    assert sum(len(document.relations) for document in documents) == relations
    content, report = written(documents, "pubtator")
    assert not report.lost
    assert read_bytes(content) == documents


def test_bc5cdr_bioc_names_its_shifted_offsets(corpora_dir: Path) -> None:
    problems: list[InputError] = []
    path = corpora_dir / "bc5cdr" / "CDR_TrainingSet.BioC.xml.gz"
    documents = list(read(path, on_error=problems.append))
    assert len(documents) == 497
    assert sum(bool(m.fragments) for document in documents for m in document.mentions) > 50
    # Three documents have a piece of a mention one or two characters off.
    assert [(p.code, p.place.line, p.place.document) for p in problems] == [
        ("R104", 11_425, "20722491"),
        ("R104", 18_590, "11587867"),
        ("R104", 53_449, "15863244"),
    ]
    assert "'midline (MD) defects'" in problems[-1].what
    for format in ("bioc-xml", "bioc-json", "jsonl"):
        assert read_bytes(written(documents, format)[0]) == documents


@pytest.mark.parametrize(
    ("file", "documents", "problems"),
    [
        ("bc5cdr/CDR_DevelopmentSet.BioC.xml.gz", 499, [("R104", "6415512")]),
        ("bc5cdr/CDR_TestSet.BioC.xml.gz", 500, []),
        ("bc5cdr/CDR_sample.txt.gz", 49, [("R106", "2385256")]),
        (
            "pharmgkb/PharmGKB.partial.PubTator.gz",
            109,
            [
                ("R106", document)
                for document in (
                    "15077008",
                    "15761113",
                    "18055561",
                    "18349289",
                    "19617864",
                    "20348464",
                )
            ],
        ),
    ],
)
def test_what_published_files_contain(
    corpora_dir: Path, file: str, documents: int, problems: list[tuple[str, str]]
) -> None:
    found: list[InputError] = []
    assert len(list(read(corpora_dir / file, on_error=found.append))) == documents
    assert [(problem.code, problem.place.document) for problem in found] == problems


def test_pubtator3_exports(corpora_dir: Path) -> None:
    folder = corpora_dir / "pubtator_samples"
    (from_json,) = read(folder / "pubtator3.37026113_240614.json")
    (from_pubtator,) = read(folder / "pubtator3.37026113_240614.pubtator")
    assert from_json.text == from_pubtator.text
    assert [(m.span, m.type, m.entity_ids) for m in from_json.mentions] == [
        (m.span, m.type, m.entity_ids) for m in from_pubtator.mentions
    ]
    (relation,) = from_json.relations
    (expected,) = from_pubtator.relations
    assert {relation.head, relation.tail} == {expected.head, expected.tail}
    assert relation.score is not None

    problems: list[InputError] = []
    documents = list(read(folder / "pubtator3_200.biocjson.gz", on_error=problems.append))
    assert len(documents) == 197
    # Two annotations spell a Greek letter that the text has as "a" or "b"; one relation names a
    # gene without a mention.
    assert [(problem.code, problem.place.document) for problem in problems] == [
        ("R104", "40376969"),
        ("R104", "40543756"),
        ("R106", "41024483"),
    ]
    for format in ("bioc-xml", "bioc-json", "jsonl"):
        content, report = written(documents, format)
        assert not report.lost
        assert read_bytes(content) == documents
    for path in sorted((folder / "pubtator3_documents").iterdir()):
        (document,) = read(path)
        assert document.relations


def test_full_text_with_gaps_between_passages(corpora_dir: Path) -> None:
    (document,) = read(corpora_dir / "pubtator_samples" / "aioner_example_ex2_pmc.bioc.xml")
    assert len(document.passages) == 81
    assert document.passages[0].kind == "title"
    assert document.passages[0].infons["type"] == "front"
    for format in ("bioc-xml", "bioc-json", "jsonl"):
        assert read_bytes(written([document], format)[0]) == [document]
    (folded,) = read_bytes(written([document], "pubtator")[0])
    assert folded.text == document.text


@pytest.mark.parametrize(
    ("file", "documents"),
    [
        ("pubtator_samples/aioner_example_ex1.pubtator", 4),
        ("pubtator_samples/22429397_abstract_240916.pubtator", 1),
        ("disgenet/DisGeNET.PubTator.gz", 859),
        ("emu/BCa_db_novel_128.PubTator.gz", 58),
        ("emu/PCa_db_novel_51.PubTator.gz", 25),
    ],
)
def test_other_pubtator_files(corpora_dir: Path, file: str, documents: int) -> None:
    assert len(list(read(corpora_dir / file))) == documents
