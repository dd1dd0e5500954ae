"""Documents as arrays: every token, mention and candidate has its place, however long the text."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, candidates
from relatome.data.schema import BIORED
from relatome.encode import (
    DocumentEncoding,
    EncodedDocument,
    EncodedText,
    encode_document,
    encode_text,
    type_tags,
)
from relatome.encode.arrays import MAX_MENTION_TOKENS
from tests.tiny import DOCUMENTS, document, long_document, tokenizer

TOKENIZER = tokenizer()
TYPES = list(BIORED.entity_types)


def encoded(source: Document, window: int = 64, overlap: int = 16) -> EncodedDocument:
    made = encode_document(source, BIORED, TOKENIZER, DocumentEncoding(window, overlap))
    assert made is not None
    return made


def tag(type: str, inside: bool = False) -> int:
    return 1 + 2 * TYPES.index(type) + inside


def tags(source: EncodedDocument) -> list[int]:
    """Type tags of all tokens of a document of one window."""
    return source.window_types[0][1:-1].tolist()


def check_windows(made: EncodedDocument, window: int) -> None:
    """Every token is read at a place of a window that holds its own id."""
    ids = TOKENIZER(made.document.text).ids
    assert len(made.window_of) == len(made.position_in) == len(ids)
    for token, wanted in enumerate(ids):
        assert made.window_ids[made.window_of[token]][made.position_in[token]] == wanted
        assert 0 < made.position_in[token] < len(made.window_ids[made.window_of[token]]) - 1
    for row, types in zip(made.window_ids, made.window_types, strict=True):
        assert len(row) == len(types) <= window
        assert (row[0], row[-1]) == (TOKENIZER.cls_id, TOKENIZER.sep_id)
        assert (types[0], types[-1]) == (0, 0)


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(16, 80), st.data())
def test_every_token_is_read_from_a_window_that_holds_it(
    sentences: int, window: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, window - 3))
    check_windows(encoded(long_document("d", sentences), window, overlap), window)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_around_the_mentions(before: str, after: str) -> None:
    text = before.translate({ord(c): " " for c in "{}|"})
    rest = after.translate({ord(c): " " for c in "{}|"})
    made = encoded(document("d", f"{text}{{KCN9|G|1}} causes {{pain|D|2}}{rest}"), 32, 8)
    check_windows(made, 32)
    assert len(made.candidates) == 1


def test_nothing_of_a_long_document_is_lost() -> None:
    source = long_document("long", 12, genes=5)
    made = encoded(source, window=128, overlap=32)
    assert len(made.window_ids) >= 3
    assert list(made.candidates) == candidates(source, BIORED)
    tokens = TOKENIZER(source.text)
    for mention, row in zip(source.mentions, made.mention_tokens, strict=True):
        pieces = row[row >= 0]
        assert len(pieces) > 0
        said = source.text[tokens.starts[pieces[0]] : tokens.ends[pieces[-1]]]
        assert said == mention.text
        for piece in pieces:
            window = made.window_ids[made.window_of[piece]]
            assert window[made.position_in[piece]] == tokens.ids[piece]
            window_type = made.window_types[made.window_of[piece]][made.position_in[piece]]
            assert window_type == tag(mention.type, inside=piece != pieces[0])
    for entity, row in zip(source.entities, made.entity_mentions, strict=True):
        assert tuple(row[row >= 0]) == entity.mentions


def test_a_short_document_is_one_window() -> None:
    made = encoded(document("d", "{KCN9|G|1} causes {pain|D|2}."))
    assert len(made.window_ids) == 1
    assert made.longest_window == len("kcn9") + len(("causes", "pain", ".")) + 2
    assert made.window_of.tolist() == [0] * 7
    assert made.position_in.tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_without_a_candidate_there_is_nothing_to_ask() -> None:
    encoding = DocumentEncoding(64, 16)
    for text in ("{KCN9|G|1} was source to {mice|O|2}.", "No effect.", "{KCN9|G} and {pain|D}"):
        assert encode_document(document("d", text), BIORED, TOKENIZER, encoding) is None


@pytest.mark.parametrize("source", [*DOCUMENTS, long_document("long", 8)], ids=lambda d: d.id)
def test_a_text_is_read_alike_with_and_without_candidates(source: Document) -> None:
    encoding = DocumentEncoding(32, 8)
    text = encode_text(source, BIORED, TOKENIZER, encoding)
    whole = encode_document(source, BIORED, TOKENIZER, encoding)
    assert text is not None
    assert len(text.mention_tokens) == len(source.mentions)
    assert (whole is None) == (source.id == "alone")
    if whole is not None:
        for field in fields(EncodedText):
            for one, other in zip(
                getattr(text, field.name), getattr(whole, field.name), strict=True
            ):
                assert np.array_equal(one, other), field.name


def test_a_text_without_tokens_is_nothing() -> None:
    assert encode_text(document("d", " "), BIORED, TOKENIZER, DocumentEncoding(32, 8)) is None


def test_tags_say_where_a_mention_begins_and_where_it_goes_on() -> None:
    made = encoded(document("d", "{ab|G|1} causes {pain|D|2}"))
    assert tags(made) == [
        tag("GeneOrGeneProduct"),
        tag("GeneOrGeneProduct", inside=True),
        0,
        tag("DiseaseOrPhenotypicFeature"),
    ]


def test_adjacent_mentions_of_one_type_stay_apart() -> None:
    made = encoded(document("d", "{ab|G|1}{-a|G|2} {pain|D|3}"))
    begin, inside = tag("GeneOrGeneProduct"), tag("GeneOrGeneProduct", inside=True)
    assert tags(made) == [begin, inside, begin, inside, tag("DiseaseOrPhenotypicFeature")]


def test_a_nested_mention_shows_inside_the_longer_one() -> None:
    source = document("d", "{ab pain cells|L|1} {cd|G|2} {fever|D|3}")
    mention = source.mentions[0]
    inner = type(mention)("inner", 3, 7, "pain", "DiseaseOrPhenotypicFeature", ("4",))
    for mentions in ((inner, *source.mentions), (*source.mentions, inner)):
        nested = Document(source.id, source.passages, mentions)
        nested.check()
        assert tags(encoded(nested))[:4] == [
            tag("CellLine"),
            tag("CellLine", inside=True),
            tag("DiseaseOrPhenotypicFeature"),
            tag("CellLine", inside=True),
        ]


def test_mentions_without_an_identifier_are_tagged_too() -> None:
    made = encoded(document("d", "{a|G|1} causes {pain|D|2} not {fever|D}"))
    assert tags(made)[-1] == tag("DiseaseOrPhenotypicFeature")
    assert len(made.document.entities) == 2


def test_tags_fit_their_number() -> None:
    assert type_tags(BIORED) == 1 + 2 * 6
    for source in DOCUMENTS:
        made = encode_document(source, BIORED, TOKENIZER, DocumentEncoding(64, 16))
        if made is not None:
            assert max(types.max() for types in made.window_types) < type_tags(BIORED)


def test_a_very_long_mention_is_read_through_its_ends() -> None:
    name = "k" * 30
    made = encoded(document("d", f"{{{name}|G|1}} causes {{pain|D|2}}."))
    half = MAX_MENTION_TOKENS // 2
    assert made.mention_tokens[0].tolist() == [*range(half), *range(30 - half, 30)]
    assert made.mention_tokens[1].tolist() == [31] + [-1] * (MAX_MENTION_TOKENS - 1)


def test_a_composite_mention_belongs_to_each_of_its_entities() -> None:
    made = encoded(document("d", "{AB|G|1,2} and {AB|G|2} in {pain|D|3}"))
    by_id = dict(zip((e.id for e in made.document.entities), made.entity_mentions, strict=True))
    assert [row[row >= 0].tolist() for row in by_id.values()] == [[0], [0, 1], [2]]
    assert list(by_id) == ["1", "2", "3"]


def test_distances_count_tokens_to_the_nearest_mention_in_doublings() -> None:
    made = encoded(document("d", "{pain|D|1}" + " a" * 40 + " {x|G|2}"), 512, 128)
    buckets = made.distances[0].tolist()
    assert buckets[:9] == [0, 1, 2, 2, 3, 3, 3, 3, 4]
    assert buckets[31:33] == [5, 6]
    assert made.distances[1].tolist() == buckets[::-1]


def feature(made: EncodedDocument, column: int) -> int:
    assert len(made.candidates) == 1
    return int(made.pair_features[0, column])


@pytest.mark.parametrize(("between", "bucket"), [(0, 1), (1, 2), (3, 3), (300, 9)])
def test_feature_of_the_least_distance(between: int, bucket: int) -> None:
    text = "{fever|D|1}" + " a" * between + " {x|G|2}" + " a" * 310 + " {fever|D|1}"
    assert feature(encoded(document("d", text), 1024, 128), 0) == bucket


def test_features_count_mentions_and_meetings() -> None:
    far = " a" * 60
    made = encoded(
        document("d", f"{{x|G|1}} {{pain|D|2}} {{x|G|1}}{far} {{x|G|1}}{far} {{pain|D|2}}"), 512
    )
    pair = made.candidates[0]
    assert (made.document.entities[pair.head].id, made.document.entities[pair.tail].id) == (
        "2",
        "1",
    )
    assert feature(made, 1) == 2  # the first pain with the first two x
    assert feature(made, 2) == 2  # mentions of the head, pain
    assert feature(made, 3) == 3  # three mentions of x share a bucket with four


@pytest.mark.parametrize(
    ("title", "value"), [(None, 0), (4, 2), (6, 3)], ids=["no title", "head", "both"]
)
def test_feature_of_the_title(title: int | None, value: int) -> None:
    assert feature(encoded(document("d", "{pain|D|1} {x|G|2} a", title=title)), 4) == value


def test_candidates_keep_the_order_of_the_schema() -> None:
    source = DOCUMENTS[0]
    made = encoded(source)
    for candidate, (head, tail), rule, legal in zip(
        made.candidates, made.pairs, made.pair_rules, made.legal, strict=True
    ):
        assert (candidate.head, candidate.tail) == (head, tail)
        assert BIORED.pairs[rule] == candidate.rule
        assert [label for label, ok in zip(BIORED.labels, legal[1:], strict=True) if ok] == [
            label for label in BIORED.labels if label in candidate.rule.labels
        ]
        assert legal[0]


@given(st.integers(0, 20), st.integers(1, 20))
def test_a_part_asks_about_its_candidates_only(start: int, size: int) -> None:
    made = encoded(DOCUMENTS[4])
    part = made.part(start, start + size)
    assert part.candidates == made.candidates[start : start + size]
    assert len(part.pairs) == len(part.pair_rules) == len(part.pair_features) == len(part.legal)
    assert len(part.entity_mentions) == len(set(part.pairs.flatten().tolist()))
    for ours, whole in zip(part.pairs, made.pairs[start : start + size], strict=True):
        for mine, theirs in zip(ours, whole, strict=True):
            assert np.array_equal(part.entity_mentions[mine], made.entity_mentions[theirs])
            assert np.array_equal(part.distances[mine], made.distances[theirs])


@pytest.mark.parametrize(("window", "overlap"), [(15, 0), (64, 62), (64, 100), (64, -1)], ids=str)
def test_impossible_windows_are_refused(window: int, overlap: int) -> None:
    with pytest.raises(ValueError, match=r"window|overlap"):
        DocumentEncoding(window, overlap)
