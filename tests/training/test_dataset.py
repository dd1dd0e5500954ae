"""Examples, their order, and batches of them."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st

from relatome.data.schemas import BIORED
from relatome.encode import IGNORED, DocumentEncoding, Settings
from relatome.errors import InputError
from relatome.training.dataset import Collator, Examples, LengthGroupedSampler, coverage
from tests.tiny import DOCUMENTS, document, long_document, split, tokenizer

SETTINGS = Settings(BIORED, DocumentEncoding(96, 32))
TOKENIZER = tokenizer()


def examples(*documents: object) -> Examples:
    return Examples(split("some", documents), SETTINGS, TOKENIZER)  # type: ignore[arg-type]


def test_documents_without_a_pair_are_left_out() -> None:
    made = examples(*DOCUMENTS)
    assert [e.document.id for e in made.encoded] == ["treat", "bind", "pair", "mixed"]
    assert len(made) == 4
    with pytest.raises(InputError, match="R616"):
        examples(DOCUMENTS[3])


def test_coverage_counts_what_cannot_be_reached() -> None:
    stray = document(
        "stray",
        "{x|G|1} {y|G|2} {mice|O|3} {R12K|V|4}",
        ("1", "2", "Comparison", True),
        ("1", "3", "Association", True),
        ("1", "2", "Bind", True),
    )
    covered = coverage(examples(*DOCUMENTS, stray, long_document("long", 9)))
    assert covered._asdict() == {
        "documents": 7,
        "several_windows": 1,
        "candidates": 6 + 1 + 1 + 18 + 1 + 9,
        "gold": 2 + 1 + 1 + 2 + 3 + 1,
        "unreachable": {
            "label Comparison is not legal for GeneOrGeneProduct–GeneOrGeneProduct": 1,
            "type pair GeneOrGeneProduct–OrganismTaxon is outside the schema": 1,
        },
        "pieces": covered.pieces,
        "unknown_pieces": covered.unknown_pieces,
    }
    assert "2" not in str(covered).split("out of reach")[0].split("relations")[1]
    assert "Comparison" in str(covered)


def test_coverage_counts_what_the_tokenizer_does_not_know() -> None:
    known = coverage(examples(*DOCUMENTS))
    assert known.pieces == sum(len(w) for e in examples(*DOCUMENTS).encoded for w in e.window_ids)
    strange = document("strange", "{x|G|1} 試 {y|G|2} 験")
    assert coverage(examples(*DOCUMENTS, strange)).unknown_pieces == known.unknown_pieces + 2


def test_a_batch_has_targets_for_its_pairs_and_ignores_the_rest() -> None:
    made = examples(*DOCUMENTS)
    batch = Collator(TOKENIZER.pad_id)(made.examples)
    assert batch["relation_targets"].shape == batch["pairs"].shape[:2] == (4, 18)
    for row, example in enumerate(made.examples):
        pairs = len(example.relation)
        for name, own in (("relation", example.relation), ("novelty", example.novelty)):
            targets = batch[f"{name}_targets"][row]
            assert targets[:pairs].tolist() == own.tolist()
            assert set(targets[pairs:].tolist()) <= {IGNORED}
    assert all(value.dtype == torch.int64 for value in batch.values())


lengths = st.lists(st.integers(1, 900), min_size=1, max_size=300)


@given(lengths, st.integers(1, 9), st.integers(0, 99), st.integers(0, 9))
def test_an_epoch_sees_every_document_once_in_an_order_of_its_own(
    sizes: list[int], batch: int, seed: int, epoch: int
) -> None:
    sampler = LengthGroupedSampler(sizes, batch, seed)
    sampler.set_epoch(epoch)
    order = list(sampler)
    assert sorted(order) == list(range(len(sizes)))
    assert len(sampler) == len(sizes)
    # A resumed run, in a process of its own, comes to the same order.
    resumed = LengthGroupedSampler(sizes, batch, seed)
    resumed.set_epoch(epoch)
    assert list(resumed) == order


def test_epochs_and_seeds_differ() -> None:
    orders = set()
    for seed in (1, 2):
        for epoch in (0, 1, 2):
            sampler = LengthGroupedSampler(list(range(64)), 4, seed)
            sampler.set_epoch(epoch)
            orders.add(tuple(sampler))
    assert len(orders) == 6


def test_batches_hold_documents_of_similar_length() -> None:
    sizes = [(7 * i) % 128 for i in range(128)]
    order = list(LengthGroupedSampler(sizes, 8, 0))
    spreads = [
        max(batch) - min(batch)
        for start in range(0, 128, 8)
        if (batch := [sizes[i] for i in order[start : start + 8]])
    ]
    assert max(spreads) == 7


def test_the_training_loop_tells_the_epoch() -> None:
    """The order changes from epoch to epoch inside the Trainer, not only in the sampler."""
    from torch.utils.data import DataLoader
    from transformers import Trainer

    assert hasattr(Trainer, "_run_epoch"), "where set_epoch is called; see test_resume"
    sampler = LengthGroupedSampler([1, 2, 3, 4, 5, 6], 2, 0)
    loader = DataLoader(list(range(6)), sampler=sampler, batch_size=2)  # type: ignore[arg-type]
    first = [batch.tolist() for batch in loader]
    sampler.set_epoch(1)
    assert [batch.tolist() for batch in loader] != first
