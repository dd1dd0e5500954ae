"""Pair encoding: one sequence per candidate, whatever the document."""

from __future__ import annotations

from itertools import product

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation, candidates
from relatome.data.schema import BIORED
from relatome.data.schemas import DDI
from relatome.encode import DocumentEncoding, PairEncoding, PairSequence, encode_document
from relatome.encode.batch import PAIR_INPUTS
from relatome.encode.context import CONTEXTS
from relatome.encode.markers import MARKERS
from relatome.encode.prompts import PROMPTS
from relatome.encode.sequences import (
    SEQUENCE_INPUTS,
    VECTOR_INPUTS,
    encode_pairs,
    pair_tokenizer,
    sequence_batch,
)
from relatome.errors import UsageError
from tests.encode.readable import TOKENIZER, encode, read
from tests.tiny import DOCUMENTS, GENE, document

C, D, G = "ChemicalEntity", "DiseaseOrPhenotypicFeature", "GeneOrGeneProduct"
ENCODING = PairEncoding("typed", "none", "window", 128, "starts")

# ------------------------------------------------------------------------------------- examples

TWO_SENTENCES = document(
    "two",
    "One title on {KCN|G|G1}. {Abadol|C|C1} treats {fever|D|D1} in mice. {Becotin|C|C2} does not.",
    title=17,
)


def texts(made: Document, encoding: PairEncoding) -> list[str]:
    encoded, tokenizer = encode(made, BIORED, encoding)
    return [read(sequence, tokenizer) for sequence in encoded.sequences]


def test_one_sequence_for_each_candidate_in_order() -> None:
    encoded, _ = encode(TWO_SENTENCES, BIORED, ENCODING)
    assert list(encoded.candidates) == candidates(TWO_SENTENCES, BIORED)
    assert len(encoded.sequences) == len(encoded.candidates) == 6
    for index, sequence in enumerate(encoded.sequences):
        assert sequence.pair_rules.tolist() == [encoded.pair_rules[index]]
        assert sequence.legal.tolist() == [encoded.legal[index].tolist()]


def test_sentences_of_the_pair_and_no_others() -> None:
    encoding = PairEncoding("concept", "none", "sentence", 64, "cls")
    assert texts(TWO_SENTENCES, encoding) == [
        "[CLS] one title on @E kcn E/@ . @E abadol E/@ treats fever in mice . [SEP]",
        "[CLS] one title on @E kcn E/@ . abadol treats @E fever E/@ in mice . [SEP]",
        "[CLS] one title on @E kcn E/@ . abadol treats fever in mice . @E becotin E/@ does not . "
        "[SEP]",
        "[CLS] @E abadol E/@ treats @E fever E/@ in mice . [SEP]",
        "[CLS] @E abadol E/@ treats fever in mice . @E becotin E/@ does not . [SEP]",
        "[CLS] abadol treats @E fever E/@ in mice . @E becotin E/@ does not . [SEP]",
    ]
    around = msgspec.structs.replace(encoding, context="sentences-1")
    assert texts(TWO_SENTENCES, around)[3] == (
        "[CLS] one title on kcn . @E abadol E/@ treats @E fever E/@ in mice . becotin does not . "
        "[SEP]"
    )


def test_where_the_title_ends() -> None:
    encoded, _ = encode(TWO_SENTENCES, BIORED, ENCODING)
    first, *_, last = encoded.sequences
    # [CLS] one title o ##n [O:…] kcn [/O:…] . and 12 tokens more
    assert (first.title_end, first.text) == (9, (1, 21))
    assert last.title_end == 7
    sentence = PairEncoding("typed", "none", "sentence", 64, "starts")
    assert [s.title_end > 0 for s in encode(TWO_SENTENCES, BIORED, sentence)[0].sequences] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_closest_mentions_decide_on_the_text() -> None:
    made = document(
        "far",
        "{KCN|G|G1} one. " + "Two three. " * 20 + "{KCN|G|G1} binds {abadol|C|C1} four.",
    )
    encoding = PairEncoding("concept", "none", "sentence", 64, "cls")
    assert texts(made, encoding) == ["[CLS] @E kcn E/@ binds @E abadol E/@ four . [SEP]"]
    window = PairEncoding("concept", "none", "window", 32, "cls")
    assert texts(made, window) == [
        "[CLS]" + " two three ." * 7 + " @E kcn E/@ binds @E abadol E/@ four . [SEP]"
    ]
    # With room for all of it, every mention is marked.
    assert texts(made, PairEncoding("concept", "none", "window", 128, "cls"))[0].count("@E") == 3


