"""Mentions to entities."""

from __future__ import annotations

import random
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.corpora import load
from relatome.data import Document, Mention, Passage
from relatome.entities import group, local_id, without_groups
from relatome.entities.grouping import RULES
from relatome.errors import InputError
from relatome.scoring.b_cubed import b_cubed
from tests.tiny import GENE, document


def groups(marked: str, **options: object) -> set[frozenset[str]]:
    """What is called one entity, as sets of mention texts."""
    made = group(document("d", marked), **options)  # type: ignore[arg-type]
    made.check()
    return {
        frozenset(made.mentions[index].text for index in entity.mentions)
        for entity in made.entities
    }


@pytest.mark.parametrize(
    ("marked", "entities"),
    [
        ("{MMP-2|G}, {mmp2|G} and {MMP-9|G}", ["MMP-2|mmp2", "MMP-9"]),
        # Abbreviations, and every further mention of either form.
        (
            "{matrix factor 2|G} ({MF-2|G}). {MF2|G} and {Matrix factor-2|G}",
            ["matrix factor 2|MF-2|MF2|Matrix factor-2"],
        ),
        ("{T1D|D} (type 1 diabetes) is {type 1 diabetes|D}", ["T1D|type 1 diabetes"]),
        # The long form of the text is less than the mention, or more.
        ("the {human ketosis|D} ({KS|D}); {KS|D}", ["human ketosis|KS"]),
        ("severe {liver disease|D} ({SLD|D}) and {SLD|D}", ["liver disease|SLD"]),
        # Abbreviations within longer names.
        (
            "{growth factor|G} ({GF|G}); {GF receptor 2|G}, {growth factor receptor 2|G}, {GF2|G}, "
            "{growth factor 2|G}",
            ["growth factor|GF", "GF receptor 2|growth factor receptor 2", "GF2|growth factor 2"],
        ),
        (
            "{toll receptor (TR) 4|G} and {toll receptor 4|G}",
            ["toll receptor (TR) 4|toll receptor 4"],
        ),
        (
            "{protein kinase C|G} ({PKC|G}), {PKCα|G}, {protein kinase C-alpha|G}",
            ["protein kinase C|PKC", "PKCα|protein kinase C-alpha"],
        ),
        ("{Ca(2+)|C} and {Ca|C}", ["Ca(2+)", "Ca"]),
        # Brackets.
        ("{gelatinase A|G} ({MMP-2|G})", ["gelatinase A|MMP-2"]),
        ("{gelatinase A|G} (as {MMP-2|G})", ["gelatinase A", "MMP-2"]),
        ("{cancer|D} ({sarcoma|D})", ["cancer", "sarcoma"]),
        ("{abadol|C} ({KCN9|G})", ["abadol", "KCN9"]),
        # Abbreviations that are not defined.
        ("{leukemia factor receptor|G} and {LFR|G}", ["leukemia factor receptor|LFR"]),
        ("{GF|G}, {growth factor receptor|G}", ["GF", "growth factor receptor"]),
        (
            "{LFR|G}: {leukemia factor receptor|G} or {lymph flow receptor|G}",
            ["LFR", "leukemia factor receptor", "lymph flow receptor"],
        ),
        # Variants.
        ("{V617F|V}, {Val617Phe|V}, {c.1849G>T|V}", ["V617F|Val617Phe|c.1849G>T"]),
        ("{Met326Ile|V}, {326Ile|V}, {Met326Met|V}", ["Met326Ile|326Ile|Met326Met"]),
        ("{Met326Ile|V}, {Met326Val|V}, {Met326Met|V}", ["Met326Ile", "Met326Val", "Met326Met"]),
        ("{V617F|V}, {V618F|V}, {c.1852G>T|V}", ["V617F", "V618F|c.1852G>T"]),
        # Types are never joined.
        ("{insulin|G}, {insulin|C}, {Insulin|C}", ["insulin", "insulin|Insulin"]),
        ("{patients|O}, {women|O}, {mice|O}", ["patients|women", "mice"]),
    ],
)
def test_entities(marked: str, entities: list[str]) -> None:
    assert groups(marked) == {frozenset(each.split("|")) for each in entities}


