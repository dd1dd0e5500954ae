"""AIMed's document d78: a PubTator file of sentences becomes one document."""

from __future__ import annotations

import pytest

from relatome.corpora.corpus import Source
from relatome.corpora.layouts.aimed import read
from relatome.data import Document, Mention, Passage, Relation, candidates
from relatome.data.schemas import PPI
from relatome.errors import InputError

SENTENCES = b"""\
AIMed_d78_1|t|KCN9 binds YAP .
AIMed_d78_1\t0\t4\tKCN9\tGene\tT1
AIMed_d78_1\t11\t14\tYAP\tGene\tT2
AIMed_d78_1\tAssociation\tT1\tT2

AIMed_d78_2|t|YAP rests .
AIMed_d78_2\t0\t3\tYAP\tGene\tT3

"""


def test_sentences_are_joined() -> None:
    (document,) = read([Source("d78.PubTator", SENTENCES)], PPI)
    one, two, three = (f"AIMed.d78.T{n}" for n in (1, 2, 3))
    assert document == Document(
        "AIMed.d78",
        (
            Passage("sentence", 0, "KCN9 binds YAP .", {"id": "AIMed_d78_1"}),
            Passage("sentence", 17, "YAP rests .", {"id": "AIMed_d78_2"}),
        ),
        (
            Mention(one, 0, 4, "KCN9", "Protein", (one,)),
            Mention(two, 11, 14, "YAP", "Protein", (two,)),
            Mention(three, 17, 20, "YAP", "Protein", (three,)),
        ),
        (Relation(one, two, "PPI"),),
    )
    assert len(candidates(document, PPI)) == 1


def test_a_sentence_that_does_not_fit_is_reported() -> None:
    source = Source("d78.PubTator", SENTENCES.replace(b"0\t3\tYAP", b"1\t4\tYAP"))
    problems: list[InputError] = []
    (document,) = read([source], PPI, problems.append)
    assert len(document.passages) == 1
    assert str(problems[0]).startswith("[R104] d78.PubTator:7, document AIMed_d78_2")
    with pytest.raises(InputError, match="R104"):
        list(read([source], PPI))