def test_a_pair_too_far_apart_is_counted() -> None:
    made = document("far", "one {KCN|G|G1} two " + "three " * 60 + "four {abadol|C|C1} five")
    encoded, tokenizer = encode(made, BIORED, PairEncoding("concept", "none", "window", 32, "cls"))
    assert encoded.shortened == 1
    assert read(encoded.sequences[0], tokenizer) == (
        "[CLS] one @E kcn E/@ two" + " three" * 20 + " four @E abadol E/@ five [SEP]"
    )
    fitting, _ = encode(made, BIORED, PairEncoding("concept", "none", "window", 96, "cls"))
    assert fitting.shortened == 0


def test_candidates_may_be_given() -> None:
    tokenizer = pair_tokenizer(TOKENIZER, BIORED, ENCODING)
    asked = candidates(TWO_SENTENCES, BIORED)[2:4]
    encoded = encode_pairs(TWO_SENTENCES, BIORED, tokenizer, ENCODING, asked)
    assert encoded is not None
    assert encoded.candidates == tuple(asked)
    assert len(encoded.sequences) == 2
    assert encode_pairs(TWO_SENTENCES, BIORED, tokenizer, ENCODING, []) is None


def test_nothing_to_ask() -> None:
    tokenizer = pair_tokenizer(TOKENIZER, BIORED, ENCODING)
    assert encode_pairs(DOCUMENTS[3], BIORED, tokenizer, ENCODING) is None


def test_a_discontinuous_mention_is_marked_at_its_outer_bounds() -> None:
    words = "acid two three becotin four"
    mentions = (
        Mention("T1", 0, 14, "acid three", "drug", ("T1",), fragments=((0, 4), (9, 14))),  # type: ignore[arg-type]
        Mention("T2", 15, 22, "becotin", "drug", ("T2",)),
    )
    made = Document("d", (Passage("sentence", 0, words),), mentions)
    encoded, tokenizer = encode(made, DDI, PairEncoding("concept", "none", "sentence", 32, "cls"))
    assert read(encoded.sequences[0], tokenizer) == (
        "[CLS] @E acid two three E/@ @E becotin E/@ four [SEP]"
    )


# --------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"markers": "bold"}, "markers 'bold' is unknown; there are typed, typed-fine, boundary"),
        ({"prompt": "ask"}, "prompt 'ask' is unknown; there are none, question"),
        ({"context": "page"}, "context 'page' is unknown; there are sentence, sentences-1"),
        ({"vector": "mean"}, "vector 'mean' is unknown; there are cls, starts, pooled"),
        ({"length": 31}, "a length of 31 tokens is under 32"),
    ],
)
def test_impossible_settings(change: dict[str, object], said: str) -> None:
    values = msgspec.structs.asdict(ENCODING) | change
    with pytest.raises(ValueError, match=said):
        PairEncoding(**values)  # type: ignore[arg-type]


def test_settings_are_told_apart_by_kind() -> None:
    both = DocumentEncoding | PairEncoding
    for encoding in (ENCODING, DocumentEncoding(512, 128)):
        plain = msgspec.to_builtins(encoding)
        assert plain["kind"] in ("pair", "document")
        assert msgspec.convert(plain, both) == encoding
    with pytest.raises(msgspec.ValidationError, match="unknown field `windows`"):
        msgspec.convert(msgspec.to_builtins(ENCODING) | {"windows": 3}, both)


def test_a_length_without_room_for_two_entities_is_refused() -> None:
    with pytest.raises(UsageError, match=r"R518.*document two.*sequence of 40 tokens"):
        encode(TWO_SENTENCES, BIORED, PairEncoding("biorex", "question", "window", 40, "cls"))


# ------------------------------------------------------------------------------------ properties