def test_a_definition_does_not_cross_passages() -> None:
    made = Document(
        "d",
        (Passage("title", 0, "growth factor"), Passage("abstract", 14, "(GF) is")),
        (Mention("a", 0, 13, "growth factor", GENE), Mention("b", 15, 17, "GF", GENE)),
    )
    assert len(group(made, rules=("definitions",)).entities) == 2


def test_entities_are_named_by_type_and_first_mention() -> None:
    made = group(document("d", "{Gelatinase A|G} ({MMP-2|G}) is {MMP2|G}, not {Mmp-9|G}"))
    assert [e.id for e in made.entities] == [
        local_id(GENE, "Gelatinase A"),
        local_id(GENE, "Mmp-9"),
    ]


def test_without_rules_names_must_be_equal_but_for_case() -> None:
    assert groups("{MMP-2|G}, {mmp-2|G}, {MMP2|G}", rules=()) == {
        frozenset(("MMP-2", "mmp-2")),
        frozenset(("MMP2",)),
    }


def test_given_pairs_are_joined() -> None:
    marked = "{MMP-2|G}, {the enzyme|G}, {mmp-2|G}, {it|C}"
    assert groups(marked, coreferent=[(0, 1), (1, 3)]) == {
        frozenset(("MMP-2", "mmp-2", "the enzyme")),
        frozenset(("it",)),
    }


@pytest.mark.parametrize("pair", [(0, 2), (-1, 0)])
def test_a_pair_of_no_mention_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(InputError) as raised:
        groups("{MMP-2|G}, {it|G}", coreferent=[pair])
    assert raised.value.code == "R353"
    assert raised.value.place.document == "d"


# ------------------------------------------------------------------------- given identifiers


def ids(marked: str, **options: object) -> list[tuple[str, ...]]:
    made = group(document("d", marked), **options)  # type: ignore[arg-type]
    return [mention.entity_ids for mention in made.mentions]


def test_given_identifiers_stay_and_others_join_them() -> None:
    assert ids("{MMP-2|G|4313}, {mmp2|G}, {gelatinase A|G} ({MMP-2|G}), {MMP-2|C}") == [
        ("4313",),
        ("4313",),
        ("4313",),
        ("4313",),
        (local_id("ChemicalEntity", "MMP-2"),),
    ]


def test_a_name_of_two_entities_is_most_often_the_first() -> None:
    assert ids("{Akt|G|1}, {Akt|G|2}, {AKT|G}")[2] == ("1",)
    assert ids("{Akt|G|1}, {Akt|G|2}, {AKT|G}, {akt|G|2}")[2] == ("2",)


def test_the_same_name_counts_before_the_group() -> None:
    found = ids("{gelatinase|G|1} ({MMP-2|G|2}), {gelatinase|G}, {gelatinase|G|1}, {mmp2|G}")
    assert found[2] == ("1",)
    assert found[4] == ("2",)


def test_a_composite_mention_stays_one() -> None:
    assert ids("{MMP2/9|G|4313,4318}, {MMP2/9|G}") == [("4313", "4318")] * 2


class Known:
    """A linker that knows one name."""

    def link(self, mention: Mention, document: Document) -> tuple[str, ...]:
        return ("4313",) if mention.text == "gelatinase A" else ()


def test_a_linker_names_groups() -> None:
    assert ids("{MMP-2|G}: {gelatinase A|G} ({MMP-2|G}), {KCN9|G|9}, {TPO2|G}", linker=Known()) == [
        ("4313",),
        ("4313",),
        ("4313",),
        ("9",),
        (local_id(GENE, "TPO2"),),
    ]


def test_without_groups_nothing_is_identified() -> None:
    made = document("d", "{KCN9|G|1} in {ketosis|D|2}", ("1", "2", "Association", None))
    bare = without_groups(made)
    bare.check()
    assert not bare.entities
    assert not bare.relations
    assert bare.text == made.text


# --------------------------------------------------------------------------------- properties

