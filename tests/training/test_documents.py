"""Which documents a recipe learns from, and which it is judged on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("torch")

from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Split
from relatome.errors import InputError, UsageError
from relatome.recipes import Recipe, load_recipe
from relatome.training import documents as documents_module
from relatome.training import learning_splits
from relatome.training.documents import held_out
from tests.tiny import DOCUMENTS, learnable, split

PARTS = {
    "train": split("own:train", learnable(30)),
    "more": split("own:more", learnable(20, start=30)),
    "dev": split("own:dev", DOCUMENTS, "dev"),
    "test": split("own:test", learnable(3, start=90), "test"),
}


@pytest.fixture(autouse=True)
def _own_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_module, "load", lambda corpus, part, directory: PARTS[part])


def recipe(*overrides: str) -> Recipe:
    return load_recipe("small", ('data.train=["own:train"]', "data.dev=own:dev", *overrides))


def parts(*overrides: str) -> tuple[Split, Split]:
    return learning_splits(recipe(*overrides), Path())


def test_splits_are_joined_and_dev_is_whole() -> None:
    train, dev = parts('data.train=["own:train", "own:more"]', "data.fraction=0.2")
    assert len(train.documents) == 10
    assert dev == PARTS["dev"]


def test_documents_of_other_corpora_are_learnt_from_whole() -> None:
    train, dev = parts('data.source=["own:more"]', "data.fraction=0.1", "data.dev=0.2")
    assert set(train.ids) >= set(PARTS["more"].ids)
    assert len(train.documents) == 20 + round(0.1 * 24)
    assert dev.ids <= PARTS["train"].ids, "what is held out is of the target corpus"


def test_a_share_for_dev_is_the_same_whatever_the_seed() -> None:
    splits = [
        parts("data.dev=0.2", f"training.seed={seed}", f"data.fraction={fraction}")
        for seed in (1, 2)
        for fraction in (1.0, 0.5)
    ]
    assert len({dev.ids for _, dev in splits}) == 1
    assert len({train.ids for train, _ in splits}) == 3
    for train, dev in splits:
        assert not train.ids & dev.ids
    (whole, dev), *_ = splits
    assert whole.ids | dev.ids == PARTS["train"].ids
    assert len(dev.documents) == 6
    # Of each kind of document there is the same share.
    kinds = Counter(d.relations[0].type if d.relations else "" for d in dev.documents)
    assert kinds == {"Positive_Correlation": 2, "Negative_Correlation": 2, "": 2}


def test_what_is_held_out_says_so() -> None:
    train, dev = parts("data.dev=0.2")
    assert (train.name, dev.name) == ("own:train", "own:train (held out)")
    assert (train.role, dev.role) == ("train", "train")


def test_a_test_split_stays_one_whatever_is_held_out_of_it() -> None:
    train, dev = parts('data.train=["own:test"]', "data.dev=0.4")
    assert (train.role, dev.role) == ("test", "test")


@given(st.integers(1, 40), st.floats(0.001, 0.999))
def test_held_out_and_rest_are_the_whole(count: int, share: float) -> None:
    whole = split("some", learnable(count))
    rest, dev = held_out(whole, share)
    assert not rest.ids & dev.ids
    assert len(dev.documents) == max(1, round(share * count))

    def places(part: Split) -> list[int]:
        return [whole.documents.index(document) for document in part.documents]

    assert sorted(places(rest) + places(dev)) == list(range(count))
    assert places(rest) == sorted(places(rest))
    assert places(dev) == sorted(places(dev))


def test_a_document_in_two_splits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice: tuple[Document, ...] = PARTS["train"].documents[:1]
    again = msgspec.structs.replace(PARTS["more"], documents=twice)
    monkeypatch.setitem(PARTS, "more", again)
    with pytest.raises(InputError, match="R202"):
        parts('data.train=["own:train", "own:more"]')


@pytest.mark.parametrize("override", ['data.train=["own"]', "data.dev=own", 'data.source=["own"]'])
def test_a_split_without_a_corpus_is_refused(override: str) -> None:
    with pytest.raises(UsageError, match="R610"):
        parts(override)


def test_folds_and_no_selection_at_all() -> None:
    held: list[str] = []
    for number in (1, 2, 3):
        learnt, out = learning_splits(recipe(f"data.dev={{fold={number},of=3}}"), None)
        assert out is not None
        assert out.name == f"own:train (fold {number} of 3)"
        assert learnt.ids | out.ids == PARTS["train"].ids
        assert not learnt.ids & out.ids
        held += out.ids
    assert sorted(held) == sorted(PARTS["train"].ids)
    learnt, out = learning_splits(recipe("data.dev=0.0"), None)
    assert out is None
    assert learnt == PARTS["train"]
    with pytest.raises(UsageError, match="there is no fold 4 of 3"):
        recipe("data.dev={fold=4,of=3}")
    with pytest.raises(UsageError, match="31 folds were asked of 30 documents"):
        learning_splits(recipe("data.dev={fold=1,of=31}"), None)
