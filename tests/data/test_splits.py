from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import (
    Document,
    Relation,
    Split,
    folds,
    overlap,
    require_disjoint,
    require_not_test,
)
from relatome.data.splits import in_strata
from relatome.errors import InputError, UsageError


def documents(*ids: str) -> tuple[Document, ...]:
    return tuple(Document(each, ()) for each in ids)


def test_a_test_split_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="split 'bc8' is marked test and cannot be used to train"):
        require_not_test(Split("bc8", "test", documents("1")), "train")


@pytest.mark.parametrize("role", ["train", "dev"])
def test_other_splits_are_free(role: str) -> None:
    require_not_test(Split("any", role, documents("1")), "train")


def test_overlap_is_found_whichever_side_is_asked() -> None:
    left, right = ["3", "1", "2"], ["2", "4", "3"]
    assert overlap(left, right) == overlap(right, left) == ["2", "3"]


@pytest.mark.parametrize("turned", [False, True])
def test_splits_that_share_documents_are_refused(turned: bool) -> None:
    sides = [
        Split("train", "train", documents(*"abcdef")),
        Split("dev", "dev", documents(*"xfedc")),
    ]
    left, right = reversed(sides) if turned else sides
    with pytest.raises(
        InputError, match=rf"4 documents .* '{left.name}' and '{right.name}'.* c, d, e\."
    ):
        require_disjoint(left, right)


def test_splits_that_share_nothing_pass() -> None:
    require_disjoint(
        Split("train", "train", documents("a")), Split("test", "test", documents("b", "c"))
    )


@given(st.integers(2, 6), st.integers(0, 20), st.integers(0, 5))
def test_folds_hold_out_every_document_once(count: int, more: int, seed: int) -> None:
    made = documents(*(str(index) for index in range(count + more)))
    dealt = folds(made, count, seed)
    assert len(dealt) == count
    held = [document for _, out in dealt for document in out]
    assert sorted(held, key=lambda d: int(d.id)) == list(made)
    sizes = [len(out) for _, out in dealt]
    assert max(sizes) - min(sizes) <= 1
    for rest, out in dealt:
        assert sorted((*rest, *out), key=lambda d: int(d.id)) == list(made)
        assert not overlap((d.id for d in rest), (d.id for d in out))
    assert folds(made, count, seed) == dealt


def test_folds_never_divide_a_document_in_sentences() -> None:
    made = tuple(
        Document(f"{n}.{s}", (), infons={"document": str(n)})
        for n in range(7)
        for s in range(n + 1)
    )
    for rest, out in folds(made, 3, 0):
        assert not {d.infons["document"] for d in rest} & {d.infons["document"] for d in out}
    with pytest.raises(UsageError, match="8 folds were asked of 7 documents"):
        folds(made, 8, 0)


def test_another_seed_deals_otherwise() -> None:
    made = documents(*(str(index) for index in range(20)))
    assert folds(made, 4, 0) != folds(made, 4, 1)


def test_golden_folds_stay_the_same_between_versions() -> None:
    dealt = folds(documents(*"abcdefg"), 3, seed=13)
    assert ["".join(d.id for d in out) for _, out in dealt] == ["cde", "ab", "fg"]


@pytest.mark.parametrize("count", [-1, 0, 1, 4])
def test_impossible_folds_are_refused(count: int) -> None:
    with pytest.raises(UsageError, match=f"{count} folds were asked of 3 documents"):
        folds(documents("a", "b", "c"), count, 0)


def test_joined_splits_hold_all_documents() -> None:
    joined = Split.joined(
        [Split("train", "train", documents("b", "a")), Split("dev", "dev", documents("c"))]
    )
    assert joined == Split("train+dev", "train", documents("b", "a", "c"))


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("dev", "dev"), "dev"),
        (("dev", "train"), "train"),
        (("train", "test"), "test"),
        (("test", "dev"), "test"),
    ],
)
def test_a_joined_split_is_as_guarded_as_its_parts(roles: tuple[str, str], expected: str) -> None:
    parts = [Split(str(index), role, documents(str(index))) for index, role in enumerate(roles)]
    assert Split.joined(parts).role == expected


def test_splits_that_share_documents_are_not_joined() -> None:
    parts = [
        Split("one", "train", documents("a")),
        Split("two", "train", documents("b")),
        Split("three", "dev", documents("a")),
    ]
    with pytest.raises(InputError, match="1 documents are in both 'one' and 'three'"):
        Split.joined(parts)


FRACTIONS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)


