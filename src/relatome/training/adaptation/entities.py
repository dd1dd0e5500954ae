"""Entity-aware masking: an encoder made familiar with the entities of annotated documents."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from relatome.corpora import data_hash
from relatome.data import Document
from relatome.encode import Tokenizer, stack
from relatome.encode.arrays import mention_tokens, pad_rows
from relatome.encode.tokens import IntArray
from relatome.errors import ENTITIES_NONE, ENTITIES_SINGLE, IDENTIFIERS_NONE, InputError
from relatome.models import MaskedEntityModel
from relatome.recipes import MaskedEntities
from relatome.training.adaptation.encoder import beginning, train_encoder
from relatome.training.adaptation.text import Abstract, Evaluation

_UNKNOWN = -1

logger = logging.getLogger(__name__)


class _Window(NamedTuple):
    """A window of a document with the entities mentioned whole in it.

    Attributes:
        ids: token ids with special tokens, ``(L,)``.
        mention_tokens: positions of each mention's pieces, -1 padded, ``(M, K)``.
        entity_mentions: mentions of each entity, -1 padded, ``(E, m)``.
        identifiers: class of each mention's identifier, -1 where it has none, ``(M,)``.
        types: class of each mention's type, ``(M,)``.
    """

    ids: IntArray
    mention_tokens: IntArray
    entity_mentions: IntArray
    identifiers: IntArray
    types: IntArray


class EntityWindows(Dataset[_Window]):
    """The windows of annotated documents in which there is an entity to hide and another to stay.

    Attributes:
        windows: what is learnt from.
        documents: how many they are cut from.
        left_out: documents left out because they are evaluation documents.
        identifiers: those to tell apart.
        types: likewise.
        digest: SHA-256 of the documents.

    Raises:
        InputError: if there is no such window, or no mention has an identifier.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        recipe: MaskedEntities,
        tokenizer: Tokenizer,
        evaluation: Evaluation,
    ) -> None:
        every = list(documents)
        kept = [document for document in every if as_text(document) not in evaluation]
        self.left_out = len(every) - len(kept)
        self.documents = len(kept)
        self.digest = data_hash(kept)
        typed = [_typed(document, recipe.types) for document in kept]
        mentions = [mention for document in typed for mention in document.mentions]
        if not mentions:
            raise InputError(ENTITIES_NONE)
        self.identifiers = sorted({id for mention in mentions for id in mention.entity_ids})
        if not self.identifiers:
            raise InputError(IDENTIFIERS_NONE)
        self.types = sorted({mention.type for mention in mentions})
        classes = _Classes(
            {id: index for index, id in enumerate(self.identifiers)},
            {type: index for index, type in enumerate(self.types)},
        )
        self.windows = [
            window
            for document in typed
            for window in _windows(document, recipe, tokenizer, classes)
            if len(window.entity_mentions) > 1
        ]
        if not self.windows:
            raise InputError(ENTITIES_SINGLE)
        self._pad_id = tokenizer.pad_id

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, index: int) -> _Window:
        return self.windows[index]

    def collate(self, group: Sequence[_Window]) -> dict[str, Tensor]:
        """A batch as `MaskedEntityModel` reads it."""
        made = {
            "input_ids": stack([window.ids for window in group], self._pad_id),
            "attention_mask": stack([np.ones_like(window.ids) for window in group], 0),
            "mention_tokens": stack([window.mention_tokens for window in group], -1),
            "entity_mentions": stack([window.entity_mentions for window in group], -1),
            "identifiers": stack([window.identifiers for window in group], _UNKNOWN),
            "types": stack([window.types for window in group], 0),
        }
        return {name: torch.from_numpy(array) for name, array in made.items()}


class _Classes(NamedTuple):
    identifiers: dict[str, int]
    types: dict[str, int]


def as_text(document: Document) -> Abstract:
    """A document as plain text, its first passage being the title."""
    title = document.passages[0].text if document.passages else ""
    return Abstract(document.id, title, document.text)


