"""Examples, their order, and batches of them."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import msgspec
import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document
from relatome.data.narrowing import Narrowing
from relatome.data.schemas import BIORED
from relatome.encode import (
    DocumentEncoding,
    PairEncoding,
    Settings,
    pair_tokenizer,
    relation_targets,
    type_classes,
    type_targets,
)
from relatome.errors import InputError
from relatome.training.dataset import Collator, Examples, LengthGroupedSampler, coverage
from tests.tiny import DOCUMENTS, document, long_document, split, tokenizer

ENCODING = DocumentEncoding(96, 32)
SETTINGS = Settings(BIORED, ENCODING)
PAIRS = Settings(BIORED, PairEncoding("typed", "none", "window", 64, "starts"))
TOKENIZER = tokenizer()
MARKED = pair_tokenizer(TOKENIZER, BIORED, PAIRS.encoding)  # type: ignore[arg-type]


def examples(*documents: Document, settings: Settings = SETTINGS) -> Examples:
    """The documents under document encoding or, with markers, under pair encoding."""
    paired = isinstance(settings.encoding, PairEncoding)
    return Examples(split("some", documents), settings, MARKED if paired else TOKENIZER)


def test_documents_without_a_pair_are_left_out() -> None:
    made = examples(*DOCUMENTS)
    assert [a.document.id for a in made.asked] == ["treat", "bind", "pair", "mixed"]
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
        "shortened": 0,
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
    made = examples(*DOCUMENTS)
    known = coverage(made)
    assert known.pieces == sum(len(w) for a in made.asked for w in a.window_ids)
    strange = document("strange", "{x|G|1} 試 {y|G|2} 験")
    assert coverage(examples(*DOCUMENTS, strange)).unknown_pieces == known.unknown_pieces + 2


def test_coverage_counts_what_pairs_far_apart_lose() -> None:
    near, far = "{x|G|1} binds {y|G|2}.", "{x|G|1} binds " + "in mice and " * 30 + "{y|G|2}."
    made = examples(document("near", near), document("far", far), settings=PAIRS)
    covered = coverage(made)
    assert (covered.candidates, covered.shortened, covered.several_windows) == (2, 1, 0)
    assert covered.pieces == sum(len(example.unit.ids) for example in made.examples)
    assert "2 candidates (1 shortened)" in str(covered)


APART = document(
    "apart",
    "{KCN9|G|1} binds {TPO2|G|2}. The {AB|G|3} of {KCN9|G|1} and {AC|G|4} raises {pain|D|5}.",
    ("1", "2", "Bind", True),
    ("1", "5", "Association", True),
    ("2", "3", "Bind", True),
)


@pytest.mark.parametrize("settings", [SETTINGS, PAIRS], ids=["document", "pair"])
@pytest.mark.parametrize(
    ("narrowing", "kept"),
    [
        (Narrowing(), {"12", "13", "14", "23", "24", "34", "51", "52", "53", "54"}),
        (Narrowing(sentence=True), {"12", "13", "14", "34", "51", "53", "54"}),
        (Narrowing(interval=(-1, 0)), {"12", "13", "14", "23", "51", "54"}),
        (Narrowing(sentence=True, interval=(0, 0)), {"12", "13", "14", "54"}),
    ],
    ids=["all", "sentence", "interval", "both"],
)
def test_narrowing_leaves_fewer_pairs(
    narrowing: Narrowing, kept: set[str], settings: Settings
) -> None:
    made = examples(APART, settings=msgspec.structs.replace(settings, narrowing=narrowing))
    (asked,) = made.asked
    entities = APART.entities
    assert {entities[c.head].id + entities[c.tail].id for c in asked.candidates} == kept
    assert sum(len(example.gold["relation"]) for example in made.examples) == len(kept)
    covered = coverage(made)
    assert (covered.candidates, covered.gold) == (len(kept), 3)
    lost = len({"12", "51", "23"} - kept)
    assert sum(covered.unreachable.values()) == lost
    assert ("narrowing" in str(covered)) == bool(lost)


def test_a_unit_has_the_gold_of_its_pairs() -> None:
    settings = msgspec.structs.replace(PAIRS, typing=True)
    made = examples(*DOCUMENTS, settings=settings)
    assert len(made) == sum(len(asked.candidates) for asked in made.asked) == 6 + 1 + 1 + 18
    rows = iter(made.examples)
    for asked in made.asked:
        relation, novelty = relation_targets(asked, BIORED)
        heads, tails = type_targets(asked, BIORED)
        gold = {"relation": relation, "novelty": novelty, "head_type": heads, "tail_type": tails}
        for index, rule in enumerate(asked.pair_rules):
            example = next(rows)
            assert example.unit.pair_rules.tolist() == [rule]
            for task, matrix in gold.items():
                assert np.array_equal(example.gold[task], matrix[index : index + 1])
            assert example.unrelated == relation[index, 0]


def test_a_document_is_unrelated_if_all_its_pairs_are() -> None:
    made = examples(
        *DOCUMENTS, document("none", "{x|G|1} in {pain|D|2}"), document("not", "{x|G|1} {y|G|2}")
    )
    ids = [asked.document.id for asked in made.asked]
    assert [id for id, example in zip(ids, made.examples, strict=True) if example.unrelated] == [
        "none",
        "not",
    ]


def test_types_are_learnt_only_where_asked_for() -> None:
    assert set(examples(*DOCUMENTS).examples[0].gold) == {"relation", "novelty"}


@pytest.mark.parametrize("settings", [SETTINGS, PAIRS], ids=["document", "pair"])
def test_a_batch_has_gold_rows_for_its_pairs_and_judges_no_others(settings: Settings) -> None:
    settings = msgspec.structs.replace(settings, typing=True)
    made = examples(*DOCUMENTS, settings=settings)
    batch = Collator(TOKENIZER.pad_id, settings.encoding)(made.examples)
    units, pairs = (4, 18) if settings.encoding == ENCODING else (26, 1)
    assert batch["pair_rules"].shape == (units, pairs)
    sizes = {"relation": 9, "novelty": 2}
    sizes |= dict.fromkeys(("head_type", "tail_type"), len(type_classes(BIORED)))
    gold = {name: value for name, value in batch.items() if name.endswith("_gold")}
    assert {name: value.shape for name, value in gold.items()} == {
        f"{task}_gold": (units, pairs, size) for task, size in sizes.items()
    }
    assert {name for name, value in batch.items() if value.dtype == torch.bool} == set(gold)
    assert all(value.dtype == torch.int64 for name, value in batch.items() if name not in gold)
    for task in sizes:
        for rows, example in zip(gold[f"{task}_gold"], made.examples, strict=True):
            own = example.gold[task]
            assert np.array_equal(rows[: len(own)], own)
            assert not rows[len(own) :].any()


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


@given(
    st.lists(st.tuples(st.integers(1, 90), st.booleans()), min_size=1, max_size=120),
    st.integers(1, 9),
    st.floats(0.01, 1),
    st.integers(0, 99),
    st.integers(0, 9),
)
def test_an_epoch_sees_a_share_of_the_unrelated_and_all_others(
    given_units: list[tuple[int, bool]], batch: int, share: float, seed: int, epoch: int
) -> None:
    sizes = [size for size, _ in given_units]
    drawn = [index for index, (_, unrelated) in enumerate(given_units) if unrelated]

    def order() -> list[int]:
        sampler = LengthGroupedSampler(sizes, batch, seed, [(drawn, share)])
        sampler.set_epoch(epoch)
        assert len(sampler) == len(list(sampler))
        return list(sampler)

    seen = order()
    assert len(seen) == len(set(seen))
    assert set(seen) >= set(range(len(sizes))) - set(drawn)
    least = len(drawn) == len(sizes)  # an epoch is never empty
    assert len(set(seen) & set(drawn)) == max(least, round(share * len(drawn)))
    assert order() == seen, "a resumed run comes to the same draw"


def test_every_epoch_draws_others() -> None:
    sampler = LengthGroupedSampler([5] * 100, 4, 0, [(range(20, 60), 0.25), (range(60, 100), 0.25)])
    epochs = []
    for epoch in range(40):
        sampler.set_epoch(epoch)
        epochs.append(frozenset(sampler))
    assert len(set(epochs)) == 40
    assert {len(epoch) for epoch in epochs} == {20 + 20}
    assert frozenset.union(*epochs) == set(range(100)), "in time all are seen"


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
