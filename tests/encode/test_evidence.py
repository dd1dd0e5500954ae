"""Evidence: the sentences with the most attention, those of both entities first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Relation, Span
from relatome.data.schema import BIORED
from relatome.encode import (
    MOST_SENTENCES,
    DocumentEncoding,
    EncodedDocument,
    attended,
    encode_document,
    with_evidence,
)
from tests.tiny import DOCUMENTS, document, long_document, tokenizer

TOKENIZER = tokenizer()


def encoded(source: Document) -> EncodedDocument:
    made = encode_document(source, BIORED, TOKENIZER, DocumentEncoding(64, 16))
    assert made is not None
    return made


def looked(made: EncodedDocument, *weights: float) -> np.ndarray:
    """Attention that gives each sentence this weight, spread over its tokens, for every pair."""
    starts = [span.start for span in made.sentences]
    of_token = np.searchsorted(starts, made.starts, side="right") - 1
    row = np.asarray(weights)[of_token] / np.bincount(of_token, minlength=len(starts))[of_token]
    return np.repeat(row[None].astype(np.float32), len(made.pairs), axis=0)


def chosen(made: EncodedDocument, *weights: float) -> list[list[int]]:
    return attended(made, made.sentences, looked(made, *weights)).tolist()


# 1 with 2 in sentences 0, 2, 3 and 4; 1 alone in 1.
TOGETHER = encoded(
    document(
        "d",
        "{x|G|1} causes {pain|D|2}. {X|G|1} did not. {Pain|D|2} after {x|G|1} was lower. "
        "A {pain|D|2} in {x|G|1} cells. The {x|G|1} reduced {pain|D|2}.",
    )
)
APART = encoded(
    document("d", "{X|G|1} was given. The {x|G|1} raises it. No {pain|D|2} had. {Pain|D|2} is.")
)


def test_the_documents_are_split_as_meant() -> None:
    assert (len(TOGETHER.sentences), len(TOGETHER.pairs)) == (5, 1)
    assert (len(APART.sentences), len(APART.pairs)) == (4, 1)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((0.1, 0.0, 0.6, 0.2, 0.1), [2, -1, -1]),
        ((0.3, 0.0, 0.6, 0.1, 0.0), [2, 0, -1]),
        ((0.2, 0.1, 0.1, 0.3, 0.3), [3, 4, 0]),  # of equal ones the earlier; three at most
        ((0.25, 0.0, 0.25, 0.25, 0.25), [0, 2, 3]),
        ((0.1, 0.9, 0.0, 0.0, 0.0), [0, -1, -1]),  # what mentions one alone does not count
    ],
)
def test_of_sentences_with_both_the_weightiest(
    weights: tuple[float, ...], expected: list[int]
) -> None:
    assert chosen(TOGETHER, *weights) == [expected]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((0.4, 0.3, 0.2, 0.1), [0, 2]),
        ((0.1, 0.2, 0.3, 0.4), [3, 1]),
        ((0.25, 0.25, 0.25, 0.25), [2, 0]),
    ],
)
def test_where_none_has_both_one_for_each_the_weightier_first(
    weights: tuple[float, ...], expected: list[int]
) -> None:
    # The disease is the head, whose sentence stands first where they weigh alike.
    assert chosen(APART, *weights) == [[*expected, -1]]


def test_relations_name_the_spans_and_never_cross_a_passage() -> None:
    source = document("d", "A {x|G|1} in {pain|D|2} {Pain|D|2} and {x|G|1} fever.", title=11)
    made = encoded(source)
    relation = Relation("2", "1", "Association", score=0.9)
    for weights, first in (((0.7, 0.3), 0), ((0.3, 0.7), 1)):
        rows = attended(made, made.sentences, looked(made, *weights))
        (found,) = with_evidence(source.with_relations((relation,)), made, rows).relations
        texts = [source.text[span.start : span.end] for span in found.evidence]
        assert texts == ["A x in pain" if first == 0 else "Pain and x fever."]
        assert found.score == 0.9


def test_without_attention_the_sentences_of_the_nearest_mentions() -> None:
    relation = Relation("2", "1", "Association")
    for made, expected in ((TOGETHER, [0, 1]), (APART, [1, 2])):
        source = made.document.with_relations((relation,))
        (found,) = with_evidence(source, made, None).relations
        assert found.evidence == tuple(made.sentences[index] for index in expected)


def test_a_mention_outside_every_sentence_has_none() -> None:
    made = TOGETHER
    assert attended(made, (), looked(made, *[0.2] * 5)).tolist() == [[-1, -1, -1]]
    late = (Span(10_000, 10_001),)
    assert attended(made, late, looked(made, *[0.2] * 5)).tolist() == [[-1, -1, -1]]


@given(st.integers(0, 2**32 - 1), st.sampled_from([*DOCUMENTS[:3], long_document("l", 12)]))
def test_evidence_mentions_both(seed: int, source: Document) -> None:
    made = encoded(source)
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.full(len(made.starts), 0.1), len(made.pairs)).astype(np.float32)
    rows = attended(made, made.sentences, weights)
    assert rows.shape == (len(made.pairs), MOST_SENTENCES)
    parts = [
        attended(part, made.sentences, weights[i : i + 1])
        for i in range(len(made.pairs))
        for part in [made.part(i, i + 1)]
    ]
    assert np.array_equal(np.concatenate(parts), rows)
    for row, candidate in zip(rows.tolist(), made.candidates, strict=True):
        spans = [made.sentences[index] for index in row if index >= 0]
        assert len(set(spans)) == len(spans) >= 1
        for entity in (candidate.head, candidate.tail):
            mentions = [source.mentions[index] for index in source.entities[entity].mentions]
            assert any(s.start <= m.start < s.end for s in spans for m in mentions)
