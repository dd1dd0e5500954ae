"""ChemProt's and DrugProt's three files, read together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.corpora.corpus import Source
from relatome.corpora.layouts.tsv_triple import read
from relatome.data import Document, Mention, Passage, Relation
from relatome.data.schemas import CHEMPROT, DRUGPROT
from relatome.errors import InputError

ABSTRACTS = "11\tGlumipride and KCN9.\tGlumipride blocks KCN9 (α).\n12\tNothing here.\t\n"
ENTITIES = """\
11\tT1\tCHEMICAL\t0\t10\tGlumipride
11\tT2\tGENE-Y\t15\t19\tKCN9
11\tT3\tCHEMICAL\t21\t31\tGlumipride
11\tT4\tGENE-N\t39\t43\tKCN9
"""
RELATIONS = """\
11\tINHIBITOR\tArg1:T3\tArg2:T4
11\tANTAGONIST\tArg1:T3\tArg2:T4
"""
FILES = {
    "own_abstracs.tsv": ABSTRACTS,
    "own_entities.tsv": ENTITIES,
    "own_relations.tsv": RELATIONS,
}


def sources(**changed: str | bytes) -> list[Source]:
    """The three files, some with other content."""
    files: dict[str, str | bytes] = dict(FILES)
    for kind, content in changed.items():
        files[f"own_{kind}.tsv"] = content
    return [
        Source(f"folder/{name}", content.encode() if isinstance(content, str) else content)
        for name, content in files.items()
    ]


def problems_of(found: list[Source]) -> tuple[list[Document], list[InputError]]:
    problems: list[InputError] = []
    return list(read(found, DRUGPROT, problems.append)), problems


def test_a_document_of_three_files() -> None:
    first, second = read(sources(), DRUGPROT)
    assert first == Document(
        "11",
        (
            Passage("title", 0, "Glumipride and KCN9."),
            Passage("abstract", 21, "Glumipride blocks KCN9 (α)."),
        ),
        (
            Mention("T1", 0, 10, "Glumipride", "CHEMICAL", ("T1",)),
            Mention("T2", 15, 19, "KCN9", "GENE", ("T2",), fine_type="GENE-Y"),
            Mention("T3", 21, 31, "Glumipride", "CHEMICAL", ("T3",)),
            Mention("T4", 39, 43, "KCN9", "GENE", ("T4",), fine_type="GENE-N"),
        ),
        (Relation("T3", "T4", "INHIBITOR"), Relation("T3", "T4", "ANTAGONIST")),
    )
    assert (second.id, second.mentions) == ("12", ())


def test_chemprot_says_more_of_a_relation() -> None:
    line = "11\tCPR:4\tY \tINHIBITOR\tArg1:T3\tArg2:T4\n"
    document, _ = read(sources(relations=line), CHEMPROT)
    assert document.relations == (
        Relation("T3", "T4", "CPR:4", infons={"evaluated": "Y", "name": "INHIBITOR"}),
    )


def test_the_order_of_the_files_does_not_matter() -> None:
    assert list(read(sources()[::-1], DRUGPROT)) == list(read(sources(), DRUGPROT))


def test_windows_line_ends_and_blank_lines() -> None:
    changed = {
        name.split("_")[1].removesuffix(".tsv"): content.replace("\n", "\r\n") + "\r\n"
        for name, content in FILES.items()
    }
    assert list(read(sources(**changed), DRUGPROT)) == list(read(sources(), DRUGPROT))


@pytest.mark.parametrize(
    ("kind", "content", "code", "line", "reason"),
    [
        ("abstracs", ABSTRACTS.replace("KCN9.\tG", "KCN9. G"), "R147", 1, "2 tab-separated"),
        ("entities", ENTITIES.replace("0\t10", "0\tten"), "R147", 1, "'0' and 'ten'"),
        ("entities", ENTITIES.replace("\tKCN9\n", "\n", 1), "R147", 2, "5 tab-separated fields"),
        ("entities", ENTITIES.replace("15\t19", "16\t20"), "R104", 2, "'KCN9'"),
        ("entities", ENTITIES.replace("39\t43", "39\t430"), "R105", 4, "39-430"),
        ("entities", ENTITIES.replace("GENE-Y", "PLANT"), "R103", 2, "'PLANT'"),
        ("entities", ENTITIES.replace("T2", "T1"), "R108", 1, "'T1' occurs more than once"),
        ("entities", ENTITIES.replace("T2", ""), "R147", 2, "no id"),
        ("relations", RELATIONS.replace("ANTAG", "PROTAG"), "R110", 2, "'PROTAGONIST'"),
        ("relations", RELATIONS.replace("Arg2:T4", "Arg2:T9", 1), "R146", 1, "'T9'"),
        ("relations", RELATIONS.replace("Arg1:T3\tArg2:T4", "T3\tT4", 1), "R147", 1, "'T3'"),
        ("relations", "11\tINHIBITOR\tArg1:T3\n", "R147", 1, "3 tab-separated fields"),
    ],
)
def test_what_is_wrong_is_named_and_costs_one_document(
    kind: str, content: str, code: str, line: int, reason: str
) -> None:
    documents, (problem,) = problems_of(sources(**{kind: content}))
    assert [document.id for document in documents] == ["12"]
    assert (problem.code, problem.place.line, problem.place.document) == (code, line, "11")
    named = kind if code != "R108" else "abstracs"
    assert problem.place.path == f"folder/own_{named}.tsv"
    assert reason in str(problem)
    with pytest.raises(InputError, match=code):
        list(read(sources(**{kind: content}), DRUGPROT))


def test_bytes_that_are_not_utf8_are_placed_in_their_file() -> None:
    bad = ENTITIES.encode().replace(b"KCN9", b"KCN\xff", 1)
    documents, (problem,) = problems_of(sources(entities=bad))
    assert [document.id for document in documents] == ["12"]
    assert str(problem).startswith("[R122] folder/own_entities.tsv:2, document 11")


def test_annotations_without_an_abstract_are_reported() -> None:
    more = ENTITIES + "13\tT1\tCHEMICAL\t0\t1\tX\n"
    documents, (problem,) = problems_of(sources(entities=more))
    assert len(documents) == 2
    assert str(problem).startswith("[R149] folder/own_entities.tsv:5, document 13")


def test_a_document_given_twice_is_reported() -> None:
    documents, problems = problems_of(sources(abstracs=ABSTRACTS + ABSTRACTS))
    assert len(documents) == 2
    assert [(p.code, p.place.line) for p in problems] == [("R107", 3), ("R107", 4)]


@pytest.mark.parametrize("kept", [[0, 1], [0, 1, 1], [0, 1, 2, 2]])
def test_other_than_three_files_are_refused(kept: list[int]) -> None:
    found = [sources()[index] for index in kept]
    with pytest.raises(InputError, match=r"R148.*own_entities"):
        list(read(found, DRUGPROT))


_PIECES = st.sampled_from([b"", b"\t", b"\n", b"\r", b"\xff", b"\0", b"-1", b"9" * 30, b"Arg1:"])


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2]), st.floats(0, 1), st.integers(0, 20), _PIECES),
        max_size=3,
    )
)
@settings(max_examples=100, deadline=None)
def test_damage_is_a_problem_that_says_where(edits: list[tuple[int, float, int, bytes]]) -> None:
    found = sources()
    for index, position, length, piece in edits:
        name, content = found[index]
        start = int(position * len(content))
        found[index] = Source(name, content[:start] + piece + content[start + length :])
    documents, problems = problems_of(found)
    for document in documents:
        document.check()
    for problem in problems:
        assert problem.place.path is not None
        assert problem.place.path.startswith("folder/own_")
        assert len(str(problem)) < 1_000
