"""Sentences with placeholders for the gene and the disease."""

from __future__ import annotations

import pytest

from relatome.corpora.corpus import Source
from relatome.corpora.layouts.placeholders import read
from relatome.data import Document, Mention, Passage, Relation, candidates
from relatome.data.schemas import GENE_DISEASE
from relatome.errors import InputError

FOLD = """\
index\tsentence\tlabel
0\tIn mice, @GENE$ causes @DISEASE$.\t1
1\tNo @DISEASE$ was seen with @GENE$ of @CHEMICAL$.\t0
"""


def fold(content: str, name: str = "folds.zip:GAD/3/test.tsv") -> list[Source]:
    return [Source(name, content.encode())]


def test_the_placeholders_are_the_mentions() -> None:
    related, unrelated = read(fold(FOLD), GENE_DISEASE)
    assert related == Document(
        "3.0",
        (Passage("sentence", 0, "In mice, @GENE$ causes @DISEASE$."),),
        (
            Mention("@GENE$", 9, 15, "@GENE$", "Gene", ("@GENE$",)),
            Mention("@DISEASE$", 23, 32, "@DISEASE$", "Disease", ("@DISEASE$",)),
        ),
        (Relation("@GENE$", "@DISEASE$", "Association"),),
    )
    assert (unrelated.id, unrelated.relations) == ("3.1", ())
    assert all(len(candidates(d, GENE_DISEASE)) == 1 for d in (related, unrelated))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2\tOf @GENE$ and @DISEASE$.", "2 tab-separated fields"),
        ("2\tOf @GENE$ and @DISEASE$.\tyes", "'yes'"),
        ("2\tOf @GENE$ alone.\t1", "one gene and one disease"),
        ("2\tOf @GENE$, @GENE$ and @DISEASE$.\t1", "one gene and one disease"),
    ],
)
def test_a_line_that_does_not_fit_is_named(line: str, reason: str) -> None:
    problems: list[InputError] = []
    documents = list(read(fold(FOLD + line + "\n"), GENE_DISEASE, problems.append))
    assert len(documents) == 2
    assert str(problems[0]).startswith("[R160] folds.zip:GAD/3/test.tsv:4: ")
    assert reason in str(problems[0])
    with pytest.raises(InputError, match="R160"):
        list(read(fold(FOLD + line + "\n"), GENE_DISEASE))
