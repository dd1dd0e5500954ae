"""A vocabulary learnt from text: what it keeps, that it is the same each time, that it serves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tokenizers

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import AutoTokenizer

from relatome.data import Document
from relatome.encode import Tokenizer
from relatome.errors import TEXT_LINE, InputError, Place, UsageError
from relatome.models import MaskedLanguageModel, load_encoder
from relatome.pipeline import load
from relatome.recipes import MaskedWords, Vocabulary, load_adaptation
from relatome.training.adaptation import Blocks, Evaluation, mask_words, replacement
from relatome.training.adaptation.text import Abstract
from relatome.training.adaptation.vocabulary import learn_vocabulary, parts, pieces_per_word
from relatome.training.export import export
from tests.tiny import DOCUMENTS, SPECIALS, VOCABULARY, save_model_folder, tokenizer, tokenizer_json
from tests.training.killing import killed

OLD = tokenizer()
NONE = Evaluation(())
SETTINGS = Vocabulary(size=220, minimum=2)
SENTENCES = (
    "Abadol treats gastritis and hepatitis in mice",
    "KCN9 causes pancreatitis of the liver",
    "the dose of becotin reduced hepatitis, not gastritis",
)
TEXTS = [Abstract(str(n), "", f"{SENTENCES[n % 3]}.") for n in range(120)]


def learnt(settings: Vocabulary = SETTINGS, texts: list[Abstract] = TEXTS) -> Tokenizer:
    return learn_vocabulary(settings, (text.whole for text in texts), OLD, "tiny")


NEW = learnt()
# Those of 150 pieces that are learnt from the sentences.
LEARNT = """##ti ##tis ##ati ##atitis ga he of th ##ce ##itis ##patitis ##re ##ritis ##se ##st gast
hepatitis the gastritis ab an be ca do in kc li mi no pa re tre ##ad"""


def pieces(made: Tokenizer, text: str) -> list[str]:
    return [made.token(index) for index in made(text).ids]


def unread() -> Iterator[Abstract]:
    """Texts that nobody may read."""
    return map(pytest.fail, ["the text is read"])


@pytest.fixture
def recipe(tiny_encoder: Path) -> MaskedWords:
    sizes = ("steps=2", "batch_size=4", "length=32", "save_steps=1", "learning_rate=1e-3")
    found = load_adaptation(
        "minilm-vocabulary",
        (f"encoder.name={tiny_encoder}", *sizes, "vocabulary.size=220", "vocabulary.minimum=2"),
    )
    assert isinstance(found, MaskedWords)
    return found


def adapted(recipe: MaskedWords, folder: Path, *, resume: bool = False) -> Path:
    _, before = load_encoder(recipe.encoder.name)
    made = replacement(recipe, TEXTS, before, NONE, folder, resume=resume)
    assert made is not None
    blocks = Blocks(TEXTS, made.tokenizer, recipe.length, NONE)
    return mask_words(recipe, blocks, folder, resume=resume, vocabulary=made)


def test_words_of_the_text_become_pieces() -> None:
    assert pieces(OLD, "Hepatitis")[:3] == ["h", "##e", "##p"]
    assert pieces(NEW, "Hepatitis") == ["hepatitis"]
    # diseases share an end, which serves for others too
    assert pieces(NEW, "arthritis")[-1] == "##ritis"
    assert pieces_per_word(NEW, ["Hepatitis, pain"]) < pieces_per_word(OLD, ["Hepatitis, pain"])
    assert pieces_per_word(OLD, ["the liver, xy"]) == 1.25
    assert pieces_per_word(OLD, []) == 0.0


def test_special_tokens_keep_their_ids_and_characters_stay() -> None:
    assert [NEW.token(index) for index in range(len(SPECIALS))] == list(SPECIALS)
    ids = (NEW.cls_id, NEW.sep_id, NEW.pad_id, NEW.mask_id, NEW.unknown_id)
    assert ids == (OLD.cls_id, OLD.sep_id, OLD.pad_id, OLD.mask_id, OLD.unknown_id)
    every = {NEW.token(index) for index in range(NEW.vocabulary_size)}
    assert len(every) == NEW.vocabulary_size <= SETTINGS.size
    assert {piece for piece in VOCABULARY if len(piece.removeprefix("##")) == 1} <= every


