"""Batches: padding is marked as such, and sources point at the right vectors."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relatome.data.schema import BIORED
from relatome.encode import (
    ENCODER_INPUTS,
    PAIR_INPUTS,
    DocumentEncoding,
    EncodedDocument,
    encode_document,
    encoder_batch,
    length_batches,
    pair_batch,
)
from tests.tiny import DOCUMENTS, document, long_document, tokenizer

TOKENIZER = tokenizer()


def encode(*documents: object) -> list[EncodedDocument]:
    made = [
        encode_document(d, BIORED, TOKENIZER, DocumentEncoding(48, 16))  # type: ignore[arg-type]
        for d in documents
    ]
    return [d for d in made if d is not None]


ENCODED = encode(DOCUMENTS[0], long_document("long", 5), DOCUMENTS[1])


def test_windows_are_padded_and_masked() -> None:
    batch = encoder_batch(ENCODED, TOKENIZER.pad_id)
    assert tuple(batch) == ENCODER_INPUTS
    windows = [w for d in ENCODED for w in d.window_ids]
    longest = max(map(len, windows))
    assert all(array.shape == (len(windows), longest) for array in batch.values())
    for row, mask, types, window in zip(*batch.values(), windows, strict=True):
        assert row[: len(window)].tolist() == window.tolist()
        assert set(row[len(window) :].tolist()) <= {TOKENIZER.pad_id}
        assert mask.tolist() == [1] * len(window) + [0] * (longest - len(window))
        assert not types[len(window) :].any()


def test_sources_point_at_the_documents_own_tokens() -> None:
    windows = encoder_batch(ENCODED, TOKENIZER.pad_id)["input_ids"]
    batch = pair_batch(ENCODED, windows.shape[1])
    assert tuple(batch) == PAIR_INPUTS
    flat = windows.flatten()
    for row, source in zip(batch["token_source"], ENCODED, strict=True):
        ids = TOKENIZER(source.document.text).ids
        assert flat[row[: len(ids)]].tolist() == ids.tolist()
        assert set(row[len(ids) :].tolist()) <= {-1}


def test_padding_of_mentions_and_entities_is_marked() -> None:
    batch = pair_batch(ENCODED, 64)
    for index, source in enumerate(ENCODED):
        mentions, pieces = source.mention_tokens.shape
        assert np.array_equal(
            batch["mention_tokens"][index, :mentions, :pieces], source.mention_tokens
        )
        assert (batch["mention_tokens"][index, mentions:] == -1).all()
        assert (batch["mention_tokens"][index, :, pieces:] == -1).all()
        entities, most = source.entity_mentions.shape
        assert np.array_equal(
            batch["entity_mentions"][index, :entities, :most], source.entity_mentions
        )
        assert (batch["entity_mentions"][index, entities:] == -1).all()
        pairs = len(source.pairs)
        assert np.array_equal(batch["pairs"][index, :pairs], source.pairs)
        assert not batch["pairs"][index, pairs:].any()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(1, 400))
def test_batches_hold_everything_once_within_the_budget(lengths: list[int], budget: int) -> None:
    documents = encode(
        *(document(str(i), "{x|G|1} " + "a " * n + "{pain|D|2}") for i, n in enumerate(lengths))
    )
    groups = list(length_batches(documents, budget))
    assert sorted(d.document.id for g in groups for d in g) == sorted(map(str, range(len(lengths))))
    for group in groups:
        padded = sum(len(d.window_ids) for d in group) * max(d.longest_window for d in group)
        assert padded <= budget or len(group) == 1


def test_no_documents_no_batches() -> None:
    assert list(length_batches([], 100)) == []
