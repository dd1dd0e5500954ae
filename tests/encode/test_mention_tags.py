"""Tags of word pieces spell mentions, and mentions are read back from tags."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Span
from relatome.encode import DocumentEncoding
from relatome.encode.mention_tags import (
    BEGIN,
    INSIDE,
    OUTSIDE,
    UNKNOWN,
    tag_rows,
    tagged,
    token_windows,
)
from tests.tiny import CHEMICAL, DISEASE, DOCUMENTS, GENE, document, long_document, tokenizer

TYPES = (GENE, DISEASE, CHEMICAL, "SequenceVariant", "OrganismTaxon", "CellLine")


def sure(rows: np.ndarray) -> np.ndarray:
    """Logits that say the tags with next to no doubt."""
    logits = np.full((*rows.shape, 3), -20, dtype=np.float32)
    np.put_along_axis(logits, rows[..., None], 20, axis=-1)
    return logits


def spans(found: Document) -> list[tuple[int, int, str]]:
    return [(mention.start, mention.end, mention.type) for mention in found.mentions]


@pytest.mark.parametrize("given", DOCUMENTS, ids=lambda each: each.id)
def test_what_is_tagged_is_read_back(given: Document) -> None:
    tokens = tokenizer()(given.text)
    found = tagged(given, tokens, sure(tag_rows(tokens, given.mentions, TYPES)), TYPES)
    found.check()
    assert spans(found) == sorted(spans(given))
    assert not any(mention.entity_ids for mention in found.mentions)


def test_adjacent_and_nested_mentions() -> None:
    made = Document(
        "d",
        (Passage("abstract", 0, "ab cell tumor dose"),),
        (
            Mention("1", 0, 2, "ab", GENE),
            Mention("2", 3, 7, "cell", GENE),
            Mention("3", 0, 13, "ab cell tumor", DISEASE),
        ),
    )
    tokens = tokenizer()(made.text)  # a ##b cell tumor dose
    rows = tag_rows(tokens, made.mentions, (GENE, DISEASE))
    assert rows[:, 0].tolist() == [BEGIN, INSIDE, BEGIN, OUTSIDE, OUTSIDE]
    assert rows[:, 1].tolist() == [BEGIN, INSIDE, INSIDE, INSIDE, OUTSIDE]
    found = tagged(made, tokens, sure(rows), (GENE, DISEASE))
    assert spans(found) == [(0, 2, GENE), (0, 13, DISEASE), (3, 7, GENE)]


def test_what_one_row_cannot_say() -> None:
    outer = Mention("1", 0, 10, "ab or cell", GENE)
    inner = Mention("2", 0, 2, "ab", GENE)
    torn = Mention("3", 11, 20, "tumor low", DISEASE, fragments=(Span(11, 16), Span(17, 20)))
    tokens = tokenizer()("ab or cell tumor low")
    rows = tag_rows(tokens, (inner, outer), (GENE,))
    assert rows[:, 0].tolist()[:4] == [BEGIN, INSIDE, INSIDE, INSIDE]
    assert set(tag_rows(tokens, (torn,), (DISEASE,))[4:, 0].tolist()) == {UNKNOWN}


def test_the_more_probable_type_has_the_span() -> None:
    made = document("d", "the tumor was")
    tokens = tokenizer()(made.text)
    logits = np.zeros((3, 2, 3), dtype=np.float32)
    logits[:, :, OUTSIDE] = 9
    logits[1, 0, BEGIN], logits[1, 1, BEGIN] = 12, 15
    assert spans(tagged(made, tokens, logits, (GENE, DISEASE))) == [(4, 9, DISEASE)]


def test_no_mention_crosses_passages() -> None:
    made = document("d", "the tumor tumor cell was", title=9)
    tokens = tokenizer()(made.text)
    rows = np.array([[OUTSIDE], [BEGIN], [INSIDE], [INSIDE], [OUTSIDE]])
    found = tagged(made, tokens, sure(rows), (DISEASE,))
    assert [each.text for each in found.mentions] in (["tumor", "tumor cell"], ["tumor"])


def test_the_sequence_is_the_most_probable_one() -> None:
    """Compared with all sequences there are."""
    random = np.random.default_rng(5)
    made = document("d", "cell ab or tumor was")  # cell a ##b or tumor was
    tokens = tokenizer()(made.text)
    for _ in range(30):
        logits = (3 * random.standard_normal((6, 1, 3))).astype(np.float32)
        shifted = logits[:, 0] - np.log(np.exp(logits[:, 0]).sum(-1, keepdims=True))

        def score(tags: tuple[int, ...], rows: np.ndarray = shifted) -> float:
            return float(sum(row[tag] for row, tag in zip(rows, tags, strict=True)))

        best = max(
            (tags for tags in itertools.product(range(3), repeat=6) if _legal(tags)), key=score
        )
        expected = tagged(made, tokens, sure(np.asarray(best)[:, None]), (GENE,))
        assert spans(tagged(made, tokens, logits, (GENE,))) == spans(expected)


def _legal(tags: tuple[int, ...]) -> bool:
    """Nothing is inside that did not begin, and the third piece is as the second of its word."""
    before = (OUTSIDE, *tags)
    started = not any(tag == INSIDE and b == OUTSIDE for b, tag in zip(before, tags, strict=False))
    return started and tags[2] == (OUTSIDE if tags[1] == OUTSIDE else INSIDE)


def test_no_mention_begins_or_ends_within_a_word() -> None:
    made = document("d", "the ab was")  # the a ##b was
    tokens = tokenizer()(made.text)
    logits = np.zeros((4, 1, 3), dtype=np.float32)
    logits[:, :, OUTSIDE] = 9
    logits[1, 0, BEGIN], logits[2, 0, OUTSIDE] = 11, 10
    assert spans(tagged(made, tokens, logits, (GENE,))) == []
    logits[1, 0, BEGIN] = 25
    assert spans(tagged(made, tokens, logits, (GENE,))) == [(4, 6, GENE)]


@given(st.integers(20, 90), st.integers(0, 10), st.integers(0, 40))
def test_windows_join_to_one_row_per_token(window: int, overlap: int, sentences: int) -> None:
    text = long_document("long", sentences + 1).text
    cut = token_windows(text, tokenizer(), DocumentEncoding(window, overlap))
    # Each token's row is its own index, whichever window it is read from.
    rows = [
        np.concatenate(([-1], np.arange(first, last), [-1]))[:, None].astype(np.float32)
        for first, last in cut.spans
    ]
    assert cut.joined(rows)[:, 0].tolist() == list(range(len(cut.tokens)))
    assert all(len(ids) <= window for ids in cut.ids)


def test_no_token_no_window() -> None:
    assert token_windows(" \n", tokenizer(), DocumentEncoding(32, 8)).ids == ()