def annotated(*types: str) -> tuple[Document, ...]:
    """Documents with one relation each of these types; none where the type is empty."""
    return tuple(
        Document(str(n), (), (), (Relation("a", "b", type),) if type else ())
        for n, type in enumerate(types)
    )


@given(
    st.lists(st.sampled_from(("", "Bind", "Association", "Conversion")), min_size=1, max_size=300),
    st.integers(0, 5),
)
def test_subsets_are_nested_and_in_order(types: list[str], seed: int) -> None:
    split = Split("x:train", "train", annotated(*types))
    subsets = [split.subset(fraction, seed) for fraction in FRACTIONS]
    for fraction, subset in zip(FRACTIONS, subsets, strict=True):
        assert len(subset.documents) == max(1, round(fraction * len(types)))
        numbers = [int(document.id) for document in subset.documents]
        assert numbers == sorted(numbers)
        assert subset.role == "train"
    for smaller, larger in pairwise(subsets):
        assert smaller.ids <= larger.ids
    assert subsets[-1] is split
    assert split.subset(0.25, seed) == subsets[3]


def test_subsets_keep_the_shares_of_the_relation_types() -> None:
    types = ["Association"] * 240 + ["Bind"] * 80 + ["Conversion"] * 4 + [""] * 76
    split = Split("x:train", "train", annotated(*types))
    for seed in range(20):
        for fraction in FRACTIONS:
            subset = split.subset(fraction, seed)
            found = Counter(r.type for d in subset.documents for r in d.relations)
            found[""] = sum(not d.relations for d in subset.documents)
            for type, number in Counter(types).items():
                assert abs(found[type] - fraction * number) <= 2, (type, fraction)


def test_a_document_counts_as_its_rarest_type() -> None:
    both = Document("0", (), (), (Relation("a", "b", "Association"), Relation("a", "c", "Bind")))
    rest = annotated(*["Association"] * 99)[1:]
    split = Split("x:train", "train", (both, *rest))
    # One document in ninety-nine has Bind: which half it falls into is left to the seed.
    halves = [split.subset(0.5, seed) for seed in range(40)]
    assert 0 < sum("0" in half.ids for half in halves) < 40


def test_other_seeds_draw_other_documents() -> None:
    split = Split("x:train", "train", annotated(*["Bind"] * 100))
    assert split.subset(0.1, 1).ids != split.subset(0.1, 2).ids
    assert split.subset(0.1, 1).name == "x:train (10 %)"
    assert Split("x:train", "train", ()).subset(0.1, 1).documents == ()


def sentences(*types: tuple[str, ...]) -> tuple[Document, ...]:
    """Documents in sentences, each with one relation of its type; none where the type is empty."""
    return tuple(
        Document(
            f"{n}.s{i}",
            (),
            (),
            (Relation("a", "b", type),) if type else (),
            {"document": str(n)},
        )
        for n, its_types in enumerate(types)
        for i, type in enumerate(its_types)
    )


@given(
    st.lists(
        st.lists(st.sampled_from(("", "Bind", "Association")), min_size=1, max_size=6).map(tuple),
        min_size=1,
        max_size=60,
    ),
    st.integers(0, 5),
)
def test_subsets_take_the_sentences_of_a_document_together(
    types: list[tuple[str, ...]], seed: int
) -> None:
    made = sentences(*types)
    split = Split("x:train", "train", made)
    subsets = [split.subset(fraction, seed) for fraction in FRACTIONS]
    for fraction, subset in zip(FRACTIONS, subsets, strict=True):
        rest = [d for d in made if d.id not in subset.ids]
        assert not {d.infons["document"] for d in rest} & {
            d.infons["document"] for d in subset.documents
        }
        wanted = max(1, round(fraction * len(made)))
        assert wanted <= len(subset.documents) < wanted + max(map(len, types))
        assert [d for d in made if d.id in subset.ids] == list(subset.documents)
    for smaller, larger in pairwise(subsets):
        assert smaller.ids <= larger.ids


def test_golden_subsets_stay_the_same_between_versions() -> None:
    types = ("Bind", "", "Association", "Association", "Bind", "", "Association", "Conversion")
    golden = [1, 3, 4, 2, 7, 5, 6, 0]
    assert in_strata(annotated(*types), seed=13) == [[place] for place in golden]
    # The same documents, each in two sentences: the same order.
    halves = in_strata(sentences(*((type, type) for type in types)), seed=13)
    assert halves == [[2 * place, 2 * place + 1] for place in golden]