def test_special_tokens_keep_ids_among_other_pieces() -> None:
    definition = json.loads(OLD.definition)
    swapped = definition["model"]["vocab"]
    moved = {"[MASK]": "fever", "[UNK]": "liver"}
    for special, word in moved.items():
        swapped[special], swapped[word] = swapped[word], swapped[special]
    for token in definition["added_tokens"]:
        token["id"] = swapped[token["content"]]
    before = Tokenizer(json.dumps(definition))
    made = learn_vocabulary(SETTINGS, (text.whole for text in TEXTS), before, "tiny")
    assert (made.mask_id, made.unknown_id) == (before.mask_id, before.unknown_id)
    assert made.mask_id > len(SPECIALS)
    names = [made.token(index) for index in range(made.vocabulary_size)]
    assert len(set(names)) == len(names)
    assert pieces(made, "hepatitis") == ["hepatitis"]


@given(st.text(max_size=40))
def test_no_text_becomes_unknown_that_was_known(text: str) -> None:
    if OLD.unknown_id not in OLD(text).ids:
        assert NEW.unknown_id not in NEW(text).ids


@given(st.text(max_size=60))
def test_the_same_words_are_cut_at_the_same_places(text: str) -> None:
    definition = json.loads(OLD.definition)
    definition["model"]["vocab"] = json.loads(NEW.definition)["model"]["vocab"]
    assert json.loads(NEW.definition) == definition, "all else is the old tokenizer's"
    old, new = OLD(text), NEW(text)
    assert len(old) > 0 or len(new) == 0
    if len(new):
        assert (new.starts[0], new.ends[-1]) == (old.starts[0], old.ends[-1])


def test_the_same_text_gives_the_same_vocabulary_each_time() -> None:
    assert learnt().definition == NEW.definition
    assert Tokenizer(NEW.definition).definition == NEW.definition
    made = learnt(Vocabulary(150, 2))  # in every process the same, too, whatever it hashes by
    found = [made.token(index) for index in range(made.vocabulary_size)]
    characters = [piece for piece in VOCABULARY if len(piece) == 1]
    inside = [f"##{character}" for character in characters]
    assert found == [*SPECIALS, *characters, *inside, *LEARNT.split()]


def test_a_piece_is_rarer_than_the_minimum_no_more() -> None:
    rare = [*TEXTS, *[Abstract("rare", "", "zygoma zygoma zygoma")]]
    assert pieces(learnt(Vocabulary(400, 3), rare), "zygoma") == ["zygoma"]
    made = learnt(Vocabulary(400, 4), rare)
    assert pieces(made, "zygoma") != ["zygoma"]
    assert made.vocabulary_size < 400


def test_parts_are_what_the_old_tokenizer_cuts() -> None:
    for index, ids in enumerate(parts(OLD, NEW)):
        piece = NEW.token(index)
        if piece in VOCABULARY:
            assert ids.tolist() == [VOCABULARY.index(piece)]
        elif piece.startswith("##"):
            known = [f"##{c}" for c in piece[2:] if f"##{c}" in VOCABULARY]
            assert [OLD.token(part) for part in ids] == (known or ["[UNK]"])  # such as ##.
        elif piece not in SPECIALS:
            assert ids.tolist() == OLD(piece).ids.tolist()


def test_a_continuing_piece_is_cut_as_one() -> None:
    vocabulary = (*SPECIALS, "pain", "##pain", "##pa", "##in", "f", "##f", "##u", "##l")
    before = Tokenizer(tokenizer_json(vocabulary=vocabulary))
    after = Tokenizer(
        tokenizer_json(
            vocabulary=(*SPECIALS, "pain", "##pain", "painful", "##painf", "##xin", "##inpa")
        )
    )
    made = [[vocabulary[part] for part in ids] for ids in parts(before, after)[len(SPECIALS) :]]
    assert made == [
        ["pain"],
        ["##pain"],
        ["pain", "##f", "##u", "##l"],
        ["##pain", "##f"],
        ["[UNK]"],  # no x
        ["##in", "##pa"],
    ]


