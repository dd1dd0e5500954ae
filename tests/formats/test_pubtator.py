"""PubTator: what each kind of line means, and which lines are refused."""

from __future__ import annotations

import pytest

from relatome.data.document import Document, Mention, Passage, Relation, Span
from relatome.data.schema import BIORED
from relatome.errors import InputError
from relatome.formats import read
from tests.formats.examples import (
    DOCUMENTS,
    FULL,
    PUBTATOR,
    path_with,
    problems_of,
    read_bytes,
    whereabouts,
    written,
)

HEAD = b"7|t|Gene A and gene B\n7|a|in mice.\n"
MENTIONS = b"7\t0\t6\tGene A\tGene\t10\n7\t11\t17\tgene B\tGene\t20\n"


def test_reads_the_example() -> None:
    assert read_bytes(PUBTATOR.encode()) == list(DOCUMENTS)


def test_writes_the_example_as_it_was() -> None:
    content, report = written(DOCUMENTS, "pubtator")
    assert content.decode() == PUBTATOR
    assert (report.documents, report.mentions, report.relations) == (2, 7, 2)
    assert not report.lost


@pytest.mark.parametrize(
    "content",
    [
        PUBTATOR.replace("\n", "\r\n"),
        PUBTATOR.rstrip("\n"),
        PUBTATOR.replace("\n\n", "\n \n\n\n"),
        "\n\n" + PUBTATOR,
        PUBTATOR.replace("\n\n", "\n"),
    ],
    ids=["crlf", "no last line break", "more blank lines", "blank first", "no blank line"],
)
def test_line_ends_and_blank_lines_do_not_matter(content: str) -> None:
    assert read_bytes(content.encode()) == list(DOCUMENTS)


def test_annotations_may_be_interleaved() -> None:
    lines = PUBTATOR.split("\n\n")[0].split("\n")
    shuffled = "\n".join([*lines[:2], lines[-1], lines[-2], lines[-3], *lines[2:-3]])
    (document,) = read_bytes(shuffled.encode())
    assert document.mentions == DOCUMENTS[0].mentions
    assert document.relations == DOCUMENTS[0].relations[::-1]


def test_only_line_feeds_break_lines() -> None:
    (document,) = read_bytes("7|t|a\u2028b\x0bc\x85d\n7|a|\n".encode())
    assert document.text == "a\u2028b\x0bc\x85d "
    assert [passage.text for passage in document.passages] == ["a\u2028b\x0bc\x85d", ""]


def test_offsets_count_characters_not_bytes() -> None:
    (document,) = read_bytes("7|t|Ähnlich 🧬 β\n7\t10\t11\tβ\tGene\t1\n".encode())
    assert document.mentions[0].text == "β"


def test_numeric_roles_are_not_offsets() -> None:
    roles = b"7\tBind\t10\t20\n7\t20\t10\tSubject:20\n"
    (document,) = read_bytes(HEAD + MENTIONS + roles)
    assert document.relations == (Relation("10", "20", "Bind", subject="20"),)
    assert len(document.mentions) == 2


def test_mentions_of_five_and_seven_fields() -> None:
    fields = b"7\t0\t6\tGene A\tGene\n7\t11\t17\tgene B\tGene\tD1|D2\tfirst|second\n"
    (document,) = read_bytes(HEAD + fields)
    assert document.mentions == (
        Mention("M0", 0, 6, "Gene A", "Gene"),
        Mention("M1", 11, 17, "gene B", "Gene", ("D1", "D2"), (), {"composite": "first|second"}),
    )


def test_variant_attributes_stay_an_infon() -> None:
    raw = "tmVar:p|SUB|E|12|K;HGVS:p.E12K;VariantGroup:0;CorrespondingGene:101"
    lines = f"7\t0\t6\tGene A\tVariant\t{raw}\n7\tBind\tHGVS:p.E12K;CorrespondingGene:101\tx\n"
    (document,) = read_bytes(HEAD + lines.encode() + b"7\t11\t17\tgene B\tGene\tx\n")
    assert document.mentions[0].entity_ids == ("p.E12K",)
    assert document.mentions[0].infons == {"identifier": raw}
    assert document.relations[0].head == "p.E12K"
    assert raw in written([document], "pubtator")[0].decode()


def test_identifiers_a_relation_names_as_a_whole_are_one() -> None:
    mention = b"7\t0\t6\tGene A\tDisease\tD1|D2\n7\t11\t17\tgene B\tChemical\tD3\n"
    assert read_bytes(HEAD + mention)[0].mentions[0].entity_ids == ("D1", "D2")
    (document,) = read_bytes(HEAD + mention + b"7\tBind\tD3\tD1|D2\n")
    assert document.mentions[0].entity_ids == ("D1|D2",)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"7\t0\t6\tGene A\tGene\t10\tx\ty", "R130"),
        (b"7\t0\t6\tGene A", "R130"),
        (b"7\tzero\t6\tGene A\tGene\t10", "R130"),
        (b"7\t-1\t6\tGene A\tGene\t10", "R130"),
        (b"7\t0\t6\tGene A\t\t10", "R130"),
        (b"7\tBind\t10", "R130"),
        (b"7\tBind\t10\t20\tMaybe", "R130"),
        (b"7\t\t10\t20\tNovel", "R130"),
        (b"7|r|results", "R130"),
        (b"7|t|again", "R130"),
        (b"7|t", "R130"),
        (b"7", "R130"),
        (b"7 0 6 Gene A", "R130"),
        (b"9\t0\t6\tGene A\tGene\t10", "R130"),
        (b"\t0\t6\tGene A\tGene\t10", "R130"),
        (b"7\t0\t6\tGene B\tGene\t10", "R104"),
        (b"7\t0\t60\tGene A\tGene\t10", "R105"),
        (b"7\t6\t0\tGene A\tGene\t10", "R105"),
        (b"7\tBind\t10\t30", "R106"),
        (b"7\t10\t20\tSubject:30", "R132"),
        (b"7\t10\t20\tSubject:10", "R131"),
        (b"7\t0\t6\tGene \xff\tGene\t10", "R122"),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_the_next_document_read(
    line: bytes, code: str
) -> None:
    content = b"6|t|before\n\n" + HEAD + MENTIONS + line + b"\n\n8|t|after\n"
    documents, problems = problems_of(content, "pubtator")
    assert [document.id for document in documents] == ["6", "8"]
    assert [(error.code, error.place.path, error.place.line) for error in problems] == [
        (code, "example", 7)
    ]


