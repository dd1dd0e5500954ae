"""Text to word pieces with character offsets, through a saved ``tokenizer.json``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import AddedToken
from tokenizers import Tokenizer as _Tokenizer

from relatome.errors import (
    NO_CHARACTER,
    TOKENIZER_INVALID,
    TOKENIZER_MARKER,
    TOKENIZER_SPECIALS,
    InputError,
    ModelError,
    Place,
)

IntArray = npt.NDArray[np.int64]

# Classification, separator, padding and mask tokens by family: BERT, ELECTRA, DeBERTa and
# ModernBERT, then RoBERTa.
_SPECIALS = (("[CLS]", "[SEP]", "[PAD]", "[MASK]"), ("<s>", "</s>", "<pad>", "<mask>"))

_SURROGATE = re.compile("[\ud800-\udfff]")

_UNKNOWN = ("[UNK]", "<unk>")


@dataclass(frozen=True)
class Tokens:
    """Word pieces of one text, without special tokens.

    Attributes:
        ids: vocabulary ids, shape ``(tokens,)``.
        starts: first character of each piece, shape ``(tokens,)``.
        ends: character after the last of each piece, shape ``(tokens,)``.
    """

    ids: IntArray
    starts: IntArray
    ends: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """Token range ``[first, last)`` that overlaps the characters ``[start, end)``.

        A span without any token (a control character, say, that the tokenizer drops) gets the
        nearest following token, or the last one, so that every mention has a place in the text.
        """
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        if last <= first:
            first = min(first, len(self) - 1)
            last = first + 1
        return first, last


class Tokenizer:
    """A fast tokenizer, read from or written to the ``tokenizer.json`` of a model folder."""

    def __init__(self, definition: str, *, place: Place | None = None) -> None:
        """Build from the JSON text of a tokenizer.

        Raises:
            ModelError: if the text is no tokenizer, or its special tokens are unknown.
        """
        try:
            self._inner = _Tokenizer.from_str(definition)
        except Exception as error:  # the Rust side raises bare Exception
            raise ModelError(TOKENIZER_INVALID, at=place, reason=str(error)) from None
        # A saved tokenizer may carry its old truncation (128 for MiniLM); windows are our work.
        self._inner.no_truncation()
        self._inner.no_padding()
        # "[SEP]" written in a text is a few characters of that text, no boundary.
        self._inner.encode_special_tokens = True
        for names in _SPECIALS:
            ids = [index for name in names if (index := self._inner.token_to_id(name)) is not None]
            if len(ids) == len(names):
                self.cls_id, self.sep_id, self.pad_id, self.mask_id = ids
                break
        else:
            raise ModelError(TOKENIZER_SPECIALS, at=place)
        # Byte-level vocabularies spell everything and have no such token.
        unknown = (self._inner.token_to_id(name) for name in _UNKNOWN)
        self.unknown_id = next((index for index in unknown if index is not None), None)
        self._pieces: dict[str, IntArray] = {}

    @classmethod
    def from_file(cls, path: Path) -> Tokenizer:
        """Read a ``tokenizer.json``.

        Raises:
            ModelError: as the constructor, or if the file is not UTF-8.
        """
        return cls.from_bytes(path.read_bytes(), place=Place(str(path)))

    @classmethod
    def from_bytes(cls, content: bytes, *, place: Place | None = None) -> Tokenizer:
        """Build from the bytes of a ``tokenizer.json``.

        Raises:
            ModelError: as the constructor, or if they are not UTF-8.
        """
        try:
            return cls(content.decode("utf-8"), place=place)
        except UnicodeDecodeError as error:
            raise ModelError(TOKENIZER_INVALID, at=place, reason=str(error)) from None

    def with_markers(self, names: Iterable[str]) -> Tokenizer:
        """The same tokenizer in which each of `names` is one token, saved with the others.

        Markers are inserted by id (`id_of`): a text that happens to spell one is still text. Those
        the vocabulary lacks come after its last id, in the order given.
        """
        made = Tokenizer(self.definition)
        made._inner.add_special_tokens(
            [AddedToken(name, special=True, normalized=False) for name in names]
        )
        return made

    @property
    def definition(self) -> str:
        """The text of its ``tokenizer.json``."""
        return str(self._inner.to_str())

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, markers included; all ids are below it."""
        return max(self._inner.get_vocab(with_added_tokens=True).values()) + 1

    def id_of(self, name: str) -> int:
        """The id of a marker or word piece.

        Raises:
            ModelError: if the vocabulary does not have it.
        """
        index = self._inner.token_to_id(name)
        if index is None:
            raise ModelError(TOKENIZER_MARKER, name=name)
        return int(index)

    def pieces(self, text: str) -> IntArray:
        """The ids of a text of ours that every sequence has, such as a prompt's words.

        They are remembered, so this is for a few fixed texts, not for documents.
        """
        if text not in self._pieces:
            self._pieces[text] = self(text).ids
        return self._pieces[text]

    def framed(self, ids: IntArray) -> IntArray:
        """The ids of a text as an encoder reads them, between its two special tokens."""
        return np.concatenate(([self.cls_id], ids, [self.sep_id]))

    def token(self, index: int) -> str:
        """The word piece with vocabulary id `index`; empty if there is none."""
        return str(self._inner.id_to_token(index) or "")

    def save(self, path: Path) -> None:
        """Write as ``tokenizer.json``."""
        path.write_text(self.definition, encoding="utf-8")

    def __call__(self, text: str) -> Tokens:
        """Split `text` into word pieces with offsets into it.

        Raises:
            InputError: if the text holds half of a surrogate pair.
        """
        try:
            encoding = self._inner.encode(text, add_special_tokens=False)
        except TypeError:
            half = _SURROGATE.search(text)
            if half is None:
                raise
            raise InputError(NO_CHARACTER, offset=half.start()) from None
        offsets = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        starts, ends = offsets[:, 0], offsets[:, 1]
        # Pieces of SentencePiece bring the blank before a word along.
        blank = np.array([start < end and text[start].isspace() for start, end in offsets], bool)
        while blank.any():
            starts[blank] += 1
            blank &= starts < ends
            blank[blank] = [text[start].isspace() for start in starts[blank]]
        return Tokens(np.asarray(encoding.ids, dtype=np.int64), starts, ends)