def test_rows_are_means_of_the_old(recipe: MaskedWords, tmp_path: Path) -> None:
    still = load_adaptation(
        "minilm-vocabulary",
        (
            f"encoder.name={recipe.encoder.name}",
            *("steps=1", "batch_size=4", "length=32", "learning_rate=1e-30", "weight_decay=0"),
            *("vocabulary.size=220", "vocabulary.minimum=2"),
        ),
    )
    assert isinstance(still, MaskedWords)
    encoder = adapted(still, tmp_path / "run")
    old = load_file(Path(recipe.encoder.name) / "model.safetensors")
    new = load_file(encoder / "model.safetensors")
    (key,) = [name for name in old if name.endswith("word_embeddings.weight")]
    _, made = load_encoder(str(encoder))
    assert new[key].shape == (made.vocabulary_size, old[key].shape[1])
    for name in (*SPECIALS, "liver", "##a"):
        assert torch.equal(new[key][made.id_of(name)], old[key][VOCABULARY.index(name)])

    def mean(*made_of: str) -> torch.Tensor:
        return torch.stack([old[key][VOCABULARY.index(piece)] for piece in made_of]).mean(0)

    by_hand = mean("##i", "##t", "##i", "##s")
    assert torch.allclose(new[key][made.id_of("##itis")], by_hand, atol=1e-7)
    by_hand = mean("h", "##e", "##p", "##a", "##t", "##i", "##t", "##i", "##s")
    assert torch.allclose(new[key][made.id_of("hepatitis")], by_hand, atol=1e-7)
    others = [name for name in new if name != key]
    assert all(torch.allclose(new[name], old[name], atol=1e-20) for name in others)


