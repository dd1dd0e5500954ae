"""B³ against its authors' example, and its limits."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage
from relatome.errors import InputError
from relatome.scoring.b_cubed import BCubed, b_cubed

Groups = Sequence[tuple[str, ...]]


def document(groups: Groups, types: str = "") -> Document:
    """A document of one-letter mentions with these identifiers."""
    text = "x " * len(groups)
    return Document(
        "d",
        (Passage("title", 0, text),),
        tuple(
            Mention(f"m{i}", 2 * i, 2 * i + 1, "x", (types or "G" * len(groups))[i], ids)
            for i, ids in enumerate(groups)
        ),
    )


def single(names: str) -> Groups:
    return [(name,) for name in names]


def test_the_example_of_bagga_and_baldwin() -> None:
    # Entities of five, two and five mentions; the response joins the last two (section 2, 1998).
    gold = document(single("aaaaabbccccc"))
    found = b_cubed([gold], [document(single("11111" + "2222222"))])
    assert found.precision == pytest.approx(16 / 21)
    assert found.recall == 1
    # And the response that joins the first and the last.
    found = b_cubed([gold], [document(single("11111" + "22" + "11111"))])
    assert found.precision == pytest.approx(7 / 12)
    assert found.recall == 1
    assert found.f1 == pytest.approx(2 * 7 / 12 / (1 + 7 / 12))


def test_f1_is_the_harmonic_mean() -> None:
    assert BCubed(0.5, 0.25, 1).f1 == pytest.approx(1 / 3)


def test_names_of_groups_mean_nothing() -> None:
    assert b_cubed([document(single("aab"))], [document(single("bba"))]).f1 == 1


def test_a_mention_without_predicted_group_is_alone() -> None:
    found = b_cubed([document(single("aa"))], [document([(), ()])])
    assert (found.precision, found.recall) == (1, 0.5)


def test_mentions_without_annotated_entity_are_left_out() -> None:
    gold = document([("a",), (), ("a",), ()])
    found = b_cubed([gold], [document(single("1122"))])
    assert (found.mentions, found.left_out) == (2, 2)
    assert (found.precision, found.recall) == (1, 0.5)


def test_nothing_to_judge() -> None:
    found = b_cubed([document([])], [document([])])
    assert (found.precision, found.recall, found.f1, found.mentions) == (0, 0, 0, 0)


def test_a_composite_mention_belongs_to_each_of_its_entities() -> None:
    # Amigó et al. 2009: multiplicity precision and recall.
    gold = document([("a", "b"), ("a",), ("b",)])
    assert b_cubed([gold], [gold]).f1 == 1
    apart = b_cubed([gold], [document(single("112"))])
    assert apart.precision == 1
    # The composite shares an entity with all three and two with itself, and has 1 predicted group.
    assert apart.recall == pytest.approx(((0.5 + 1 + 0) / 3 + (1 + 1) / 2 + (0 + 1) / 2) / 3)


def test_types_are_judged_apart_and_documents_together() -> None:
    gold = document(single("aabb"), "GGDD")
    predicted = document(single("1223"), "GGDD")
    other = document(single("a"), "G")
    found = b_cubed([gold, other], [predicted, other], "G")
    assert found.mentions == 3
    assert found.recall == pytest.approx((0.5 + 0.5 + 1) / 3)


def test_other_mentions_are_refused() -> None:
    gold = document(single("ab"))
    with pytest.raises(InputError) as raised:
        b_cubed([gold], [document(single("abc"))])
    assert raised.value.code == "R350"
    assert raised.value.values == {"what": "mentions", "count": 2, "other": 3}
    assert raised.value.place.document == "d"
    with pytest.raises(InputError):
        b_cubed([gold], [document(single("ab"), "GD")])
    with pytest.raises(InputError) as raised:
        b_cubed([gold], [])
    assert raised.value.values == {"what": "documents", "count": 1, "other": 0}


names = st.lists(st.sampled_from("abc"), min_size=1, max_size=8).map("".join)


@given(st.data())
def test_against_the_definition(data: st.DataObject) -> None:
    wanted = data.draw(names)
    found = data.draw(st.text("123", min_size=len(wanted), max_size=len(wanted)))
    precision = recall = 0.0
    for i in range(len(wanted)):
        entity = {j for j in range(len(wanted)) if wanted[j] == wanted[i]}
        chain = {j for j in range(len(wanted)) if found[j] == found[i]}
        precision += len(entity & chain) / len(chain) / len(wanted)
        recall += len(entity & chain) / len(entity) / len(wanted)
    made = b_cubed([document(single(wanted))], [document(single(found))])
    assert made.precision == pytest.approx(precision)
    assert made.recall == pytest.approx(recall)


several = st.lists(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True).map(tuple), max_size=8
)


@given(several, st.permutations(range(8)))
def test_turned_round_precision_is_recall(groups: Groups, order: Sequence[int]) -> None:
    gold = document(groups)
    predicted = document([groups[i % len(groups)] for i in order[: len(groups)]])
    one, other = b_cubed([gold], [predicted]), b_cubed([predicted], [gold])
    assert one.precision == pytest.approx(other.recall)
    assert 0 <= one.recall <= 1
    turned = msgspec.structs.replace(predicted, mentions=predicted.mentions[::-1])
    assert b_cubed([gold], [turned]).f1 == pytest.approx(one.f1)
