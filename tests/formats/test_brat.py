"""BRAT standoff: folders of text files with annotations beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from relatome.data.document import Document, Mention, Passage, Relation, Span
from relatome.data.schema import PairRule, Schema
from relatome.errors import InputError, UsageError
from relatome.formats import WriteReport, read, read_stream, write
from relatome.formats.brat.text import passages as passages_of
from tests.formats.examples import DOCUMENTS, FULL, whereabouts
from tests.formats.strategies import files

TEXT = """\
Glumipride in ketosis

Glumipride lowered ketones in the left and right lobe.
It was not harmful.
"""
ANNOTATIONS = """\
T1\tChemical 0 10\tGlumipride
T2\tDisease 14 21\tketosis
T3\tChemical 23 33\tGlumipride
T4\tLobe 57 61;72 76\tleft lobe
R1\tLowers Arg1:T1 Arg2:T2
R2\tPartOf Whole:T4 Part:T3
A1\tNovelty R1 No
A2\tScore R1 0.25
A3\tSubject R1 Arg1
A4\tEvidence R1 0-21;23-40
A5\tNegation R2
#1\tAnnotatorNotes T1\tas a salt
#2\tAnnotatorNotes T1\tsee T3
"""
NORMALIZED = (
    ANNOTATIONS
    + """\
