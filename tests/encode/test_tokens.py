"""Word pieces and their offsets: every mention finds exactly the pieces of its characters."""

from __future__ import annotations

from pathlib import Path

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from relatome.encode import Tokenizer
from relatome.encode.tokens import Tokens
from relatome.errors import InputError, ModelError, Place
from tests.tiny import SPECIALS, VOCABULARY, tokenizer, tokenizer_json

TOKENIZER = tokenizer()


def covered(text: str, start: int, end: int) -> list[str]:
    """The characters under each piece of a span."""
    tokens = TOKENIZER(text)
    first, last = tokens.covering(start, end)
    return [text[tokens.starts[i] : tokens.ends[i]] for i in range(first, last)]


@pytest.mark.parametrize(
    ("text", "mention", "pieces"),
    [
        ("kcn in pain", "pain", ["pain"]),
        ("(kcn)-pain/fever.", "pain", ["pain"]),
        ("(kcn)-pain/fever.", "(kcn)", ["(", "k", "c", "n", ")"]),
        ("IL-2(a)", "IL-2", ["i", "l", "-", "2"]),
        ("Na+ or K+", "K+", ["k", "+"]),
        # combining accent: two characters, one of them dropped by the tokenizer
        ("cafe\u0301s here", "cafe\u0301s", ["c", "a", "f", "e", "s"]),
        ("naïve liver", "naïve", ["n", "a", "ï", "v", "e"]),
        # outside the basic plane: one character here, two UTF-16 units elsewhere
        ("🧬 kcn 🧬 pain", "kcn", ["k", "c", "n"]),
        ("🧬 kcn 🧬 pain", "pain", ["pain"]),
        ("🧬 kcn 🧬 pain", "🧬", ["🧬"]),
        ("α-kcn and β", "β", ["β"]),
        ("a\u200bkcn\u00ad pain", "kcn\u00ad", ["k", "c", "n"]),
        ("a\tkcn\r\npain", "kcn", ["k", "c", "n"]),
    ],
)
def test_pieces_of_a_mention_cover_its_characters(
    text: str, mention: str, pieces: list[str]
) -> None:
    start = text.index(mention)
    assert [piece.lower() for piece in covered(text, start, start + len(mention))] == pieces


def test_a_mention_inside_a_piece_gets_the_whole_piece() -> None:
    assert covered("the liver", 5, 7) == ["liver"]


@pytest.mark.parametrize(
    ("start", "end", "piece"),
    [(2, 3, "liver"), (9, 10, "of"), (14, 15, "of")],
    ids=["before the first piece", "between pieces", "after the last"],
)
def test_a_mention_without_a_piece_gets_a_neighbour(start: int, end: int, piece: str) -> None:
    # Control characters are dropped by the tokenizer; the mention still needs a place.
    assert covered("  \x01liver \x02 of \x03\x04", start, end) == [piece]


def test_a_mention_without_a_piece_at_the_start_of_the_text() -> None:
    assert covered("\x01\x02 liver", 0, 2) == ["liver"]


@given(st.text(max_size=60), st.data())
def test_covering_is_what_a_search_through_all_pieces_finds(text: str, data: st.DataObject) -> None:
    tokens = TOKENIZER(text)
    if not len(tokens):
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = tokens.covering(start, end)
    overlapping = [
        i for i in range(len(tokens)) if tokens.starts[i] < end and tokens.ends[i] > start
    ]
    if overlapping:
        assert (first, last) == (overlapping[0], overlapping[-1] + 1)
    assert 0 <= first < last <= len(tokens)


@given(st.text(max_size=200))
def test_pieces_stand_in_text_order_inside_the_text(text: str) -> None:
    tokens = TOKENIZER(text)
    assert len(tokens.ids) == len(tokens.starts) == len(tokens.ends)
    assert (tokens.starts <= tokens.ends).all()
    assert all(tokens.starts[1:] >= tokens.starts[:-1])
    assert all(tokens.ends <= len(text))


def test_special_tokens_in_the_text_are_only_text() -> None:
    tokens = TOKENIZER("pain [SEP] [MASK] pain")
    assert not {TOKENIZER.sep_id, TOKENIZER.mask_id} & set(tokens.ids.tolist())
    assert (tokens.starts[0], tokens.ends[-1]) == (0, 22)


def test_no_text_no_pieces() -> None:
    assert len(TOKENIZER("")) == 0
    assert len(TOKENIZER("\x01 \x02")) == 0


def test_half_of_a_surrogate_pair_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match="at character 3 the text has half of a surrogate pair"):
        tokenizer()("abc\ud800 def")


def test_a_saved_truncation_is_not_obeyed() -> None:
    import tokenizers

    inner = tokenizers.Tokenizer.from_str(tokenizer_json())
    inner.enable_truncation(8)
    inner.enable_padding(length=16)
    assert len(Tokenizer(inner.to_str())("pain " * 30)) == 30
    assert len(Tokenizer(inner.to_str())("pain")) == 1