def test_the_adapted_encoder_reads_by_its_new_pieces(recipe: MaskedWords, tmp_path: Path) -> None:
    encoder = adapted(recipe, tmp_path / "run")
    backbone, made = load_encoder(str(encoder))
    assert (
        backbone.config.vocab_size
        == made.vocabulary_size
        == len(backbone.get_input_embeddings().weight)
    )
    learnt_from = [text for number, text in enumerate(TEXTS) if number % 50]
    wanted = learnt(texts=learnt_from)
    assert all(made.token(i) == wanted.token(i) for i in range(wanted.vocabulary_size))
    assert made.vocabulary_size == wanted.vocabulary_size
    text = "In MICE, hepatitis: (gastritis)-like páin"
    tokens = made(text)
    covered = [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    assert covered[:7] == ["In", "MICE", ",", "hepatitis", ":", "(", "gastritis"]
    for mention in ("MICE", "hepatitis", "(gastritis)"):
        start = text.index(mention)
        first, last = tokens.covering(start, start + len(mention))
        assert (tokens.starts[first], tokens.ends[last - 1]) == (start, start + len(mention))
    saved = AutoTokenizer.from_pretrained(encoder)
    framed = saved(text)["input_ids"]
    assert framed == [made.cls_id, *tokens.ids.tolist(), made.sep_id]
    data = json.loads((tmp_path / "run" / "provenance.json").read_text("utf-8"))["data"]
    assert data["vocabulary_pieces"] == made.vocabulary_size
    shared = {made.token(index) for index in range(made.vocabulary_size)} & set(VOCABULARY)
    assert data["vocabulary_shared"] == len(shared)
    assert data["vocabulary_pieces_per_word"] < data["vocabulary_pieces_per_word_before"]
    assert f"vocabulary pieces: {made.vocabulary_size}" in (encoder / "README.md").read_text()


@pytest.mark.slow
def test_a_model_on_it_is_exported_and_extracts(recipe: MaskedWords, tmp_path: Path) -> None:
    encoder = adapted(recipe, tmp_path / "run")
    model = save_model_folder(tmp_path / "model", encoder)
    export(model, tmp_path / "exported", "x", "0")
    extract = load(tmp_path / "exported", weights="fp32", threads=1)
    found = list(extract(DOCUMENTS))
    assert [each.mentions for each in found] == [each.mentions for each in DOCUMENTS]
    assert any(each.relations for each in found)


def test_killed_and_resumed_with_the_same_vocabulary(recipe: MaskedWords, tmp_path: Path) -> None:
    whole = adapted(recipe, tmp_path / "whole")
    folder = tmp_path / "killed"
    killed(MaskedLanguageModel, "forward", 2, lambda: adapted(recipe, folder))
    assert (folder / "checkpoints" / "checkpoint-1").is_dir()
    _, before = load_encoder(recipe.encoder.name)

    again = replacement(recipe, unread(), before, NONE, folder, resume=True)
    assert again is not None
    assert again.tokenizer.definition == (folder / "tokenizer.json").read_text("utf-8")
    resumed = adapted(recipe, folder, resume=True)
    for name in ("model.safetensors", "tokenizer.json", "config.json", "README.md"):
        assert (resumed / name).read_bytes() == (whole / name).read_bytes(), name


def test_other_text_cannot_go_on(recipe: MaskedWords, tmp_path: Path) -> None:
    adapted(recipe, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "encoder")
    made = replacement(recipe, [], OLD, NONE, tmp_path / "run", resume=True)
    assert made is not None
    other = Blocks(TEXTS[1:], made.tokenizer, recipe.length, NONE)
    with pytest.raises(UsageError, match="R615"):
        mask_words(recipe, other, tmp_path / "run", resume=True, vocabulary=made)


def test_evaluation_documents_are_not_learnt_from(recipe: MaskedWords, tmp_path: Path) -> None:
    secret = [Abstract("77", "", "zygoma zygoma zygoma zygoma")] * 3
    for evaluation, alone in ((NONE, True), (Evaluation([Document("77", ())]), False)):
        made = replacement(
            recipe, [*TEXTS, *secret], OLD, evaluation, tmp_path / "run", resume=False
        )
        assert made is not None
        assert (pieces(made.tokenizer, "zygoma") == ["zygoma"]) is alone
    assert not (tmp_path / "run").exists()


def test_without_the_table_the_encoder_keeps_its_vocabulary(tmp_path: Path) -> None:
    plain = load_adaptation("minilm-pubmed")
    assert isinstance(plain, MaskedWords)
    assert replacement(plain, TEXTS, OLD, NONE, tmp_path, resume=False) is None


def test_what_is_refused_before_the_text_is_read(recipe: MaskedWords, tmp_path: Path) -> None:
    inner = tokenizers.Tokenizer(tokenizers.models.BPE())
    inner.add_special_tokens(["<s>", "</s>", "<pad>", "<mask>", "<unk>"])
    other = Tokenizer(inner.to_str())
    run = tmp_path / "run"
    with pytest.raises(UsageError, match=r"R720.*\[vocabulary\].*BPE.*leave the table out"):
        replacement(recipe, unread(), other, NONE, run, resume=False)
    small = load_adaptation("minilm-vocabulary", ("vocabulary.size=100",))
    assert isinstance(small, MaskedWords)
    least = len(SPECIALS) + 2 * len({p[-1] for p in VOCABULARY if len(p.removeprefix("##")) == 1})
    with pytest.raises(UsageError, match=rf"R721.*100 pieces.*Set vocabulary\.size to {least}"):
        replacement(small, unread(), OLD, NONE, run, resume=False)
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match="R6"):
        replacement(recipe, unread(), OLD, NONE, tmp_path, resume=False)


def test_special_tokens_far_behind_need_as_many_pieces() -> None:
    marked = OLD.with_markers(["[FAR]"])
    definition = json.loads(marked.definition)
    definition["added_tokens"][-1]["id"] = 300
    definition["model"]["vocab"]["[FAR]"] = 300
    far = Tokenizer(json.dumps(definition))
    with pytest.raises(UsageError, match=r"R721.*need 301"):
        learn_vocabulary(SETTINGS, [], far, "tiny")
    with pytest.raises(InputError, match=r"R721.*give more text"):
        learn_vocabulary(Vocabulary(301, 2), [SENTENCES[0]], far, "tiny")


def test_a_bad_line_of_the_text_is_told_as_such() -> None:
    def damaged() -> Iterator[str]:
        yield "fine"
        raise InputError(TEXT_LINE, at=Place("texts.jsonl", 2), reason="no")

    with pytest.raises(InputError, match=r"R612.*texts\.jsonl:2"):
        learn_vocabulary(SETTINGS, damaged(), OLD, "tiny")


def test_no_text_leaves_the_characters() -> None:
    made = learn_vocabulary(SETTINGS, [], OLD, "tiny")
    assert pieces(made, "pain") == ["p", "##a", "##i", "##n"]
    assert np.array_equal(parts(OLD, made)[0], [0])
