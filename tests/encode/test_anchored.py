"""Passes with an anchor: each entity of a candidate has one, and its mentions are marked there."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, candidates
from relatome.data.narrowing import Narrowing
from relatome.data.schema import BIORED
from relatome.encode import (
    ANCHORED_INPUTS,
    AnchoredDocument,
    AnchoredEncoding,
    DocumentEncoding,
    EncodedText,
    Encoding,
    PairEncoding,
    combined,
    encode,
    encode_document,
    encoder_batch,
    inputs,
    pair_tokenizer,
    unit_batch,
    unit_rows,
    units,
)
from tests.encode.readable import TOKENIZER
from tests.tiny import DOCUMENTS, document, long_document

ENCODING = AnchoredEncoding(64, 16)


def anchored(source: Document, encoding: AnchoredEncoding = ENCODING) -> AnchoredDocument:
    made = encode(source, BIORED, TOKENIZER, encoding, Narrowing())
    assert isinstance(made, AnchoredDocument)
    return made


def shown(made: AnchoredDocument) -> list[list[str]]:
    """The windows of every pass as strings, the pieces of the anchor in brackets."""
    return [
        [
            " ".join(
                f"<{TOKENIZER.token(id)}>" if tag else TOKENIZER.token(id)
                for id, tag in zip(ids, tags, strict=True)
            )
            for ids, tags in zip(each.window_ids, each.window_anchors, strict=True)
        ]
        for each in made.passes
    ]


SMALL = document(
    "small", "{Abadol|C|1} in {mice|O|2} treats {fever|D|3} of {kcn|G|4}. No {abadol|C|1}."
)


def test_a_document_is_read_once_for_each_entity_of_a_candidate() -> None:
    made = anchored(SMALL)
    assert shown(made) == [
        ["[CLS] <abadol> in mice treats fever of kcn . no <abadol> . [SEP]"],
        ["[CLS] abadol in mice treats <fever> of kcn . no abadol . [SEP]"],
        ["[CLS] abadol in mice treats fever of <kcn> . no abadol . [SEP]"],
    ]
    # 1 with 3, 1 with 4, 4 with 3; the mice are in no candidate
    pairs = [(c.head, c.tail) for c in made.candidates]
    assert sorted(map(sorted, pairs)) == [[0, 2], [0, 3], [2, 3]]
    asked = [[pairs[row] for row in rows] for rows in made.rows]
    assert [len(each) for each in asked] == [2, 2, 2]
    for anchor, each, one in zip((0, 2, 3), asked, made.passes, strict=True):
        assert all(anchor in pair for pair in each)
        assert [tuple(pair) for pair in one.pairs] == each
        assert [(c.head, c.tail) for c in one.candidates] == each


def test_the_anchor_is_marked_in_every_window_it_is_in() -> None:
    text = "{fever|D|1} " + "in mice " * 5 + "{kcn|G|2} " + "in mice " * 3 + "."
    made = anchored(document("long", text), AnchoredEncoding(16, 4))
    assert shown(made) == [
        [
            "[CLS] <fever> in mice in mice in mice in mice in mice kcn in mice [SEP]",
            "[CLS] in mice in mice in mice kcn in mice in mice in mice . [SEP]",
        ],
        [
            "[CLS] fever in mice in mice in mice in mice in mice <kcn> in mice [SEP]",
            "[CLS] in mice in mice in mice <kcn> in mice in mice in mice . [SEP]",
        ],
    ]
    assert [each.windows for each in made.passes] == [2, 2]


SOURCES = st.one_of(
    st.sampled_from([each for each in DOCUMENTS if candidates(each, BIORED)]),
    st.builds(long_document, st.just("long"), st.integers(3, 12), st.integers(2, 5)),
)


@settings(deadline=None)
@given(SOURCES, st.integers(20, 64))
def test_every_pair_is_read_from_both_ends(source: Document, window: int) -> None:
    made = anchored(source, AnchoredEncoding(window, 4))
    whole = encode_document(source, BIORED, TOKENIZER, DocumentEncoding(window, 4))
    assert whole is not None
    assert made.candidates == whole.candidates
    assert np.array_equal(made.legal, whole.legal)
    ends: list[list[int]] = [[] for _ in made.candidates]
    anchors = np.unique(whole.pairs)
    assert len(made.passes) == len(made.rows) == len(anchors)
    for anchor, rows, each in zip(anchors, made.rows, made.passes, strict=True):
        for row in rows:
            ends[row].append(int(anchor))
        assert np.array_equal(each.pairs, whole.pairs[rows])
        assert np.array_equal(each.pair_features, whole.pair_features[rows])
        assert np.array_equal(each.pair_rules, whole.pair_rules[rows])
        # but for the anchor, the text is as document encoding has it
        for name in EncodedText.__dataclass_fields__:
            for one, other in zip(getattr(each, name), getattr(whole, name), strict=True):
                assert np.array_equal(one, other)
        tokens = {
            int(token)
            for mention in source.entities[anchor].mentions
            for token in range(*whole.spans[mention])
        }
        for token in range(len(whole.starts)):
            tags = each.window_anchors[each.window_of[token]]
            assert tags[each.position_in[token]] == (token in tokens)
        assert {len(tags) for tags in each.window_anchors} == {len(ids) for ids in each.window_ids}
    assert [sorted(found) for found in ends] == [sorted(pair) for pair in whole.pairs.tolist()]


def test_only_entities_asked_about_have_a_pass() -> None:
    apart = document("apart", "{Abadol|C|1} treats {fever|D|2}. {Kcn|G|3} raises {pain|D|4}.")
    assert [len(rows) for rows in anchored(apart).rows] == [3, 2, 3, 2]  # no disease with another
    made = encode(apart, BIORED, TOKENIZER, ENCODING, Narrowing(sentence=True))
    assert isinstance(made, AnchoredDocument)
    assert [rows.tolist() for rows in made.rows] == [[0], [0], [1], [1]]
    nothing = document("none", "{KCN9|G|1} in {mice|O|2}.")
    assert encode(nothing, BIORED, TOKENIZER, ENCODING, Narrowing()) is None


def test_a_part_of_a_pass_keeps_its_anchor() -> None:
    first = anchored(DOCUMENTS[4]).passes[0]
    part = first.only(np.asarray([1]))
    assert type(part) is type(first)
    assert len(part.entity_mentions) == 2
    for ours, theirs in zip(part.window_anchors, first.window_anchors, strict=True):
        assert np.array_equal(ours, theirs)


def test_passes_are_a_batch_of_documents() -> None:
    long = anchored(long_document("long", 6))
    passes = [*anchored(SMALL).passes, *long.passes]
    batch = unit_batch(passes, TOKENIZER.pad_id, ENCODING)
    assert set(batch) == {name for names in inputs(ENCODING) for name in names}
    assert inputs(ENCODING)[0] == ANCHORED_INPUTS == tuple(encoder_batch(passes, 0))
    assert len(batch["pairs"]) == len(passes)
    assert len(batch["input_ids"]) == 3 + len(long.passes) * long.whole.windows
    assert batch["anchor_tags"].dtype == np.int64
    tags = [tags for each in passes for tags in each.window_anchors]
    for row, own in zip(batch["anchor_tags"], tags, strict=True):
        assert row[: len(own)].tolist() == own.tolist()
        assert not row[len(own) :].any()


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        (DocumentEncoding(64, 16), [[0, 1, 2]]),
        (PairEncoding("typed", "none", "window", 64, "starts"), [[0], [1], [2]]),
        (ENCODING, [[0, 1], [0, 2], [1, 2]]),
    ],
    ids=["document", "pair", "anchored"],
)
def test_scores_of_units_become_scores_of_candidates(
    encoding: Encoding, expected: list[list[int]]
) -> None:
    tokenizer = TOKENIZER
    if isinstance(encoding, PairEncoding):
        tokenizer = pair_tokenizer(TOKENIZER, BIORED, encoding)
    asked = encode(SMALL, BIORED, tokenizer, encoding, Narrowing())
    assert asked is not None
    rows = [each.tolist() for each in unit_rows(asked)]
    assert sorted(rows) == expected
    assert [len(unit.pair_rules) for unit in units(asked)] == [len(each) for each in rows]
    scored = [np.float32([[10 * row + k, k] for row in each]) for k, each in enumerate(rows)]
    found = combined(asked, ({"relation": each} for each in scored))["relation"]
    mean = [[k for k, each in enumerate(rows) if row in each] for row in range(3)]
    assert found.tolist() == [[10 * r + np.mean(k), np.mean(k)] for r, k in enumerate(mean)]
    assert found.dtype == np.float32


def test_the_encoding_is_written_and_refused_like_others() -> None:
    both = DocumentEncoding | AnchoredEncoding | PairEncoding
    assert msgspec.json.decode(msgspec.json.encode(ENCODING), type=both) == ENCODING
    for window, overlap in ((15, 0), (64, 62), (64, -1)):
        with pytest.raises(ValueError, match=r"window|overlap"):
            AnchoredEncoding(window, overlap)
