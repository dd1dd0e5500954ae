"""What every encoding of a document has in common: the pairs that a model is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from relatome.data import Candidate, Document, Span, sentences


@dataclass(frozen=True)
class Asked:
    """A document and its P candidate pairs.

    Attributes:
        document: the document.
        candidates: the pairs asked about, as the schema orders them.
        pair_rules: index of each candidate's pair rule in the schema, ``(P,)``.
        legal: which classes are legal for each candidate, class 0 being none, ``(P, labels+1)``.
    """

    document: Document
    candidates: tuple[Candidate, ...]
    pair_rules: npt.NDArray[np.int64]
    legal: npt.NDArray[np.bool_]

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the document, split when first asked for."""
        return sentences(self.document)

    @property
    def shortened(self) -> int:
        """Number of pairs of which not all that is to be read is read."""
        return 0
