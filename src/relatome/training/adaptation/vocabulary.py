"""A vocabulary of word pieces learnt from text, in place of an encoder's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tokenizers
from tokenizers import trainers

from relatome.encode import Tokenizer
from relatome.encode.tokens import IntArray
from relatome.errors import VOCABULARY_KIND, VOCABULARY_SMALL, InputError, UsageError
from relatome.recipes import MaskedWords, Vocabulary
from relatome.training.adaptation.text import Abstract, Evaluation
from relatome.training.folder import PROVENANCE_FILE, require_folder
from relatome.training.processes import main_process

VOCABULARY_FILE = "tokenizer.json"

# One text in so many is kept from the vocabulary, to count its pieces, and at most so many.
_HELD_OUT = 50
_MOST_HELD_OUT = 1000


class Replacement(NamedTuple):
    """A tokenizer to take the place of an encoder's own.

    Attributes:
        tokenizer: the new one. Texts are cleaned and cut to words as by the old one; special tokens
            have the ids they had; every single character of the old one is there.
        parts: for each new piece, the old ids of what it is made of.
        facts: how many pieces there are and how many of them the old vocabulary has, too; pieces
            per word of texts from which the vocabulary was not learnt, before and after.
    """

    tokenizer: Tokenizer
    parts: list[IntArray]
    facts: dict[str, float]


def require_word_pieces(tokenizer: Tokenizer, name: str) -> None:
    """Refuse a tokenizer that does not cut words by a vocabulary of pieces.

    Args:
        tokenizer: an encoder's.
        name: of the encoder.

    Raises:
        UsageError: if it is of another kind.
    """
    kind = json.loads(tokenizer.definition)["model"]["type"]
    if kind != "WordPiece":
        raise UsageError(VOCABULARY_KIND, name=name, kind=kind)


def replacement(
    recipe: MaskedWords,
    texts: Iterable[Abstract],
    tokenizer: Tokenizer,
    evaluation: Evaluation,
    folder: Path,
    *,
    resume: bool,
) -> Replacement | None:
    """The vocabulary that a recipe learns first, or that a killed run of it has learnt.

    Args:
        recipe: the adaptation.
        texts: what to learn from; not read where the folder has the vocabulary.
        tokenizer: the encoder's own.
        evaluation: what is never learnt from.
        folder: of the run; left as it is.
        resume: whether it may hold a run that was begun.

    Returns:
        the new tokenizer; None where the encoder keeps its own.

    Raises:
        UsageError: if the folder is taken, the encoder's tokenizer has no word pieces, or the
            vocabulary is to be smaller than what has to be in it.
        InputError: if there is too little text to fill it as far as that.
    """
    if recipe.vocabulary is None:
        return None
    if main_process():
        require_folder(recipe, folder, resume=resume)
    require_word_pieces(tokenizer, recipe.encoder.name)
    saved, provenance = folder / VOCABULARY_FILE, folder / PROVENANCE_FILE
    if resume and saved.is_file() and provenance.is_file():
        made = Tokenizer.from_file(saved)
        data = json.loads(provenance.read_text(encoding="utf-8"))["data"]
        facts = {key: value for key, value in data.items() if key.startswith("vocabulary_")}
    else:
        held_out: list[str] = []
        kept = (text.whole for text in texts if text not in evaluation)
        learnt_from = _without_sample(kept, held_out)
        made = learn_vocabulary(recipe.vocabulary, learnt_from, tokenizer, recipe.encoder.name)
        facts = {
            "vocabulary_pieces": made.vocabulary_size,
            "vocabulary_shared": len(_vocabulary(made).keys() & _vocabulary(tokenizer).keys()),
            "vocabulary_pieces_per_word_before": pieces_per_word(tokenizer, held_out),
            "vocabulary_pieces_per_word": pieces_per_word(made, held_out),
        }
    return Replacement(made, parts(tokenizer, made), facts)


def learn_vocabulary(
    settings: Vocabulary, texts: Iterable[str], before: Tokenizer, name: str
) -> Tokenizer:
    """A tokenizer like another one, with a vocabulary of word pieces learnt from text.

    Pieces are joined from the two neighbours that stand together most often, again and again, as
    the library has it for WordPiece. The same texts give the same vocabulary.

    Args:
        settings: how large it is to be.
        texts: read once, as a stream.
        before: the tokenizer whose cleaning, words, special tokens and characters are kept.
        name: of its encoder.

    Raises:
        UsageError: if the size is less than what has to be in the vocabulary.
        InputError: if the text is too little to fill it as far as that.
    """
    definition = json.loads(before.definition)
    model = definition["model"]
    prefix = model["continuing_subword_prefix"]
    special = {token["content"]: token["id"] for token in definition["added_tokens"]}
    special.setdefault(model["unk_token"], model["vocab"][model["unk_token"]])
    by_id = sorted(set(model["vocab"]) - set(special), key=lambda piece: int(model["vocab"][piece]))
    characters = list(
        dict.fromkeys(c for piece in by_id if len(c := piece.removeprefix(prefix)) == 1)
    )
    # The library numbers the characters inside words in no fixed order, and equal counts are
    # settled by number; so each of them is given, and no other may join them.
    given = [*special, *characters, *(prefix + character for character in characters)]
    least = max(len(given), *(index + 1 for index in special.values()))
    if settings.size < least:
        raise UsageError(VOCABULARY_SMALL, pieces=settings.size, name=name, least=least)
    trainer = trainers.WordPieceTrainer(
        vocab_size=settings.size,
        min_frequency=settings.minimum,
        special_tokens=given,
        limit_alphabet=0,
        continuing_subword_prefix=prefix,
        show_progress=False,
    )
    inner = tokenizers.Tokenizer.from_str(before.definition)
    inner.train_from_iterator(texts, trainer)
    learnt = inner.get_vocab(with_added_tokens=False)
    if len(learnt) < least:
        raise InputError(VOCABULARY_SMALL, pieces=len(learnt), name=name, least=least)
    model["vocab"] = _numbered(sorted(learnt, key=lambda piece: learnt[piece]), special)
    return Tokenizer(json.dumps(definition))


def parts(before: Tokenizer, after: Tokenizer) -> list[IntArray]:
    """The old ids of what each piece of a new vocabulary is made of, in the order of new ids.

    A piece is cut as the old tokenizer cuts words, a continuing one into continuing ones; what
    that cannot cut is its unknown token.
    """
    model: dict[str, Any] = json.loads(before.definition)["model"]
    old, prefix = model["vocab"], model["continuing_subword_prefix"]
    unknown = [old[model["unk_token"]]]
    return [
        np.asarray(_cut(after.token(index), old, prefix) or unknown, dtype=np.int64)
        for index in range(after.vocabulary_size)
    ]


def pieces_per_word(tokenizer: Tokenizer, texts: Iterable[str]) -> float:
    """Pieces into which the words of texts are cut, on average; 0 if there is none."""
    inner = tokenizers.Tokenizer.from_str(tokenizer.definition)
    words = pieces = 0
    for text in texts:
        of_words = inner.encode(text, add_special_tokens=False).word_ids
        words += len(set(of_words))
        pieces += len(of_words)
    return round(pieces / words, 4) if words else 0.0


def _without_sample(texts: Iterable[str], sample: list[str]) -> Iterator[str]:
    """The texts but for some, which are put into `sample`."""
    for number, text in enumerate(texts):
        if number % _HELD_OUT == 0 and len(sample) < _MOST_HELD_OUT:
            sample.append(text)
        else:
            yield text


def _vocabulary(tokenizer: Tokenizer) -> dict[str, int]:
    found: dict[str, int] = json.loads(tokenizer.definition)["model"]["vocab"]
    return found


def _numbered(pieces: list[str], kept: dict[str, int]) -> dict[str, int]:
    """Pieces with ids: those of `kept` as they are, the others in order between and after them."""
    taken = set(kept.values())
    free = (index for index in range(len(pieces)) if index not in taken)
    return kept | {piece: next(free) for piece in pieces if piece not in kept}


def _cut(piece: str, vocabulary: dict[str, int], prefix: str) -> list[int]:
    """The longest known beginning, then the longest that continues it, and so on; [] if stuck."""
    if piece in vocabulary:
        return [vocabulary[piece]]
    begun = prefix if piece.startswith(prefix) else ""
    rest = piece.removeprefix(prefix)
    ids = []
    while rest:
        ends = range(len(rest), 0, -1)
        end = next((end for end in ends if begun + rest[:end] in vocabulary), None)
        if end is None:
            return []
        ids.append(vocabulary[begun + rest[:end]])
        begun, rest = prefix, rest[end:]
    return ids
