"""Anchored encoding: one encoder pass per entity, which is marked, for all pairs it is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Candidate, Document, Schema
from relatome.encode.asked import Asked
from relatome.encode.document import DocumentEncoding, EncodedDocument, encode_document
from relatome.encode.tokens import IntArray, Tokenizer


class AnchoredEncoding(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="anchored"
):
    """Anchored encoding: one encoder pass per window for all pairs of one entity, the anchor.

    Its mentions are marked, so every pass reads the document with one entity in view. A pair is
    read in two passes, from its head and from its tail. Precedents: the subject-oriented packing
    of PL-Marker (Ye et al. 2022, arXiv:2109.06067), and the systems for DrugProt that label all
    partners of one chemical at once.

    Attributes:
        window: most tokens of a window, the two special tokens included.
        overlap: least number of tokens neighbouring windows share.
    """

    window: int
    overlap: int

    def __post_init__(self) -> None:
        _ = self.text  # refuses impossible windows

    @property
    def text(self) -> DocumentEncoding:
        """How each pass reads the text."""
        return DocumentEncoding(self.window, self.overlap)


@dataclass(frozen=True)
class AnchoredPass(EncodedDocument):
    """A document as one pass reads it, asked only about the pairs of its anchor.

    Attributes, besides those of `EncodedDocument`:
        window_anchors: for the tokens of each window, 1 where they belong to a mention of the
            anchor, else 0, shapes ``(length,)``.
    """

    window_anchors: tuple[npt.NDArray[np.uint8], ...]


@dataclass(frozen=True)
class AnchoredDocument(Asked):
    """A document as one pass per entity that is head or tail of a candidate.

    Attributes, besides those of `Asked`:
        whole: the document as document encoding has it.
        passes: in the order of the document's entities.
        rows: indices of the candidates that each pass is asked about; every candidate is in two.
    """

    whole: EncodedDocument
    passes: tuple[AnchoredPass, ...]
    rows: tuple[IntArray, ...]


def encode_anchored(
    document: Document,
    schema: Schema,
    tokenizer: Tokenizer,
    encoding: AnchoredEncoding,
    asked: Sequence[Candidate] | None = None,
) -> AnchoredDocument | None:
    """Turn a document into one pass per entity; None if there is no pair to ask about.

    Arguments as for `encode_document`.
    """
    whole = encode_document(document, schema, tokenizer, encoding.text, asked)
    if whole is None:
        return None
    cut = encoding.text.cut(len(whole.starts))
    anchors = np.unique(whole.pairs)
    rows = tuple(np.flatnonzero((whole.pairs == anchor).any(axis=1)) for anchor in anchors)
    return AnchoredDocument(
        document=document,
        candidates=whole.candidates,
        pair_rules=whole.pair_rules,
        legal=whole.legal,
        whole=whole,
        passes=tuple(
            _anchored(whole.about(of_anchor), int(anchor), cut)
            for anchor, of_anchor in zip(anchors, rows, strict=True)
        ),
        rows=rows,
    )


def _anchored(asked: EncodedDocument, anchor: int, cut: Sequence[tuple[int, int]]) -> AnchoredPass:
    """The pass that is anchored at an entity, by the token ranges of its windows."""
    marked = (asked.distances[anchor] == 0).astype(np.uint8)  # 0 is inside a mention
    # padded for the special tokens
    tags = tuple(np.pad(marked[first:last], 1) for first, last in cut)
    return AnchoredPass(**vars(asked), window_anchors=tags)