PIECES = (
    "matrix factor 2", "MF2", "MF-2", "(MF2)", "MF2 receptor", "V617F", "Val617Phe", "617Phe",
    "c.1849G>T", "patients", "women", "tumor", "tumours", "AB", "alpha beta", "A, B", "%", "α",
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text, mentions = "", []
    for index, name in enumerate(draw(st.lists(st.sampled_from(PIECES), max_size=12))):
        type = draw(st.sampled_from((GENE, "DiseaseOrPhenotypicFeature", "SequenceVariant")))
        identified = draw(st.sampled_from(((), (), (), ("1",), ("2", "3"))))
        inside = name.strip("()")
        start = len(text) + name.index(inside)
        mentions.append(Mention(f"m{index}", start, start + len(inside), inside, type, identified))
        text += name + draw(st.sampled_from((" ", " and ", ". ")))
    return Document("d", (Passage("abstract", 0, text),), tuple(mentions))


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_mentions_means_nothing(made: Document, chance: random.Random) -> None:
    order = list(made.mentions)
    chance.shuffle(order)
    shuffled = group(msgspec.structs.replace(made, mentions=tuple(order)))
    assert {m.id: m.entity_ids for m in shuffled.mentions} == {
        m.id: m.entity_ids for m in group(made).mentions
    }


@given(documents())
def test_grouping_again_changes_nothing(made: Document) -> None:
    once = group(made)
    assert group(once) == once


@given(documents())
def test_local_groups_have_one_type_and_every_mention_an_identifier(made: Document) -> None:
    grouped = group(without_groups(made))
    types: dict[str, set[str]] = {}
    for mention in grouped.mentions:
        (identifier,) = mention.entity_ids
        types.setdefault(identifier, set()).add(mention.type)
    assert all(len(each) == 1 for each in types.values())


@given(documents())
def test_everything_but_identifiers_stays(made: Document) -> None:
    grouped = group(made)
    for before, after in zip(made.mentions, grouped.mentions, strict=True):
        assert before.entity_ids in ((), after.entity_ids)
        assert msgspec.structs.replace(after, entity_ids=before.entity_ids) == before


@given(documents(), st.integers(0, len(RULES) - 1))
def test_fewer_rules_never_join_more(made: Document, count: int) -> None:
    bare = without_groups(made)
    fewer, more = group(bare, rules=RULES[:count]), group(bare)
    assert len(fewer.entities) >= len(more.entities)


@pytest.mark.parametrize(
    "kind", ["same", "different", "acronyms", "variants", "one place", "defined"]
)
def test_ten_thousand_mentions_take_a_moment(kind: str) -> None:
    letters = "ACDEFGHIKLMNPQRSTVWY"
    names = {
        "same": lambda i: "MMP-2",
        "different": lambda i: f"factor {i}",
        "acronyms": lambda i: f"AB{i}" if i % 2 else f"alpha beta {i} xyz",
        "variants": lambda i: f"c.{i}A>T" if i % 3 else f"A{i}T",
        "one place": lambda i: f"{letters[i % 20]}1{letters[i // 20 % 20]}",
        "defined": lambda i: f"gene factor {i // 2}" if i % 2 == 0 else f"(GF{i // 2})",
    }
    type = "SequenceVariant" if kind in ("variants", "one place") else GENE
    text, mentions = "", []
    for index in range(10_000):
        name = names[kind](index)
        inside = name.strip("()")
        start = len(text) + name.index(inside)
        mentions.append(Mention(str(index), start, start + len(inside), inside, type))
        text += name + " "
    made = Document("d", (Passage("abstract", 0, text),), tuple(mentions))
    started = time.process_time()
    grouped = group(made)
    assert time.process_time() - started < 3
    if kind == "defined":
        assert len(grouped.entities) == 5000


def test_entities_of_biored_dev(corpora_dir: Path) -> None:
    gold = load("biored", "dev", corpora_dir).documents
    grouped = [group(without_groups(each)) for each in gold]
    assert b_cubed(gold, grouped).f1 > 0.94