def test_documents_without_title_or_id_are_refused() -> None:
    documents, problems = problems_of(b"7|a|text\n\n|t|text\n\n9|a|x\n9|t|y\n", "pubtator")
    assert documents == []
    assert [(error.code, error.place.line) for error in problems] == [
        ("R130", 1),
        ("R130", 3),
        ("R130", 6),
    ]


def test_contradicting_roles_are_refused() -> None:
    roles = b"7\tBind\t10\t20\n7\t10\t20\tSubject:10\n7\t20\t10\tSubject:20\n"
    _, problems = problems_of(HEAD + MENTIONS + roles)
    assert [whereabouts(error) for error in problems] == [("R130", 7, "7")]


def test_schema_gives_canonical_types_and_refuses_others(tmp_path) -> None:
    good = path_with(tmp_path, "good", HEAD + MENTIONS + b"7\tBind\t10\t20\n")
    (document,) = read(good, schema=BIORED)
    assert {mention.type for mention in document.mentions} == {"GeneOrGeneProduct"}

    bad_type = path_with(tmp_path, "type", HEAD + b"7\t0\t6\tGene A\tProtein\t10\n")
    with pytest.raises(InputError, match="unknown entity type 'Protein'") as caught:
        list(read(bad_type, schema=BIORED))
    assert str(caught.value.place) == f"{bad_type}:3, document 7"

    bad_label = path_with(tmp_path, "label", HEAD + MENTIONS + b"7\tbinds\t10\t20\n")
    with pytest.raises(InputError, match="unknown relation type 'binds'") as caught:
        list(read(bad_label, schema=BIORED))
    assert str(caught.value.place) == f"{bad_label}:5, document 7"


def test_writing_says_what_is_lost() -> None:
    content, report = written([FULL], "pubtator")
    assert content.decode() == (
        "full-1|t|Drug X and left and right lobe injury\n"
        "full-1|a|Drug X harms.        No more <of> it & that.\n"
        "full-1\t0\t6\tDrug X\tChemical\tMESH:D1\n"
        "full-1\t11\t37\tleft and right lobe injury\tDisease\tMESH:D2\n"
        "full-1\t38\t44\tDrug X\tChemical\tMESH:D1,MESH:D9\n"
        "full-1\tPositive_Correlation\tMESH:D1\tMESH:D2\tNovel\n"
        "full-1\tMESH:D1\tMESH:D2\tSubject:MESH:D1\n"
        "\n"
    )
    assert dict(report.lost) == {
        "document infon": 1,
        "passage infon": 1,
        "relation infon": 1,
        "passage joined to the abstract": 1,
        "passage kind": 1,
        "document whose offsets moved": 1,
        "mention id": 3,
        "mention infon": 1,
        "gap in a discontinuous mention": 1,
        "relation score": 1,
        "novelty score": 1,
        "evidence span": 2,
    }
    (document,) = read_bytes(content)
    assert [mention.text for mention in document.mentions][::2] == ["Drug X", "Drug X"]


def test_text_without_title_goes_to_the_abstract() -> None:
    text = "Drug\tX\r\nharms."
    document = Document("d", (Passage("text", 0, text),), (Mention("M0", 8, 13, "harms", "T"),))
    content, report = written([document], "pubtator")
    assert content == b"d|t|\nd|a|Drug X  harms.\nd\t9\t14\tharms\tT\t-\n\n"
    assert dict(report.lost) == {
        "passage kind": 1,
        "document whose offsets moved": 1,
        "tab or line break": 3,
    }


def test_roles_that_disagree_within_a_pair_are_counted() -> None:
    relations = (Relation("10", "20", "Bind", subject="10"), Relation("20", "10", "Association"))
    (document,) = read_bytes(HEAD + MENTIONS)
    content, report = written([document.with_relations(relations)], "pubtator")
    assert b"Subject" not in content
    assert report.lost["subject role"] == 1


@pytest.mark.parametrize(
    "document",
    [
        Document("a|b", (Passage("title", 0, "x"),)),
        Document("", (Passage("title", 0, "x"),)),
        Document("a", (Passage("title", 0, "x"),), (Mention("M0", 0, 1, "x", ""),)),
        Document(
            "a",
            (Passage("title", 0, "x"),),
            (Mention("M0", 0, 1, "x", "T", ("1",)),),
            (Relation("1", "1", "12"),),
        ),
        Document(
            "a",
            (Passage("title", 0, "x"),),
            (Mention("M0", 0, 1, "x", "T", ("Subject:1",)),),
            (Relation("Subject:1", "Subject:1", "L"),),
        ),
    ],
    ids=["bar in id", "no id", "no type", "numeric label", "identifier like a role"],
)
def test_what_could_not_be_read_back_is_refused(document: Document) -> None:
    with pytest.raises(InputError) as caught:
        written([document], "pubtator")
    assert caught.value.code == "R140"


def test_evidence_and_fragments_are_spans() -> None:
    assert FULL.mentions[1].fragments == (Span(11, 15), Span(31, 37))
    FULL.check()