N1\tReference T1 MESH:C000001\tglumipride
N2\tReference T3 MESH:C000001\tglumipride
N3\tReference T2 ID:D007662\tketosis
N4\tReference T4 UBERON:1\tlobe
N5\tReference T4 UBERON:2\tlobe
"""
)
SCHEMA = Schema(
    name="ours",
    entity_types={"Chemical": (), "Disease": ("Ketosis",), "Lobe": ()},
    labels=("Lowers", "PartOf"),
    pairs=(PairRule("Chemical", "Disease", ("Lowers",)),),
    ordered=False,
    unit="concept",
    scope="document",
    multi_label=False,
    novelty=False,
    prompt_word="relation",
    rule="biored-8",
)


def folder_of(path: Path, annotations: str | bytes = ANNOTATIONS, text: str | bytes = TEXT) -> Path:
    """A folder with one document, ``7``."""
    path.mkdir(exist_ok=True)
    for name, content in (("7.txt", text), ("7.ann", annotations)):
        (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_all(
    path: Path, schema: Schema | None = None
) -> tuple[list[Document], list[tuple[str, int | None, str | None]]]:
    """The documents of a path, and the whereabouts of its problems."""
    problems: list[InputError] = []
    documents = list(read(path, schema=schema, on_error=problems.append))
    return documents, [whereabouts(problem) for problem in problems]


def through(documents: Iterable[Document], folder: Path) -> tuple[list[Document], WriteReport]:
    """The documents after writing and reading, and the report on writing them."""
    report = write(documents, folder, "brat")
    return list(read(folder)), report


def test_a_document_without_identifiers_relates_mentions(tmp_path: Path) -> None:
    (document,) = read(folder_of(tmp_path))
    assert document == Document(
        "7",
        (
            Passage("title", 0, "Glumipride in ketosis"),
            Passage("text", 23, "Glumipride lowered ketones in the left and right lobe."),
            Passage("text", 78, "It was not harmful."),
        ),
        (
            Mention(
                "T1",
                0,
                10,
                "Glumipride",
                "Chemical",
                ("T1",),
                infons={"note": "as a salt; see T3"},
            ),
            Mention("T2", 14, 21, "ketosis", "Disease", ("T2",)),
            Mention("T3", 23, 33, "Glumipride", "Chemical", ("T3",)),
            Mention("T4", 57, 76, "left lobe", "Lobe", ("T4",), (Span(57, 61), Span(72, 76))),
        ),
        (
            Relation(
                "T1",
                "T2",
                "Lowers",
                0.25,
                False,
                subject="T1",
                evidence=(Span(0, 21), Span(23, 40)),
            ),
            Relation("T4", "T3", "PartOf", infons={"arguments": "Whole Part", "Negation": ""}),
        ),
    )


def test_a_document_with_identifiers_relates_concepts(tmp_path: Path) -> None:
    (document,) = read(folder_of(tmp_path, NORMALIZED))
    assert [m.entity_ids for m in document.mentions] == [
        ("MESH:C000001",),
        ("D007662",),
        ("MESH:C000001",),
        ("UBERON:1", "UBERON:2"),
    ]
    # A relation of a mention with two identifiers holds for both.
    assert [(r.head, r.tail, r.type) for r in document.relations] == [
        ("MESH:C000001", "D007662", "Lowers"),
        ("UBERON:1", "MESH:C000001", "PartOf"),
        ("UBERON:2", "MESH:C000001", "PartOf"),
    ]


def test_the_schema_decides_what_is_related(tmp_path: Path) -> None:
    path = folder_of(tmp_path, NORMALIZED)
    by_mention = msgspec.structs.replace(SCHEMA, unit="mention")
    (document,) = read(path, schema=by_mention)
    assert document.mentions[3].entity_ids == ("T4",)
    assert document.mentions[3].infons == {"identifier": "UBERON:1,UBERON:2"}
    folder_of(path, ANNOTATIONS)
    documents, problems = read_all(path, SCHEMA)
    assert (documents, problems) == ([], [("R152", 5, "7")])


def test_types_and_labels_go_through_the_schema(tmp_path: Path) -> None:
    path = folder_of(tmp_path, NORMALIZED.replace("Disease 14", "ketosis 14"))
    (document,) = read(path, schema=SCHEMA)
    assert document.mentions[1].type == "Disease"
    folder_of(path, NORMALIZED.replace("Lobe", "Limb"))
    assert read_all(path, SCHEMA)[1] == [("R103", 4, "7")]
    folder_of(path, NORMALIZED.replace("Lowers", "Raises"))
    assert read_all(path, SCHEMA)[1] == [("R110", 5, "7")]


@pytest.mark.parametrize("one", ["7.ann", "7.txt"])
def test_one_pair_by_either_name(tmp_path: Path, one: str) -> None:
    folder_of(tmp_path)
    (document,) = read(tmp_path / one, format="brat")
    assert (document.id, len(document.mentions)) == ("7", 4)
    if one.endswith(".ann"):
        assert list(read(tmp_path / one)) == [document]


def test_a_folder_in_folders(tmp_path: Path) -> None:
    for name in ("b", "a"):
        folder_of(tmp_path / name)
    (tmp_path / "annotation.conf").write_text("[entities]\n")
    assert [document.id for document in read(tmp_path)] == ["a/7", "b/7"]
    assert [document.id for document in through(read(tmp_path), tmp_path / "out")[0]] == [
        "a/7",
        "b/7",
    ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("\n\r\n", []),
        ("One.", ["text"]),
        ("One.\nTwo.\n", ["title", "abstract"]),
        ("One.\r\n\r\nTwo.\r\n", ["title", "abstract"]),
        ("One.\n\nTwo.\nThree.\n", ["title", "text", "text"]),
        ("One.\nTwo.\n\nThree.\n", ["text", "text", "text"]),
    ],
)
def test_lines_are_passages(text: str, kinds: list[str]) -> None:
    passages = passages_of(text)
    assert [passage.kind for passage in passages] == kinds
    assert all(text[passage.offset : passage.end] == passage.text for passage in passages)


def test_line_ends_counted_as_one_character_or_two(tmp_path: Path) -> None:
    expected = list(read(folder_of(tmp_path / "n")))
    text = TEXT.replace("\n", "\r\n")
    converted = ANNOTATIONS.replace("\n", "\r\n")
    assert list(read(folder_of(tmp_path / "1", converted, text))) == expected
    moved = converted.replace("23 33", "25 35").replace("57 61;72 76", "59 63;74 78")
    (document,) = read(folder_of(tmp_path / "2", moved, text))
    assert document.passages[1].offset == 25
    assert [m.text for m in document.mentions] == [m.text for m in expected[0].mentions]


def test_characters_beyond_ascii_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeffIL-1β → 🧬 gene\n".encode()
    (document,) = read(folder_of(tmp_path, "T1\tGene 0 5\tIL-1β\nT2\tGene 10 14\tgene\n", text))
    assert [mention.text for mention in document.mentions] == ["IL-1β", "gene"]


def test_a_mention_over_a_line_break(tmp_path: Path) -> None:
    annotations = "T1\tDisease 0 11\tbreast tumo\n"
    (document,) = read(folder_of(tmp_path, annotations, "breast\ntumour\n"))
    assert document.mentions[0].text == "breast tumo"


def test_events_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    annotations = (
        ANNOTATIONS
        + """\
