"""Verification of what readers hand over, and where problems go."""

from __future__ import annotations

import io

import pytest

from relatome.data.schemas import BIORED
from relatome.errors import InputError
from relatome.formats import read_stream
from tests.formats.examples import problems_of, read_bytes, whereabouts

CONTENT = b"""\
1|t|First

1|t|First again

2|t|Second
2\t0\t6\tsecond\tGene\t5

3|t|Third
"""


def test_problems_are_located_and_reading_goes_on() -> None:
    documents, problems = problems_of(CONTENT)
    assert [document.id for document in documents] == ["1", "3"]
    assert [whereabouts(problem) for problem in problems] == [
        ("R107", 3, "1"),
        ("R104", 6, "2"),
    ]
    assert {problem.place.path for problem in problems} == {"example"}


def test_without_a_sink_the_first_problem_is_raised() -> None:
    with pytest.raises(InputError, match="example:3, document 1: document id '1' occurs more"):
        read_bytes(CONTENT)


def test_documents_before_a_problem_are_handed_over_first(tmp_path) -> None:
    from relatome.formats import read

    path = tmp_path / "x"
    path.write_bytes(CONTENT)
    documents = read(path)
    assert next(documents).id == "1"
    with pytest.raises(InputError):
        next(documents)
    with pytest.raises(StopIteration):
        next(documents)


def test_a_copy_of_a_refused_document_is_not_a_duplicate() -> None:
    content = b"1|t|x\n1\t0\t1\ty\tT\n\n1|t|x\n"
    documents, (problem,) = problems_of(content)
    assert [document.id for document in documents] == ["1"]
    assert problem.code == "R104"


def test_labels_outside_the_schema_may_be_kept_on_request() -> None:
    content = b"1|t|KCN9 TPO2\n1\t0\t4\tKCN9\tGene\t9\n1\t5\t9\tTPO2\tGene\t8\n1\tSays\t9\t8\n"
    with pytest.raises(InputError, match=r"R110.*'Says'"):
        list(read_stream(io.BytesIO(content), "x", schema=BIORED))
    (document,) = read_stream(io.BytesIO(content), "x", schema=BIORED, any_label=True)
    assert [relation.type for relation in document.relations] == ["Says"]
    assert document.mentions[0].type == "GeneOrGeneProduct"
    with pytest.raises(InputError, match="R103"):
        list(
            read_stream(
                io.BytesIO(content.replace(b"Gene", b"Gnu")), "x", schema=BIORED, any_label=True
            )
        )
