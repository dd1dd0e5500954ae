"""Corpora that relate mentions: in PubTator and BioC every mention is an entity of its own."""

from __future__ import annotations

import io

import msgspec
import pytest

from relatome.data.document import Document, Mention, Passage, Relation
from relatome.data.schemas import PPI
from relatome.errors import InputError
from relatome.formats import read_stream
from tests.formats.examples import written

SCHEMA = msgspec.structs.replace(PPI, labels=("PPI",))
PUBTATOR = """\
7|t|KCN9 binds YAP and KCN9.
7\t0\t4\tKCN9\tGene\tT1
7\t11\t14\tYAP\tGene\tT2
7\t19\t23\tKCN9\tGene\tT3
7\tPPI\tT1\tT2
"""
BIOC = """\
<collection><document><id>7</id><passage><infon key="type">title</infon><offset>0</offset>
<text>KCN9 binds YAP and KCN9.</text>
<annotation id="T1"><infon key="type">Gene</infon><infon key="identifier">99</infon>
<location offset="0" length="4"/><text>KCN9</text></annotation>
<annotation id="T2"><infon key="type">Gene</infon>
<location offset="11" length="3"/><text>YAP</text></annotation>
<annotation id="T3"><infon key="type">Gene</infon><infon key="identifier">99</infon>
<location offset="19" length="4"/><text>KCN9</text></annotation>
<relation id="R0"><infon key="type">PPI</infon>
<node refid="T1" role="first"/><node refid="T2" role="second"/></relation>
</passage></document></collection>
"""
EXPECTED = Document(
    "7",
    (Passage("title", 0, "KCN9 binds YAP and KCN9."),),
    (
        Mention("T1", 0, 4, "KCN9", "Protein", ("T1",)),
        Mention("T2", 11, 14, "YAP", "Protein", ("T2",)),
        Mention("T3", 19, 23, "KCN9", "Protein", ("T3",)),
    ),
    (Relation("T1", "T2", "PPI"),),
)


def read(content: str | bytes) -> list[Document]:
    content = content.encode() if isinstance(content, str) else content
    return list(read_stream(io.BytesIO(content), "x", schema=SCHEMA))


def test_pubtator_has_the_mention_in_its_last_column() -> None:
    assert read(PUBTATOR) == [EXPECTED]
    with pytest.raises(InputError, match=r"x:3, .*id of the mention"):
        read(PUBTATOR.replace("Gene\tT2", "Gene\tT2;T4"))
    with pytest.raises(InputError, match="mention id 'T1' occurs more"):
        read(PUBTATOR.replace("Gene\tT3", "Gene\tT1"))


def test_bioc_has_them_as_nodes() -> None:
    (document,) = read(BIOC)
    assert [m.infons for m in document.mentions] == [
        {"identifier": "99"},
        {},
        {"identifier": "99"},
    ]
    bare = tuple(msgspec.structs.replace(m, infons={}) for m in document.mentions)
    assert msgspec.structs.replace(document, mentions=bare) == EXPECTED
    with pytest.raises(InputError, match="R106"):
        read(BIOC.replace('refid="T2"', 'refid="T9"'))


@pytest.mark.parametrize("format", ["pubtator", "bioc-xml", "bioc-json", "jsonl"])
def test_what_is_written_reads_back(format: str) -> None:
    assert read(written([EXPECTED], format)[0]) == [EXPECTED]