E1\tLowers:T2 Theme:T1
A6\tNegation E1
#3\tAnnotatorNotes E1\tsurely
R3\tCauses Arg1:E1 Arg2:T2
*\tEquiv T1 T3
"""
    )
    path = folder_of(tmp_path, annotations)
    (document,), problems = read_all(path)
    assert len(document.mentions) == 4
    assert len(document.relations) == 2
    assert sorted(line for _, line, _ in problems) == [14, 15, 16, 17, 18]
    assert {code for code, _, _ in problems} == {"R151"}
    with pytest.raises(InputError, match=r"7\.ann:14, document 7: event E1 is not held"):
        list(read(path))


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("T1\tChemical 0 10\tG", "T1\tChemical 0 10 G", "R150", 1),
        ("Chemical 0 10\t", "Chemical 0\t", "R150", 1),
        ("Chemical 0 10\t", "Chemical x 10\t", "R150", 1),
        ("Chemical 0 10\t", "Chemical 1 11\t", "R104", 1),
        ("Chemical 0 10\t", "Chemical 0 900\t", "R105", 1),
        ("T2\tDis", "T1\tDis", "R108", 2),
        ("R2\t", "R1\t", "R150", 6),
        ("Arg2:T2", "Arg2:T9", "R150", 5),
        ("Arg2:T2", "T2", "R150", 5),
        ("Novelty R1 No", "Novelty R1 Perhaps", "R150", 7),
        ("Novelty R1 No", "Novelty R9 No", "R150", 7),
        ("Novelty R1 No", "Novelty", "R150", 7),
        ("Score R1 0.25", "Score R1 nan", "R150", 8),
        ("Score R1 0.25", "Score R1 high", "R150", 8),
        ("Subject R1 Arg1", "Subject R1 T1", "R150", 9),
        ("0-21;23-40", "0-21;23", "R150", 10),
        ("0-21;23-40", "0-210", "R105", None),
        ("AnnotatorNotes T1\ta", "AnnotatorNotes\ta", "R150", 12),
        ("N1\tReference T1 ", "N1\tReference T1", "R150", 14),
        ("N1\t", "Note\t", "R150", 14),
        ("N1\t", "X1\t", "R150", 14),
    ],
)
def test_a_line_that_does_not_fit(
    tmp_path: Path, old: str, new: str, code: str, line: int | None
) -> None:
    assert old in NORMALIZED
    path = folder_of(tmp_path, NORMALIZED.replace(old, new, 1))
    assert read_all(path) == ([], [(code, line, "7")])
    with pytest.raises(InputError, match=r"7\.ann"):
        list(read(path))


def test_what_is_not_utf8_names_its_file(tmp_path: Path) -> None:
    path = folder_of(tmp_path, text=TEXT.encode() + b"\xe4\n")
    with pytest.raises(InputError, match=r"7\.txt:5, document 7: byte 0xe4"):
        list(read(path))
    folder_of(path, ANNOTATIONS.encode() + b"#3\tAnnotatorNotes T1\t\xe4\n")
    with pytest.raises(InputError, match=r"7\.ann:14, document 7: byte 0xe4"):
        list(read(path))


@pytest.mark.parametrize("missing", ["7.txt", "7.ann"])
def test_half_a_pair(tmp_path: Path, missing: str) -> None:
    folder_of(tmp_path)
    for ending in (".txt", ".ann"):
        (tmp_path / f"8{ending}").write_text("")
    (tmp_path / missing).unlink()
    documents, problems = read_all(tmp_path)
    assert ([d.id for d in documents], problems) == (["8"], [("R153", None, "7")])


def test_what_is_no_brat(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"folder without \.ann"):
        read(tmp_path)
    with pytest.raises(UsageError, match="no file or folder"):
        read(tmp_path / "x.ann")
    with pytest.raises(UsageError, match="R155"):
        read_stream(None, "x", format="brat")  # type: ignore[arg-type]


def test_writing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    report = write(DOCUMENTS, folder, "brat")
    assert (report.documents, report.mentions, report.relations) == (2, 7, 2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "11.ann",
        "11.txt",
        "12.ann",
        "12.txt",
    ]
    first = DOCUMENTS[0].passages
    assert (folder / "11.txt").read_text("utf-8") == f"{first[0].text}\n{first[1].text}\n"
    assert (folder / "11.ann").read_text("utf-8") == (
        "T1\tChemicalEntity 0 7\tAspirin\n"
        "N1\tReference T1 ID:D001241\tAspirin\n"
        "T2\tChemicalEntity 10 19\tibuprofen\n"
        "N2\tReference T2 ID:D007052\tibuprofen\n"
        "N3\tReference T2 ID:C999999\tibuprofen\n"
        "T3\tGeneOrGeneProduct 24 29\tGENEA\n"
        "N4\tReference T3 ID:101\tGENEA\n"
        "T4\tDiseaseOrPhenotypicFeature 33 37\tpain\n"
        "T5\tChemicalEntity 39 46\tAspirin\n"
        "N5\tReference T5 ID:D001241\tAspirin\n"
        "T6\tGeneOrGeneProduct 55 60\tGENEA\n"
        "N6\tReference T6 ID:101\tGENEA\n"
        "T7\tSequenceVariant 66 70\tE12K\n"
        "N7\tReference T7 ID:p|SUB|E|12|K\tE12K\n"
        "R1\tNegative_Correlation Arg1:T1 Arg2:T3\n"
        "A1\tNovelty R1 Novel\n"
        "A2\tSubject R1 Arg1\n"
        "R2\tAssociation Arg1:T3 Arg2:T7\n"
        "A3\tNovelty R2 No\n"
    )
    replace = msgspec.structs.replace
    (document, _) = read(folder)
    assert document == replace(
        DOCUMENTS[0],
        mentions=tuple(replace(m, id=f"T{i + 1}") for i, m in enumerate(DOCUMENTS[0].mentions)),
    )


def test_everything_but_infons_of_text_is_held(tmp_path: Path) -> None:
    (back,), report = through([FULL], tmp_path / "out")
    replace = msgspec.structs.replace
    expected = replace(
        FULL,
        infons={},
        passages=tuple(
            replace(passage, infons={}, kind=kind)
            for passage, kind in zip(FULL.passages, ("title", "text", "text"), strict=True)
        ),
    )
    assert back == expected
    assert report.lost.keys() == {"document infon", "passage infon", "passage kind"}


def test_fine_types_and_notes_with_spaces(tmp_path: Path) -> None:
    infons = {"note": "two words", "why": "who knows", "sure": "", "level": "3"}
    mention = Mention("T3", 0, 3, "KRA", "GENE", ("T3",), (), infons, "GENE-Y")
    document = Document("x", (Passage("text", 0, "KRAS"),), (mention,))
    (back,), report = through([document], tmp_path / "out")
    assert back == document
    assert not report.lost


def test_what_cannot_be_held_is_counted(tmp_path: Path) -> None:
    document = Document(
        "x",
        (Passage("title", 0, "a\nb"), Passage("abstract", 3, "c")),
        (
            Mention("a", 0, 3, "a\nb", "X", ("1", "2"), infons={"two words": "y", "FineType": "z"}),
            Mention("b", 3, 4, "c", "X", ("3",), infons={"w": "tab\there"}),
        ),
        (Relation("1", "3", "R", subject="9", infons={"Score": "high"}),),
    )
    (back,), report = through([document], tmp_path / "out")
    assert report.lost == {
        "line break in a passage": 1,
        "passage boundary": 2,
        "mention id": 2,
        "infon with a name that BRAT cannot hold": 3,
        "tab or line break": 1,
        "identifier that reads back differently": 1,
        "subject role": 1,
    }
    assert [(r.head, r.tail) for r in back.relations] == [("1", "3"), ("2", "3")]


@pytest.mark.parametrize(
    "document_id", ["", "..", "../x", "a/../../x", "/x", "a//b", ".x", "a\\b", "C:x", "a\nb"]
)
def test_an_id_that_leads_elsewhere_is_refused(tmp_path: Path, document_id: str) -> None:
    documents = [Document("good", ()), Document(document_id, ())]
    with pytest.raises(InputError, match="document id"):
        write(documents, tmp_path / "out", "brat")
    assert list(tmp_path.iterdir()) == []
    problems: list[InputError] = []
    report = write(documents, tmp_path / "out", "brat", on_error=problems.append)
    assert (report.documents, len(problems)) == (1, 1)


@pytest.mark.parametrize(
    ("mention", "what"),
    [
        (Mention("T1", 0, 1, "a", "two words", ()), "entity type"),
        (Mention("T1", 0, 1, "a", "X", ("an id",)), "identifier"),
    ],
)
def test_a_name_that_would_read_as_two(tmp_path: Path, mention: Mention, what: str) -> None:
    document = Document("x", (Passage("text", 0, "a"),), (mention,))
    with pytest.raises(InputError, match=f"document x: {what}"):
        write([document], tmp_path / "out", "brat")
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    write(DOCUMENTS, out, "brat")
    before = sorted(out.iterdir())
    with pytest.raises(UsageError, match="not empty"):
        write(DOCUMENTS, out, "brat")
    assert sorted(out.iterdir()) == before


def _held(document: Document) -> Document:
    """What BRAT keeps of a drawn document, where it loses nothing but infons and names."""
    replace = msgspec.structs.replace
    mentions = tuple(replace(m, id=f"T{i + 1}") for i, m in enumerate(document.mentions))
    passages = tuple(replace(p, infons={}) for p in document.passages)
    return replace(document, mentions=mentions, passages=passages, infons={})


@given(documents=files())
@settings(max_examples=150, deadline=None)
def test_what_is_not_counted_as_lost_is_held(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("brat") / "out"
    problems: list[InputError] = []
    report = write(documents, folder, "brat", on_error=problems.append)
    assert report.documents + len(problems) == len(documents)
    back = list(read(folder)) if report.documents else []
    assert len(back) == report.documents
    harmless = {"document infon", "passage infon", "mention id"}
    if not report.lost.keys() - harmless and not problems:
        expected = sorted(map(_held, documents), key=lambda document: document.id)
        if "mention id" not in report.lost:
            expected = [
                msgspec.structs.replace(
                    held,
                    mentions=tuple(
                        msgspec.structs.replace(m, id=old.id)
                        for m, old in zip(held.mentions, document.mentions, strict=True)
                    ),
                )
                for held, document in zip(
                    expected, sorted(documents, key=lambda d: d.id), strict=True
                )
            ]
        assert back == expected