def test_every_special_token_is_one_token_after_saving(tmp_path: Path) -> None:
    TOKENIZER.save(tmp_path / "tokenizer.json")
    again = Tokenizer.from_file(tmp_path / "tokenizer.json")
    names = ("pad_id", "cls_id", "sep_id", "mask_id")
    ids = [getattr(again, name) for name in names]
    assert ids == [getattr(TOKENIZER, name) for name in names]
    assert ids == [VOCABULARY.index(f"[{name[:-3].upper()}]") for name in names]
    assert again("{The} liver's".lower()).ids.tolist() == TOKENIZER("{the} liver's").ids.tolist()


def test_roberta_special_tokens_are_known() -> None:
    pieces = ("<pad>", "<unk>", "<s>", "</s>", "<mask>", *VOCABULARY[len(SPECIALS) :])
    made = Tokenizer(tokenizer_json(vocabulary=pieces))
    assert (made.pad_id, made.cls_id, made.sep_id, made.mask_id) == (0, 2, 3, 4)


@pytest.mark.parametrize("definition", ["", "{", "[]", "{}", '{"model": 1}'])
def test_what_is_no_tokenizer_is_refused_with_its_place(definition: str) -> None:
    with pytest.raises(ModelError) as refusal:
        Tokenizer(definition, place=Place("folder/tokenizer.json"))
    assert refusal.value.code == "R501"
    assert "folder/tokenizer.json" in str(refusal.value)


def test_a_tokenizer_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(tokenizer_json().encode().replace(b"liver", b"l\xefver"))
    with pytest.raises(ModelError) as refusal:
        Tokenizer.from_file(path)
    assert refusal.value.code == "R501"
    assert str(path) in str(refusal.value)


def test_a_tokenizer_without_special_tokens_is_refused() -> None:
    bare = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({"[UNK]": 0, "pain": 1}, unk_token="[UNK]")
    )
    with pytest.raises(ModelError) as refusal:
        Tokenizer(bare.to_str())
    assert refusal.value.code == "R502"


def test_tokens_count_their_pieces() -> None:
    assert isinstance(TOKENIZER("pain fever"), Tokens)
    assert len(TOKENIZER("pain fever")) == 2


def test_markers_are_one_token_each_after_saving(tmp_path: Path) -> None:
    names = ("[S:Drug]", "[/S:Drug]", "@E", "Genes & Molecules")
    made = TOKENIZER.with_markers(names)
    made.save(tmp_path / "tokenizer.json")
    again = Tokenizer.from_file(tmp_path / "tokenizer.json")
    expected = list(range(len(VOCABULARY), len(VOCABULARY) + len(names)))
    assert [again.id_of(name) for name in names] == expected
    assert [again.token(index) for index in expected] == list(names)
    assert again.vocabulary_size == len(VOCABULARY) + len(names)
    # The tokenizer they were added to is as it was.
    assert TOKENIZER.vocabulary_size == len(VOCABULARY)


def test_markers_spelled_in_a_text_are_text() -> None:
    text = "pain [S:Drug] liver[/S:Drug]pain @E"
    made = TOKENIZER.with_markers(("[S:Drug]", "[/S:Drug]", "@E"))
    assert made(text).ids.tolist() == TOKENIZER(text).ids.tolist()
    assert max(made(text).ids) < len(VOCABULARY)


def test_markers_are_added_once() -> None:
    once = TOKENIZER.with_markers(("@E", "E/@"))
    twice = once.with_markers(("E/@", "@E", "@F"))
    assert [twice.id_of(name) for name in ("@E", "E/@")] == [once.id_of("@E"), once.id_of("E/@")]
    assert twice.vocabulary_size == once.vocabulary_size + 1


def test_a_marker_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"R517.*@E"):
        TOKENIZER.id_of("@E")


def test_pieces_of_a_fixed_text() -> None:
    assert TOKENIZER.pieces("what pain").tolist() == TOKENIZER("what pain").ids.tolist()
    assert TOKENIZER.pieces("what pain") is TOKENIZER.pieces("what pain")


def test_pieces_of_sentencepiece_begin_at_their_word() -> None:
    words = ("the", "aspirin", "dose")
    pieces = [("<unk>", 0.0), ("▁", -9.0), *((f"▁{word}", -1.0) for word in words)]
    inner = tokenizers.Tokenizer(tokenizers.models.Unigram(pieces, unk_id=0))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    inner.add_special_tokens(list(SPECIALS))
    text = "the aspirin\u00a0 dose"
    tokens = Tokenizer(inner.to_str())(text)
    spans = zip(tokens.starts, tokens.ends, strict=True)
    assert [text[start:end] for start, end in spans if end > start] == ["the", "aspirin", "dose"]