_WORDS = ("one", "two", "three", "acid", "kcn1", "il-2", "binds", "in", ".", "[S:", "[SEP]", "@E")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Text of up to 80 words with mentions that nest, overlap and share entities."""
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=2, max_size=80))
    title = draw(st.integers(0, len(words) - 1))
    text = " ".join(words)
    starts = [sum(len(w) + 1 for w in words[:i]) for i in range(len(words))]
    mentions = []
    for number in range(draw(st.integers(2, 7))):
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, min(first + 12, len(words) - 1)))
        start, end = starts[first], starts[last] + len(words[last])
        ids = draw(st.lists(st.sampled_from(("G1", "G2", "G3")), min_size=1, unique=True))
        mentions.append(Mention(f"m{number}", start, end, text[start:end], GENE, tuple(ids)))
    passages: tuple[Passage, ...] = (Passage("abstract", 0, text),)
    if title:
        cut = starts[title]
        # a mention may reach from the title into the abstract
        passages = (Passage("title", 0, text[: cut - 1]), Passage("abstract", cut, text[cut:]))
    made = Document("d", passages, tuple(mentions))
    made.check()
    return made


encodings = st.builds(
    PairEncoding,
    st.sampled_from(sorted(MARKERS)),
    st.sampled_from(sorted(PROMPTS)),
    st.sampled_from(sorted(CONTEXTS)),
    st.integers(110, 256),
    st.sampled_from(("starts", "pooled")),
)


def is_part(part: list[int], whole: list[int]) -> bool:
    """Whether `part` is `whole` with some items left out."""
    rest = iter(whole)
    return all(item in rest for item in part)


def without_tags(sequence: PairSequence, tags: set[int], plain: list[list[int]]) -> list[int]:
    """The text of a sequence without its tags; a tag that is plain text is cut out by its ids."""
    ids = sequence.ids[slice(*sequence.text)].tolist()
    for tag in plain:
        for start in range(len(ids) - len(tag), -1, -1):
            if ids[start : start + len(tag)] == tag:
                del ids[start : start + len(tag)]
    return [i for i in ids if i not in tags]


@settings(deadline=None, max_examples=150)
@given(documents(), encodings)
def test_every_sequence_holds_its_pair(made: Document, encoding: PairEncoding) -> None:
    if not candidates(made, BIORED):
        return
    encoded, tokenizer = encode(made, BIORED, encoding)
    style = MARKERS[encoding.markers]
    registered = {tokenizer.id_of(name) for name in style.tokens(BIORED)}
    plain = [tokenizer(t.format(type=GENE)).ids.tolist() for t in style.plain]
    all_tokens = TOKENIZER(made.text)
    all_ids = all_tokens.ids.tolist()
    again, _ = encode(made, BIORED, encoding)
    for candidate, sequence, same in zip(
        encoded.candidates, encoded.sequences, again.sequences, strict=True
    ):
        ids = sequence.ids.tolist()
        assert len(ids) <= encoding.length
        assert (ids[0], ids[-1]) == (tokenizer.cls_id, tokenizer.sep_id)
        assert ids.count(tokenizer.sep_id) == (1 if encoding.prompt == "none" else 2)
        begin, end = sequence.text
        assert end == len(ids) - 1
        assert sequence.segments.tolist() == [
            int(encoding.prompt == "question" and position >= begin) for position in range(len(ids))
        ]
        text = without_tags(sequence, registered, plain)
        assert is_part(text, all_ids)
        if not sequence.shortened:  # in one piece
            windows = (all_ids[i : i + len(text)] for i in range(len(all_ids)))
            assert text in windows
        for role, entity, starts, spans in (
            ("head", candidate.head, sequence.head_starts, sequence.head_spans),
            ("tail", candidate.tail, sequence.tail_starts, sequence.tail_spans),
        ):
            opening = style.tags(role, GENE).open  # type: ignore[arg-type]
            mentions = [made.mentions[i] for i in made.entities[entity].mentions]
            named = [all_ids[slice(*all_tokens.covering(m.start, m.end))] for m in mentions]
            assert len(starts) == len(spans) > 0
            for start, (first, last) in zip(starts, spans, strict=True):
                assert ids[start] == tokenizer.id_of(opening)
                assert begin <= start < first < last <= end
                inside = [i for i in ids[first:last] if i not in registered]
                assert any(inside == name for name in named) or plain or sequence.shortened
                assert any((inside[0], inside[-1]) == (n[0], n[-1]) for n in named)
        assert np.array_equal(sequence.ids, same.ids)
        assert np.array_equal(sequence.head_spans, same.head_spans)


@settings(deadline=None, max_examples=40)
@given(documents(), st.sampled_from(sorted(CONTEXTS)))
def test_gold_pairs_are_never_lost(made: Document, context: str) -> None:
    ids = [entity.id for entity in made.entities]
    gold = tuple(Relation(a, b, "Bind") for a, b in product(ids, ids) if a < b)
    made = made.with_relations(gold)
    encoding = PairEncoding("typed", "question", context, 64, "starts")
    if not gold:
        return
    encoded, _ = encode(made, BIORED, encoding)
    found = {frozenset((ids[c.head], ids[c.tail])) for c in encoded.candidates}
    assert found == {frozenset((r.head, r.tail)) for r in gold}
    assert len(encoded.sequences) == len(found)


# --------------------------------------------------------------------------------------- batches


def batch(vector: str, *made: Document) -> tuple[list[PairSequence], dict[str, np.ndarray]]:
    encoding = PairEncoding("typed", "question", "sentence", 64, vector)  # type: ignore[arg-type]
    sequences = [s for d in made for s in encode(d, BIORED, encoding)[0].sequences]
    return sequences, sequence_batch(sequences, TOKENIZER.pad_id, encoding.vector)


@pytest.mark.parametrize("vector", VECTOR_INPUTS)
def test_a_batch_has_what_encoder_and_pair_vectors_read(vector: str) -> None:
    _, made = batch(vector, TWO_SENTENCES, DOCUMENTS[0])
    starts = () if vector == "pooled" else ("mention_starts",)
    assert tuple(made) == (*SEQUENCE_INPUTS, *starts, *VECTOR_INPUTS[vector])  # type: ignore[index]
    assert all(array.dtype == np.int64 for array in made.values())


def test_sequences_are_padded_and_masked() -> None:
    sequences, made = batch("starts", TWO_SENTENCES, DOCUMENTS[0])
    longest = max(s.longest_window for s in sequences)
    assert made["input_ids"].shape == (len(sequences), longest)
    for index, sequence in enumerate(sequences):
        size = len(sequence.ids)
        assert made["input_ids"][index, :size].tolist() == sequence.ids.tolist()
        assert set(made["input_ids"][index, size:].tolist()) <= {TOKENIZER.pad_id}
        assert made["attention_mask"][index].tolist() == [1] * size + [0] * (longest - size)
        assert made["segment_ids"][index, :size].tolist() == sequence.segments.tolist()
        assert not made["segment_ids"][index, size:].any()
        for role in ("head_starts", "tail_starts"):
            starts = getattr(sequence, role).tolist()
            assert [i for i in made[role][index].tolist() if i >= 0] == starts
        both = [*sequence.head_starts.tolist(), *sequence.tail_starts.tolist()]
        assert [i for i in made["mention_starts"][index].tolist() if i >= 0] == both
        heads, tails = (row[row >= 0].tolist() for row in sequence.entity_mentions)
        assert [both[i] for i in heads] == sequence.head_starts.tolist()
        assert [both[i] for i in tails] == sequence.tail_starts.tolist()
        assert made["pair_rules"][index].tolist() == sequence.pair_rules.tolist()


def test_a_sequence_is_a_document_of_two_entities() -> None:
    sequences, made = batch("pooled", TWO_SENTENCES, DOCUMENTS[0])
    flat = made["input_ids"].flatten()
    for index, sequence in enumerate(sequences):
        source = made["token_source"][index]
        text = flat[source[source >= 0]]
        begin, end = sequence.text
        assert text.tolist() == sequence.ids[begin:end].tolist()
        assert made["pairs"][index].tolist() == [[0, 1]]
        for entity, spans in enumerate((sequence.head_spans, sequence.tail_spans)):
            mentions = made["entity_mentions"][index, entity]
            pieces = made["mention_tokens"][index, mentions[mentions >= 0]]
            assert [text[row[row >= 0]].tolist() for row in pieces] == [
                sequence.ids[first:last].tolist() for first, last in spans
            ]
            near = np.flatnonzero(made["distances"][index, entity, : end - begin] == 0)
            inside = {t - begin for first, last in spans for t in range(first, last)}
            assert set(near.tolist()) == inside


def test_features_of_a_pair_are_those_of_the_document() -> None:
    made = document("d", "One {KCN|G|G1} binds {abadol|C|C1} , {kcn|G|G1} does not.", title=3)
    encoded, tokenizer = encode(made, BIORED, PairEncoding("typed", "none", "window", 64, "pooled"))
    pooled = sequence_batch(encoded.sequences, tokenizer.pad_id, "pooled")
    whole = encode_document(made, BIORED, TOKENIZER, DocumentEncoding(64, 16))
    assert whole is not None
    # The nearest mentions stand two tokens further apart, with the tags between them.
    assert whole.pair_features.tolist() == [[2, 2, 1, 2, 0]]
    assert pooled["pair_features"].tolist() == [[[3, 2, 1, 2, 0]]]
    assert tuple(name for name in pooled if name not in SEQUENCE_INPUTS) == PAIR_INPUTS


def test_a_title_in_the_features() -> None:
    first = document("first", "{Abadol|C|C1} title and it cures {fever|D|D1}", title=6)
    sequences, made = batch("pooled", TWO_SENTENCES, DOCUMENTS[0], first)
    titled = made["pair_features"][:, 0, -1].tolist()
    heads = [s.head_spans[0, 0] < s.title_end for s in sequences]
    tails = [s.tail_spans[0, 0] < s.title_end for s in sequences]
    assert titled == [2 * h + t for h, t in zip(heads, tails, strict=True)]
    assert set(titled) == {0, 1, 2, 3}
