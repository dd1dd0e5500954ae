from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Entity, Mention, Passage, Relation, Span
from relatome.errors import InputError

TITLE = Passage("title", 0, "BRCA1 and tamoxifen")
ABSTRACT = Passage("abstract", 20, "Tamoxifen acts on BRCA1/2.")
DOCUMENT = Document(
    "1",
    (TITLE, ABSTRACT),
    (
        # Out of text order on purpose: a file may list mentions in any order.
        Mention("m4", 38, 45, "BRCA1/2", "Gene", ("672", "675")),
        Mention("m1", 0, 5, "BRCA1", "Gene", ("672",)),
        Mention("m2", 10, 19, "tamoxifen", "Chemical", ("D013629",)),
        Mention("m3", 20, 29, "Tamoxifen", "Chemical", ("D013629",)),
        Mention("m5", 30, 34, "acts", "Gene"),
    ),
    (Relation("D013629", "672", "Association"),),
)


def changed(**parts: object) -> Document:
    return msgspec.structs.replace(DOCUMENT, **parts)


def test_text_joins_passages_at_their_offsets() -> None:
    assert DOCUMENT.text == "BRCA1 and tamoxifen Tamoxifen acts on BRCA1/2."
    assert ABSTRACT.end == len(DOCUMENT.text) == 46


def test_a_gap_between_passages_is_spaces() -> None:
    document = Document("1", (Passage("a", 2, "xy"), Passage("b", 7, "z")))
    assert document.text == "  xy   z"


def test_entities_in_order_of_first_mention() -> None:
    assert DOCUMENT.entities == (
        Entity("672", "Gene", (1, 0)),
        Entity("D013629", "Chemical", (2, 3)),
        Entity("675", "Gene", (0,)),
    )
    assert DOCUMENT.entity_by_id["675"] is DOCUMENT.entities[2]


def test_a_mention_that_repeats_an_identifier_belongs_to_it_once() -> None:
    mention = Mention("m", 0, 5, "BRCA1", "Gene", ("672", "672"))
    assert changed(mentions=(mention,), relations=()).entities == (Entity("672", "Gene", (0,)),)


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (("Gene", "Disease", "Disease"), "Disease"),
        (("Gene", "Disease"), "Gene"),
        (("Disease", "Gene"), "Disease"),
    ],
)
def test_an_identifier_with_several_types_takes_the_commonest(
    types: tuple[str, ...], expected: str
) -> None:
    mentions = tuple(
        Mention(f"m{i}", i, i + 1, "x", type_, ("1",)) for i, type_ in enumerate(types)
    )
    (entity,) = Document("1", (Passage("title", 0, "xxx"),), mentions).entities
    assert entity.type == expected


def test_a_sound_document_passes() -> None:
    DOCUMENT.check()
    Document("empty", ()).check()


def test_discontinuous_mentions_are_compared_piece_by_piece() -> None:
    document = Document(
        "1",
        (Passage("title", 0, "left and right lung"),),
        (Mention("m", 0, 19, "left lung", "Organ", (), (Span(0, 4), Span(15, 19))),),
    )
    document.check()
    (mention,) = document.mentions
    wrong = msgspec.structs.replace(mention, text="left right lung")
    with pytest.raises(InputError, match="the text there is 'left lung'"):
        msgspec.structs.replace(document, mentions=(wrong,)).check()


@pytest.mark.parametrize(
    ("mention", "complaint"),
    [
        (Mention("m", 1, 6, "BRCA1", "Gene"), r"1-6 says 'BRCA1', but .* is 'RCA1 '"),
        (Mention("m", 40, 47, "BRCA1/2", "Gene"), "40-47 lies outside the document of 46"),
        (Mention("m", -5, 5, "BRCA1", "Gene"), "-5-5 lies outside"),
        (Mention("m", 5, 5, "", "Gene"), "5-5 lies outside"),
        (Mention("m", 5, 0, "", "Gene"), "5-0 lies outside"),
        (
            Mention("m", 0, 5, "BRCA1", "Gene", (), (Span(0, 2), Span(40, 60))),
            "40-60 lies outside",
        ),
    ],
)
def test_a_mention_that_does_not_fit_is_named(mention: Mention, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        changed(mentions=(mention,), relations=()).check()
    assert caught.value.place.document == "1"


def test_mention_ids_are_unique() -> None:
    twice = (DOCUMENT.mentions[1], DOCUMENT.mentions[1])
    with pytest.raises(InputError, match="document 1: mention id 'm1' occurs more than once"):
        changed(mentions=twice, relations=()).check()


@pytest.mark.parametrize(("head", "tail"), [("7157", "672"), ("672", "7157")])
def test_a_relation_to_an_entity_without_mention_is_named(head: str, tail: str) -> None:
    with pytest.raises(InputError, match="relation Bind refers to '7157'"):
        changed(relations=(Relation(head, tail, "Bind"),)).check()


@pytest.mark.parametrize("offset", [18, -1])
def test_passages_do_not_overlap(offset: int) -> None:
    late = Passage("abstract", offset, "Tamoxifen")
    passages = (TITLE, late) if offset > 0 else (late,)
    with pytest.raises(InputError, match=f"passage at offset {offset} begins before"):
        Document("1", passages).check()


def test_with_relations_replaces_them_and_nothing_else() -> None:
    found = (Relation("672", "675", "Bind", score=0.5, novel=True),)
    document = DOCUMENT.with_relations(found)
    assert document.relations == found
    assert document.with_relations(DOCUMENT.relations) == DOCUMENT
    assert DOCUMENT.relations[0].type == "Association"


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=8)), max_size=5), st.data())
def test_offsets_are_characters_of_the_text(
    pieces: list[tuple[int, str]], data: st.DataObject
) -> None:
    """Whatever the passages, the text at a passage's and a mention's offsets is its own."""
    passages, end = [], 0
    for gap, text in pieces:
        passages.append(Passage("p", end + gap, text))
        end = passages[-1].end
    document = Document("1", tuple(passages))
    assert len(document.text) == end
    for passage in passages:
        assert document.text[passage.offset : passage.end] == passage.text
    if end:
        start = data.draw(st.integers(0, end - 1))
        stop = data.draw(st.integers(start + 1, end))
        mention = Mention("m", start, stop, document.text[start:stop], "Gene", ("1",))
        msgspec.structs.replace(document, mentions=(mention,)).check()


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sets(st.sampled_from("abcd")), st.sampled_from("GC")),
        max_size=8,
    )
)
def test_every_mention_is_in_exactly_the_entities_it_names(
    rows: list[tuple[int, set[str], str]],
) -> None:
    mentions = tuple(
        Mention(f"m{i}", start, start + 1, "x", type_, tuple(sorted(ids)))
        for i, (start, ids, type_) in enumerate(rows)
    )
    document = Document("1", (Passage("p", 0, "x" * 21),), mentions)
    document.check()
    for index, mention in enumerate(mentions):
        inside = {entity.id for entity in document.entities if index in entity.mentions}
        assert inside == set(mention.entity_ids)
    for entity in document.entities:
        starts = [mentions[i].start for i in entity.mentions]
        assert starts == sorted(starts)
        assert entity.type in {mentions[i].type for i in entity.mentions}
    firsts = [mentions[entity.mentions[0]].start for entity in document.entities]
    assert firsts == sorted(firsts)