def mask_entities(
    recipe: MaskedEntities,
    documents: Iterable[Document],
    evaluation: Evaluation,
    folder: Path,
    *,
    resume: bool,
    encoder: str = "",
) -> Path:
    """Adapt the recipe's encoder in `folder`, or go on where a killed run stopped.

    Args:
        recipe: the adaptation.
        documents: with annotated entities, types in the spelling of their corpora.
        evaluation: what is never learnt from.
        folder: a run folder; must be new or empty unless `resume`.
        resume: go on from the last checkpoint.
        encoder: the folder of the encoder, where the recipe's is an adaptation.

    Returns:
        The folder of the adapted encoder, in the layout of ``save_pretrained``.

    Raises:
        UsageError: as for `relatome.training.run`.
        InputError: if the documents have nothing to mask, or no identifiers.
    """
    backbone, tokenizer = beginning(recipe, folder, encoder, resume=resume)
    examples = EntityWindows(documents, recipe, tokenizer, evaluation)
    logger.info(
        "%d documents, %d left out as evaluation documents; %d windows, %d identifiers, %d types",
        examples.documents,
        examples.left_out,
        len(examples),
        len(examples.identifiers),
        len(examples.types),
    )
    model = MaskedEntityModel(
        backbone,
        len(examples.identifiers),
        len(examples.types),
        recipe.mask_rate,
        tokenizer.mask_id,
    )
    data = {
        "sha256": examples.digest,
        "documents": examples.documents,
        "left_out_evaluation_documents": examples.left_out,
        "windows": len(examples),
        "identifiers": len(examples.identifiers),
        "types": ", ".join(examples.types),
    }
    steps = -(-len(examples) // recipe.batch_size) * recipe.epochs
    return train_encoder(
        recipe,
        model,
        tokenizer,
        examples,
        examples.collate,
        data,
        folder,
        steps=steps,
        resume=resume,
        encoder=encoder,
    )


def _typed(document: Document, types: dict[str, list[str]]) -> Document:
    """The document with the recipe's types, if it names some, without mentions of others."""
    known = {name.lower(): type for type, names in types.items() for name in (type, *names)}
    mentions = tuple(
        msgspec.structs.replace(
            mention,
            type=known[mention.type.lower()] if types else mention.type,
            # Where every mention is an entity of its own, its id identifies nothing.
            entity_ids=() if mention.entity_ids == (mention.id,) else mention.entity_ids,
        )
        for mention in document.mentions
        if not types or mention.type.lower() in known
    )
    return msgspec.structs.replace(document, mentions=mentions, relations=())


def _windows(
    document: Document, recipe: MaskedEntities, tokenizer: Tokenizer, classes: _Classes
) -> Iterator[_Window]:
    tokens = tokenizer(document.text)
    if len(tokens) == 0:
        return
    spans = [tokens.covering(mention.start, mention.end) for mention in document.mentions]
    for begin, end in recipe.encoding.cut(len(tokens)):
        inside = [
            (mention, first - begin + 1, last - begin + 1)  # + 1 for [CLS]
            for mention, (first, last) in zip(document.mentions, spans, strict=True)
            if begin <= first < last <= end
        ]
        entities: dict[str, list[int]] = {}
        for index, (mention, _, _) in enumerate(inside):
            # What has no identifier is known by its name, so that all of its mentions are hidden.
            for name in dict.fromkeys(mention.entity_ids or (f"={mention.text.lower()}",)):
                entities.setdefault(name, []).append(index)
        yield _Window(
            ids=tokenizer.framed(tokens.ids[begin:end]),
            mention_tokens=pad_rows([mention_tokens(first, last) for _, first, last in inside]),
            entity_mentions=pad_rows([np.asarray(found) for found in entities.values()]),
            identifiers=np.asarray(
                [
                    classes.identifiers[mention.entity_ids[0]] if mention.entity_ids else _UNKNOWN
                    for mention, _, _ in inside
                ],
                dtype=np.int64,
            ),
            types=np.asarray(
                [classes.types[mention.type] for mention, _, _ in inside], dtype=np.int64
            ),
        )
