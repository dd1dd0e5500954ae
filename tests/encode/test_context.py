"""Context rules: which part of a document a pair's sequence holds, and what gives way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relatome.encode.context import CONTEXTS, Context, Marked, Range, choose, shortened

TAGS = 2  # tokens of the tags around each mention


def context(
    name: str,
    spans: list[Range],
    budget: int,
    length: int = 40,
    sentences: list[Range] | None = None,
    closest: tuple[int, int] = (0, 1),
) -> Context:
    marked = [Marked(span, TAGS) for span in spans]
    return choose(CONTEXTS[name], marked, closest, sentences or [(0, length)], length, budget)


FIVE = [(0, 8), (8, 16), (16, 24), (24, 32), (32, 40)]


@pytest.mark.parametrize(
    ("name", "spans", "expected"),
    [
        ("sentence", [(17, 18), (20, 21)], (16, 24)),
        ("sentences-1", [(17, 18), (20, 21)], (8, 32)),
        ("sentences-2", [(17, 18), (20, 21)], (0, 40)),
        ("sentences-1", [(1, 2), (3, 4)], (0, 16)),  # nothing before the first
        ("sentences-1", [(38, 39), (39, 40)], (24, 40)),  # or after the last
        ("sentence", [(9, 10), (25, 26)], (8, 32)),  # from the one to the other
        ("sentences-1", [(9, 10), (25, 26)], (0, 40)),
        ("sentence", [(16, 17), (23, 24)], (16, 24)),  # at both edges
        ("sentence", [(22, 26), (30, 31)], (16, 32)),  # a mention in two sentences
        ("window", [(17, 18), (20, 21)], (0, 40)),
    ],
)
def test_what_a_rule_gives_where_all_fits(name: str, spans: list[Range], expected: Range) -> None:
    assert context(name, spans, 60, sentences=FIVE) == Context((expected,), (0, 1), False)


def test_a_rule_without_sentences_to_look_at_reads_the_whole() -> None:
    assert context("sentence", [(3, 4), (30, 31)], 60).pieces == ((0, 40),)


@pytest.mark.parametrize(
    ("spans", "budget", "expected"),
    [
        ([(18, 19), (21, 22)], 14, (15, 25)),  # 3 before, 3 after, 4 of tags
        ([(18, 19), (21, 22)], 15, (15, 26)),
        ([(1, 2), (4, 5)], 18, (0, 14)),  # what cannot go before goes after
        ([(36, 37), (38, 39)], 18, (26, 40)),
        ([(18, 19), (21, 22)], 8, (18, 22)),  # just the pair
        ([(18, 22), (19, 20)], 10, (17, 23)),  # nested
    ],
)
def test_the_window_is_centred_and_full(spans: list[Range], budget: int, expected: Range) -> None:
    assert context("window", spans, budget) == Context((expected,), (0, 1), False)


def test_the_window_does_not_cut_a_mention_of_the_pair() -> None:
    spans = [(10, 14), (18, 19), (21, 22)]
    # 8 tokens of text: the third mention before 15 would be cut, so what is left goes after.
    cut = context("window", spans, 14, closest=(1, 2))
    assert cut == Context(((15, 25),), (1, 2), False)
    # From 24 on there is room for all of it, with its tags.
    sizes = [context("window", spans, budget, closest=(1, 2)) for budget in range(8, 30)]
    for made in sizes:
        ((first, _),) = made.pieces
        assert not 10 < first < 14
        assert (0 in made.marked) == (first <= 10)
    assert {0 in made.marked for made in sizes} == {True, False}


def test_a_sentence_that_is_too_long_becomes_a_window_inside_it() -> None:
    sentences = [(0, 10), (10, 34), (34, 40)]
    made = context("sentence", [(12, 13), (15, 16)], 16, sentences=sentences)
    assert made == Context(((10, 22),), (0, 1), True)
    fitting = context("sentence", [(12, 13), (15, 16)], 28, sentences=sentences)
    assert fitting == Context(((10, 34),), (0, 1), False)


def test_a_pair_too_far_apart_keeps_both_and_their_surroundings() -> None:
    made = context("window", [(5, 6), (30, 32)], 15)  # 11 of text, 4 of tags
    assert made == Context(((3, 8), (28, 34)), (0, 1), True)
    at_the_start = context("window", [(0, 1), (38, 40)], 15)
    assert at_the_start == Context(((0, 5), (34, 40)), (0, 1), True)


def test_torn_sentences_stay_inside_their_reach() -> None:
    made = context("sentence", [(9, 10), (30, 31)], 16, sentences=FIVE)
    assert made.shortened
    assert made.pieces[0][0] >= 8
    assert made.pieces[-1][1] <= 32


def test_other_mentions_near_a_torn_pair_are_whole_or_out() -> None:
    for budget in range(10, 40):
        made = context("window", [(2, 6), (8, 9), (34, 35), (36, 39)], budget, closest=(1, 2))
        kept = [t for first, last in made.pieces for t in range(first, last)]
        for index, span in ((0, (2, 6)), (3, (36, 39))):
            inside = set(range(*span)).intersection(kept)
            assert inside in (set(), set(range(*span)))
            assert (index in made.marked) == bool(inside)
        assert len(kept) + TAGS * len(made.marked) <= budget


def test_a_mention_longer_than_the_sequence_keeps_its_ends() -> None:
    # 16 tokens of text, 12 of them for mentions: 11 and 1, and a token around each
    made = context("window", [(3, 33), (36, 37)], 20)
    assert made == Context(((2, 9), (28, 34), (35, 38)), (0, 1), True)
    nested = context("window", [(3, 33), (10, 11)], 20)
    assert nested == Context(((2, 12), (28, 34)), (0, 1), True)


@pytest.mark.parametrize(
    ("mentions", "room", "expected"),
    [
        ([(0, 3), (5, 8)], 6, [[0, 1, 2], [5, 6, 7]]),
        ([(0, 9), (10, 11)], 6, [[0, 1, 2, 7, 8], [10]]),  # the short one leaves its half
        ([(0, 9), (10, 19)], 6, [[0, 1, 8], [10, 11, 18]]),
        ([(0, 9), (10, 19)], 4, [[0, 8], [10, 18]]),
        ([(0, 2), (0, 2)], 8, [[0, 1], [0, 1]]),
    ],
)
def test_names_are_shortened_to_their_ends(
    mentions: list[Range], room: int, expected: list[list[int]]
) -> None:
    assert [kept.tolist() for kept in shortened(mentions, room)] == expected


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, list[Range], tuple[int, int], list[Range], int, int]:
    """A document of 10 to 60 tokens, a pair with up to six mentions in it, and a budget."""
    length = draw(st.integers(10, 60))
    borders = sorted(draw(st.sets(st.integers(1, length - 1), max_size=5)))
    sentences = list(pairwise([0, *borders, length]))
    spans = []
    for _ in range(draw(st.integers(2, 6))):
        first = draw(st.integers(0, length - 1))
        spans.append((first, draw(st.integers(first + 1, min(length, first + 8)))))
    closest = draw(st.permutations(range(len(spans))))[:2]
    budget = draw(st.integers(12, 80))
    return (
        draw(st.sampled_from(sorted(CONTEXTS))),
        sorted(spans),
        (closest[0], closest[1]),
        sentences,
        length,
        budget,
    )


@given(pairs())
def test_every_text_fits_and_holds_the_pair(
    case: tuple[str, list[Range], tuple[int, int], list[Range], int, int],
) -> None:
    name, spans, closest, sentences, length, budget = case
    made = context(name, spans, budget, length, sentences, closest)
    kept = [t for first, last in made.pieces for t in range(first, last)]
    assert kept == sorted(set(kept))
    assert 0 <= kept[0] <= kept[-1] < length
    assert len(kept) + TAGS * len(made.marked) <= budget
    assert set(closest) <= set(made.marked)
    for index in made.marked:
        first, last = spans[index]
        assert first in kept
        assert last - 1 in kept
        if len(made.pieces) == 1:
            assert kept[0] <= first
            assert last <= kept[-1] + 1
    assert made == context(name, spans, budget, length, sentences, closest)
    if len(made.pieces) > 1:
        assert made.shortened


@given(pairs())
def test_more_room_never_gives_less(
    case: tuple[str, list[Range], tuple[int, int], list[Range], int, int],
) -> None:
    name, spans, closest, sentences, length, budget = case
    # A mention nested in a pair that hardly fits may cost the pair its surroundings.
    assume(all(one[1] <= other[0] for one, other in pairwise(spans)))
    less = context(name, spans, budget, length, sentences, closest)
    more = context(name, spans, budget + 1, length, sentences, closest)
    if len(less.pieces) == 1:
        assert len(more.pieces) == 1
        assert more.pieces[0][0] <= less.pieces[0][0]
        assert more.pieces[0][1] >= less.pieces[0][1]
    assert more.shortened <= less.shortened
