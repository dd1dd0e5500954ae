"""What a tagger learns from: windows of annotated documents, with what is known of each token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from relatome.corpora import Annotated, data_hash, read_annotated
from relatome.data import Document, require_not_test
from relatome.encode import Tokenizer, stack
from relatome.encode.mention_tags import (
    OUTSIDE,
    UNKNOWN,
    tag_rows,
    token_windows,
    window_batch,
)
from relatome.encode.tokens import IntArray
from relatome.errors import TAGGER_SOURCE, TAGGER_TEXT, UsageError
from relatome.recipes import Source, TaggerRecipe
from relatome.training.adaptation.entities import as_text
from relatome.training.adaptation.text import Evaluation
from relatome.training.documents import split


class TagWindow(NamedTuple):
    """A window of a document.

    Attributes:
        ids: its tokens with special tokens, ``(length,)``.
        tags: of each token for each type, ``(length, types)``, `UNKNOWN` where not known.
    """

    ids: IntArray
    tags: IntArray


class Found(NamedTuple):
    """What a source came to.

    Attributes:
        name: of the source.
        sha256: of its documents.
        documents: learnt from.
        left_out: documents left out because they are evaluation documents.
        unusable: what could not be read, by the reason.
        mentions: by type, those whose type the source is sure of.
    """

    name: str
    sha256: str
    documents: int
    left_out: int
    unusable: str
    mentions: dict[str, int]

    def __str__(self) -> str:
        mentions = ", ".join(f"{count:,} {type}" for type, count in self.mentions.items())
        left = f", {self.left_out:,} left out as evaluation documents" if self.left_out else ""
        unusable = f"; left out: {self.unusable}" if self.unusable else ""
        return f"{self.name}: {self.documents:,} documents{left}; {mentions}{unusable}"


class TagExamples(Dataset[TagWindow]):
    """The windows of all sources.

    Attributes:
        windows: of all sources, one source after the other.
        drawn: indices of the windows of each source, and the share that an epoch reads.
        found: what each source came to.
    """

    def __init__(
        self,
        recipe: TaggerRecipe,
        tokenizer: Tokenizer,
        text: Path | None,
        directory: Path | None,
        evaluation: Evaluation,
    ) -> None:
        """Read the sources.

        Args:
            recipe: names them.
            tokenizer: the encoder's.
            text: the folder of annotated text, for sources that are files.
            directory: where corpora lie; the usual places if None.
            evaluation: what is never learnt from.

        Raises:
            UsageError: if a source is missing, is a test split, or lacks a type it is to have.
            InputError: if a file cannot be read.
        """
        self._pad_id = tokenizer.pad_id
        self.windows: list[TagWindow] = []
        self.drawn: list[tuple[Sequence[int], float]] = []
        self.found: list[Found] = []
        types = tuple(recipe.types)
        for source in recipe.sources:
            read = read_source(source, text, directory)
            documents = [each for each in read.documents if as_text(each) not in evaluation]
            mentions: Counter[str] = Counter()
            first = len(self.windows)
            for document in documents:
                sure, unsure = _typed(document, source)
                mentions.update(mention.type for mention in sure.mentions)
                self.windows += _windows(sure, unsure, source, types, tokenizer, recipe)
            for type in source.types:
                if not mentions[type]:
                    known = ", ".join(sorted({m.type for each in documents for m in each.mentions}))
                    raise UsageError(
                        TAGGER_SOURCE, source=source.documents, type=type, known=known or "nothing"
                    )
            self.drawn.append((range(first, len(self.windows)), source.share))
            left_out = len(read.documents) - len(documents)
            digest = data_hash(documents)
            self.found.append(
                Found(
                    source.documents,
                    digest,
                    len(documents),
                    left_out,
                    read.unusable,
                    dict(mentions),
                )
            )

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, index: int) -> TagWindow:
        return self.windows[index]

    def collate(self, group: Sequence[TagWindow]) -> dict[str, Tensor]:
        """A batch as `TaggerModel` reads it, and ``tags``, ``(windows, length, types)``."""
        batch = window_batch([window.ids for window in group], self._pad_id)
        batch["tags"] = stack([window.tags for window in group], UNKNOWN)
        return {name: torch.from_numpy(array) for name, array in batch.items()}


def read_source(source: Source, text: Path | None, directory: Path | None) -> Annotated:
    """The documents of a source, types in the spelling of the source.

    Args:
        source: a split or a file.
        text: the folder of annotated text, for a file.
        directory: where corpora lie; the usual places if None.

    Raises:
        UsageError: if it is missing, or a test split.
        InputError: if it cannot be read.
    """
    if source.is_split:
        found = split(source.documents, directory)
        require_not_test(found, "train a tagger")
        return Annotated(list(found.documents), "")
    path = (text or Path()) / source.documents
    if text is None or not path.is_file():
        raise UsageError(TAGGER_TEXT, file=source.documents, folder=text or "any folder given")
    return read_annotated(path)


def _typed(document: Document, source: Source) -> tuple[Document, Document]:
    """The document with the mentions of the recipe's types: those that are sure, those not."""

    def of(types: dict[str, list[str]]) -> Document:
        known = {name.lower(): type for type, names in types.items() for name in (type, *names)}
        mentions = tuple(
            msgspec.structs.replace(mention, type=known[mention.type.lower()])
            for mention in document.mentions
            if mention.type.lower() in known
        )
        return msgspec.structs.replace(document, mentions=mentions, relations=())

    return of(source.types), of(source.unsure)


def _windows(
    sure: Document,
    unsure: Document,
    source: Source,
    types: tuple[str, ...],
    tokenizer: Tokenizer,
    recipe: TaggerRecipe,
) -> Iterable[TagWindow]:
    cut = token_windows(sure.text, tokenizer, recipe.encoding)
    rows = tag_rows(cut.tokens, sure.mentions, types)
    doubtful = tag_rows(cut.tokens, unsure.mentions, types) != OUTSIDE
    rows[doubtful & (rows == OUTSIDE)] = UNKNOWN
    rows[:, [type not in source.types for type in types]] = UNKNOWN
    for ids, (first, last) in zip(cut.ids, cut.spans, strict=True):
        # The special tokens are of no type.
        yield TagWindow(ids, np.pad(rows[first:last], ((1, 1), (0, 0)), constant_values=UNKNOWN))
